import BeadsKit
import BeadsTesting
import Foundation
import GasTownKit
import Testing

/// What goes wrong around a merge that is no fault of the branch: it is named on the merge request, nothing is half-done, and
/// the queue goes on by itself.
@Suite("A merge queue in trouble")
struct MergeTroubleTests {
  private func isWaiting(_ made: (request: IssueID, issue: IssueID), in town: MergeTown) throws {
    let request = try town.issue(made.request)
    #expect(request.status == .open && request.assignee.isEmpty)
    #expect(request.labels.filter { $0.hasPrefix("needs") }.isEmpty)
    #expect(try town.issue(made.issue).status == .inReview)
    #expect(try town.origin("rev-list", "--count", "main") == "2")
    let database = try town.base.database()
    #expect(try database.merges(rig: RigName("app")).allSatisfy { $0.phase == .done })
  }

  @Test func theOriginIsGone() throws {
    let town = try MergeTown()
    let made = try town.submit("a", ["a.txt": "a"])
    let origin = town.base.originPath("app")
    try FileManager.default.moveItem(atPath: origin, toPath: origin + ".away")
    for _ in 0..<6 { #expect(town.merge().status != 0) }
    try FileManager.default.moveItem(atPath: origin + ".away", toPath: origin)
    try isWaiting(made, in: town)
    // Said once, however often it was tried; and a person knows.
    let comments = try town.comments(made.request)
    #expect(comments.count == 1 && comments[0].contains("fetch from the origin of app"))
    #expect(try town.base.json("escalate", "list").arrayValue?.count == 1)
    let hold = try #require(try town.base.database().mergeHold(rig: RigName("app")))
    #expect(hold.count == 6 && hold.retryAt > town.base.town.now.unixNanoseconds)
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
    #expect(try town.base.json("escalate", "list").arrayValue?.isEmpty == true)
    #expect(try town.base.database().mergeHold(rig: RigName("app")) == nil)
  }

  @Test func theDiskIsFull() throws {
    let town = try MergeTown()
    let made = try town.submit("a", ["a.txt": "a"])
    let settings = try town.base.text("settings/config.json")
    try town.base.write(
      "settings/config.json", #"{"operational": {"polecat": {"min_free_disk_mb": 1000000}}}"#)
    #expect(town.merge().standardError.contains("the disk is full"))
    try isWaiting(made, in: town)
    #expect(try town.comments(made.request).first?.contains("the disk is full") == true)
    try town.base.write("settings/config.json", settings)
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
  }

  @Test func theDiskIsFullInTheMiddle() throws {
    let town = try MergeTown()
    let made = try town.submit("a", ["a.txt": "a"])
    for count in [1, 2, 3, 5, 8, 13] {
      _ = withFailures("file.write#\(count)+=ENOSPC") { town.merge() }
      if try town.issue(made.request).status == .closed { break }
      #expect(try town.issue(made.issue).status != .closed)
      #expect(try town.issue(made.request).labels.contains("needs-fix") == false)
      if try town.files().contains("a.txt") { #expect(!town.passes.isEmpty) }
    }
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
    #expect(try town.issue(made.issue).status == .closed)
  }

  @Test func aGateIsNotInstalled() throws {
    let town = try MergeTown()
    let made = try town.submit("a", ["a.txt": "a"])
    try town.set("merge_queue.test_command", "no-such-program")
    #expect(town.merge().status == 1)
    try isWaiting(made, in: town)
    #expect(try town.comments(made.request).first?.contains("no-such-program is not installed") == true)
    try town.set("merge_queue.test_command", "sh gate.sh")
    #expect(town.merge().status == 0)
  }

  @Test func theTargetIsBrokenAndABranchMendsIt() throws {
    let town = try MergeTown()
    try town.pushByHand(["broken": "x"])
    let first = try town.submit("a", ["a.txt": "a"], priority: 0)
    let second = try town.submit("b", ["b.txt": "b"], priority: 1)
    #expect(town.merge().status == 1)
    #expect(try town.files().isDisjoint(with: ["a.txt", "b.txt"]))
    let mend = try town.submit("mend", [:], removing: ["broken"], priority: 3)
    #expect(town.merge().status == 0)
    for made in [first, second, mend] { #expect(try town.issue(made.issue).status == .closed) }
    #expect(try town.files().isSuperset(of: ["a.txt", "b.txt"]))
    #expect(try town.files().contains("broken") == false)
  }

  @Test func whatFailsTooOftenIsForAPerson() throws {
    let town = try MergeTown()
    try town.set("merge_queue.max_retry_count", "1")
    let made = try town.submit("a", ["broken": "x"])
    #expect(town.merge().status == 1)
    #expect(try town.states() == [made.request.rawValue: "needs-fix"])
    #expect(try town.issue(made.issue).status == .open)
    #expect(town.base.gt("mq", "retry", made.request.rawValue).status == 0)
    #expect(try town.issue(made.issue).status == .inReview)
    #expect(town.merge().standardOutput.contains("failed 2 times"))
    #expect(try town.states() == [made.request.rawValue: "needs-help"])
    #expect(try town.issue(made.issue).status == .blocked)
    let open = try town.base.json("escalate", "list").arrayValue ?? []
    #expect(open.count == 1)
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    #expect(town.base.gt("mq", "retry", made.request.rawValue).status == 0)
    #expect(try town.states() == [made.request.rawValue: "ready"])
  }

  @Test func anotherOnesClaimRunsOut() throws {
    let town = try MergeTown()
    let made = try town.submit("a", ["a.txt": "a"])
    let ledgers = town.base.ledgers()
    try ledgers.store(for: made.request).write("claim") { tx throws(BeadsError) in
      try tx.update(made.request) { issue in
        issue.status = .inProgress
        issue.assignee = "app/crew/max"
      }
    }
    ledgers.close()
    #expect(try town.states() == [made.request.rawValue: "claimed"])
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    town.base.advance(seconds: 31 * 60)
    #expect(try town.states() == [made.request.rawValue: "ready"])
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
  }
}

/// Gates that do what gates should not do.
@Suite("A gate that misbehaves")
struct MergeGateTests {
  @Test func neverEnds() throws {
    let town = try MergeTown(gate: "echo begun\nsleep 300 & sleep 300\n")
    try town.set("merge_queue.retry_flaky_tests", "0")
    try town.set("merge_queue.test_command", nil)
    try town.set("merge_queue.gates", #"{"slow": {"cmd": "sh gate.sh", "timeout": "300ms"}}"#)
    try town.submit("a", ["a.txt": "a"])
    // It is the target's gate as well: nobody is blamed, and it is said why.
    #expect(town.merge().standardOutput.contains("main itself fails the gate slow"))
    let hold = try #require(try town.base.database().mergeHold(rig: RigName("app")))
    #expect(hold.reason.contains("ended because it took too long"))
  }

  @Test func writesOutsideOfItsCheckout() throws {
    let town = try MergeTown(gate: "touch ../../stray ../near\necho ok\n")
    let made = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().standardOutput.contains("something changed outside of the checkout"))
    let said = try town.comments(made.request).joined()
    #expect(said.contains("app/stray") && said.contains("refinery/near"))
    #expect(try town.issue(made.request).status == .closed)
    let logs = try FileSystem.list(town.base.rig().path("refinery/logs"))
    let text = try FileSystem.readText(town.base.rig().path("refinery/logs/\(logs[0])"))
    #expect(text.hasPrefix("ok\ngt: something changed"))
  }

  @Test func leavesProcessesBehind() throws {
    let town = try MergeTown(gate: "setsid sh -c 'echo $$ > ../pid.tmp; exec sleep 300' & \nsleep 0.2\n")
    let made = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().standardOutput.contains("left processes behind"))
    #expect(try town.comments(made.request).joined().contains("sleep ("))
    let pid = try town.base.text("app/refinery/pid.tmp").trimmingCharacters(in: .newlines)
    #expect(try ProcessIdentity(#require(Int32(pid)))?.isAlive != true)
  }

  @Test func ruinsItsCheckout() throws {
    let town = try MergeTown(gate: "rm -rf .git; mkdir -p .git/x dir; touch dir/f; chmod 0 dir\n")
    try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 0)
    try town.submit("b", ["b.txt": "b"])
    #expect(town.merge().status == 0)
    #expect(try town.files().isSuperset(of: ["a.txt", "b.txt"]))
  }

  @Test func rewritesTheBranchItTests() throws {
    // What was submitted is what is merged; what came after stays where it is.
    let town = try MergeTown(gate: "true\n")
    let branch = "polecat/a"
    let origin = town.base.originPath("app")
    let script = """
      git -C \(origin) update-ref refs/heads/\(branch) $(git -C \(origin) rev-parse main)
      """
    let made = try town.submit("a", ["gate.sh": script + "\n", "a.txt": "a"])
    #expect(town.merge().status == 0)
    #expect(try town.issue(made.request).status == .closed)
    #expect(try town.files().contains("a.txt"))
    #expect(try town.origin("for-each-ref", "refs/heads/\(branch)").isEmpty == false)
  }

  @Test func parallelGatesRunAtOnceAndOthersInTheirOrder() throws {
    let town = try MergeTown()
    let wait = "for i in 1 2 3 4 5 6 7 8 9; do test -e ../%@ && exit 0; sleep 0.3; done; exit 1"
    let first = "touch ../one; " + wait.replacingOccurrences(of: "%@", with: "two")
    let second = "touch ../two; " + wait.replacingOccurrences(of: "%@", with: "one")
    try town.set("merge_queue.test_command", nil)
    try town.set(
      "merge_queue.gates",
      #"{"one": {"cmd": "sh -c '\#(first)'"}, "two": {"cmd": "sh -c '\#(second)'"}}"#)
    try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 0)
    // One after the other the first waits for nothing.
    let other = try MergeTown()
    try other.set("merge_queue.test_command", nil)
    try other.set("merge_queue.gates_parallel", "false")
    try other.set(
      "merge_queue.gates",
      #"{"one": {"cmd": "sh -c 'test ! -e ../two; touch ../one'"}, "two": {"cmd": "sh -c 'test -e ../one'"}}"#
    )
    try other.submit("a", ["a.txt": "a"])
    #expect(other.merge().status == 0)
  }

  @Test func aGateForBranchesSeesTheBranchAloneAndBlamesItAlone() throws {
    let town = try MergeTown()
    try town.set(
      "merge_queue.gates", #"{"lint": {"cmd": "sh -c 'test ! -e ugly'", "phase": "pre-merge"}}"#)
    let good = try town.submit("a", ["a.txt": "a"])
    let bad = try town.submit("b", ["ugly": "b"])
    #expect(town.merge().status == 1)
    #expect(try town.issue(good.request).status == .closed)
    #expect(try town.states() == [bad.request.rawValue: "needs-fix"])
    #expect(town.passes.count == 1)
    // A target that is ugly already is not the branch's fault.
    try town.pushByHand(["ugly": "x"])
    try town.submit("c", ["c.txt": "c"])
    #expect(town.merge().status == 0)
  }
}
