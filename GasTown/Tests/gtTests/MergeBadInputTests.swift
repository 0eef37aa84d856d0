import BeadsKit
import BeadsTesting
import Foundation
import GasTownKit
import Testing

/// What comes from outside and is wrong: a sentence in the log and on the merge request says what, nothing is half-done,
/// and once it is put right the queue goes on by itself.
@Suite("A merge queue that is given something bad")
struct MergeBadInputTests {
  enum Trouble: String, CaseIterable {
    case gateThatNeverEnds, gateThatWritesOutside, branchRewritten, branchRemoved, targetMoved, originGone,
      diskFull
  }

  /// What is said of it, and how the merge request stands afterwards; nil when it is merged.
  private func expected(_ trouble: Trouble) -> (said: String, state: String?) {
    switch trouble {
    case .gateThatNeverEnds: ("it took too long", "needs-fix")
    case .gateThatWritesOutside: ("something changed outside of the checkout", nil)
    case .branchRewritten: ("was changed after it was submitted", "needs-resubmit")
    case .branchRemoved: ("is not on the origin", "needs-resubmit")
    case .targetMoved: ("main was moved by somebody else", nil)
    case .originGone: ("could not fetch from the origin of app", "ready")
    case .diskFull: ("the disk is full", "ready")
    }
  }

  @Test("names it, leaves nothing half-done, and goes on", arguments: Trouble.allCases)
  func row(trouble: Trouble) throws {
    let town = try MergeTown(gate: Self.gate)
    let gates = #"{"test": {"cmd": "sh gate.sh", "timeout": "4s"}}"#
    try town.set("merge_queue.test_command", nil)
    try town.set("merge_queue.gates", gates)
    try town.set("merge_queue.retry_flaky_tests", "0")
    let made = try town.submit("a", ["a.txt": "a"])
    let start = try town.origin("rev-parse", "main")
    let mend = try cause(trouble, town)
    town.merge()

    let (said, state) = expected(trouble)
    let log = try town.base.text("logs/town.log").split(separator: "\n").filter {
      $0.contains("app/refinery")
    }
    #expect(log.contains { $0.contains(said) }, "\(log)")
    let comments = try town.comments(made.request)
    #expect(comments.contains { $0.contains(said) }, "\(comments)")
    let request = try town.issue(made.request)
    let issue = try town.issue(made.issue)
    #expect(request.status != .inProgress)
    #expect(issue.status == .closed ? state == nil : [.open, .inReview].contains(issue.status))
    #expect(try town.base.database().unfinishedMerges(rig: RigName("app")).isEmpty)
    #expect(ProcessIdentity.all(nonce: try nonce(town)).isEmpty)
    try mend()
    #expect(try town.states()[made.request.rawValue] == state)
    if state != nil { #expect(try town.origin("rev-parse", "main") == start) }

    // Put right, it is merged.
    if state == "needs-fix" || state == "needs-resubmit" {
      #expect(town.base.gt("mq", "retry", made.request.rawValue).status == 0)
    }
    #expect(town.merge().status == 0)
    #expect(try town.issue(made.issue).status == .closed)
    #expect(try town.files().contains("a.txt"))
  }

  /// Does what files beside its checkout say.
  private static let gate = """
    test -e ../../../../slow && test -e a.txt && sleep 300
    rm ../../../../stray 2>/dev/null && touch ../../stray
    rm ../../../../push 2>/dev/null && sh ../../../../push.sh
    exit 0

    """

  private func nonce(_ town: MergeTown) throws -> String {
    try town.base.database().merges(rig: RigName("app")).first?.nonce ?? "none"
  }

  /// Makes the trouble, and tells how it is put right.
  private func cause(_ trouble: Trouble, _ town: MergeTown) throws -> () throws -> Void {
    let origin = town.base.originPath("app")
    func tell(_ name: String, _ text: String = "") throws -> () throws -> Void {
      let path = Path.join(town.base.project.directory, name)
      try FileSystem.replace(path, with: Array(text.utf8))
      return { _ = try? FileSystem.remove(path) }
    }
    switch trouble {
    case .gateThatNeverEnds: return try tell("slow")
    case .gateThatWritesOutside: return try tell("stray")
    case .targetMoved:
      let clone = town.clone
      _ = try tell(
        "push.sh",
        "cd \(clone) && git checkout -q main && git pull -q && git -c user.name=p -c user.email=p@x commit -q --allow-empty "
          + "-m Person && git push -q origin main\n")
      return try tell("push")
    case .branchRewritten, .branchRemoved:
      let head = try town.origin("rev-parse", "polecat/a")
      let reference = "refs/heads/polecat/a"
      if trouble == .branchRemoved {
        try town.base.git(origin, "update-ref", "-d", reference)
      } else {
        try town.base.git(origin, "update-ref", reference, "refs/heads/main")
      }
      return { try town.base.git(origin, "update-ref", reference, head) }
    case .originGone:
      try FileManager.default.moveItem(atPath: origin, toPath: origin + ".away")
      return { try FileManager.default.moveItem(atPath: origin + ".away", toPath: origin) }
    case .diskFull:
      let settings = try town.base.text("settings/config.json")
      try town.base.write(
        "settings/config.json", #"{"operational": {"polecat": {"min_free_disk_mb": 1000000}}}"#)
      return { try town.base.write("settings/config.json", settings) }
    }
  }

  @Test func aSingleBranchThatBreaksTheGateLeavesTheTargetAlone() throws {
    let town = try MergeTown()
    let before = try town.origin("rev-parse", "main")
    let made = try town.submit("a", ["broken": "x"])
    #expect(town.merge().status == 1)
    #expect(try town.origin("rev-parse", "main") == before)
    #expect(try town.issue(made.issue).status == .open)
    #expect(try town.origin("for-each-ref", "refs/heads/polecat/a").isEmpty == false)
  }

  @Test func aGateThatPassesAtTheSecondTryIsNamedAndTaken() throws {
    let town = try MergeTown(gate: "mkdir ../tried-$(git rev-parse HEAD) 2>/dev/null && exit 1\nexit 0\n")
    let made = try town.submit("a", ["a.txt": "a"])
    let result = town.merge()
    #expect(result.status == 0 && result.standardOutput.contains("at the second try"))
    #expect(try town.issue(made.issue).status == .closed)
    #expect(try town.base.text("logs/town.log").contains("at the second try"))
  }
}
