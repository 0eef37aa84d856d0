import BeadsKit
import Foundation
import GasTownKit
import Testing

@Suite("The merge engine")
struct MergeEngineTests {
  @Test func mergesWhatPassesAndClosesItsIssue() throws {
    let town = try MergeTown()
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    let result = town.merge()
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try town.files().contains("a.txt"))
    let commit = try town.origin("rev-parse", "main")
    #expect(try town.issue(request).status == .closed)
    #expect(try town.issue(request).closeReason == "merged")
    #expect(
      JSONValue(parsing: try town.issue(request).metadata ?? "")?["merge_commit"]?.stringValue == commit)
    #expect(try town.issue(issue).closeReason == "Merged in \(request)")
    // What was tested is what was pushed, and the branch is gone.
    #expect(try town.passes == [town.origin("rev-parse", "main^{tree}")])
    #expect(try town.origin("for-each-ref", "--format=%(refname)", "refs/heads/polecat").isEmpty)
    #expect(try town.origin("log", "-1", "--format=%s%n%b", "main").contains("Bead: \(issue)"))
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
  }

  @Test func theCommitsOfASquashedBranchStay() throws {
    let town = try MergeTown()
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    let head = try town.origin("rev-parse", "polecat/a")
    #expect(town.merge().status == 0)
    #expect(try town.origin("for-each-ref", "refs/heads/polecat").isEmpty)
    let repository = try town.base.rig().repository
    #expect(try town.base.git(repository, "rev-parse", "refs/gt/merged/\(request)") == head)
  }

  @Test func fiveTakeOneRunOfTheGates() throws {
    let town = try MergeTown()
    for name in ["a", "b", "c", "d", "e"] { try town.submit(name, ["\(name).txt": name]) }
    #expect(town.merge().status == 0)
    #expect(town.passes.count == 1)
    #expect(try town.files().isSuperset(of: ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]))
  }

  @Test("finds the one that breaks the gate, in any place", arguments: 0..<5)
  func culprit(place: Int) throws {
    let town = try MergeTown()
    var requests: [(request: IssueID, issue: IssueID)] = []
    for index in 0..<5 {
      requests.append(
        try town.submit(
          "n\(index)", [index == place ? "broken" : "f\(index)": "x"], priority: index == 0 ? 0 : 2))
    }
    let result = town.merge()
    #expect(result.status == 1)
    #expect(
      try town.files()
        == Set((0..<5).filter { $0 != place }.map { "f\($0)" } + ["README.md", "main.txt", "gate.sh"]))
    for (index, made) in requests.enumerated() {
      let request = try town.issue(made.request)
      let issue = try town.issue(made.issue)
      if index == place {
        #expect(request.status == .open && request.labels.contains("needs-fix"))
        #expect(issue.status == .open && issue.assignee.isEmpty)
        #expect(issue.comments.contains { $0.text.contains("gate test") })
      } else {
        #expect(request.status == .closed && issue.status == .closed)
      }
    }
    // It stays out of the queue until somebody says otherwise.
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    #expect(town.base.gt("mq", "retry", requests[place].request.rawValue).status == 0)
    #expect(town.merge().status == 1)
  }

  @Test func twoThatBreakItAreBothFound() throws {
    let town = try MergeTown()
    let names = ["f0", "broken1", "f2", "broken3", "f4"]
    for name in names { try town.submit(name, [name: "x"]) }
    town.merge()
    #expect(try town.files().isSuperset(of: ["f0", "f2", "f4"]))
    #expect(try town.files().isDisjoint(with: ["broken1", "broken3"]))
  }

  @Test func aConflictBecomesAnIssueThatBringsItBack() throws {
    let town = try MergeTown()
    let first = try town.submit("a", ["main.txt": "from a\n"], priority: 0)
    let second = try town.submit("b", ["main.txt": "from b\n"], priority: 1)
    #expect(town.merge().status == 1)
    #expect(try town.issue(first.request).status == .closed)
    let waiting = try town.issue(second.request)
    #expect(waiting.status == .open && waiting.labels.contains("needs-rebase"))
    let fields = JSONValue(parsing: waiting.metadata ?? "")
    let task = try #require(fields?["conflict_task_id"]?.stringValue.flatMap(IssueID.init(rawValue:)))
    #expect(try town.issue(task).description.contains("- main.txt"))
    #expect(try town.base.json("mq", "list", "app").arrayValue?.first?["state"]?.stringValue == "blocked")
    // A worker resolves it on a branch of its own.
    let resolved = try town.submit("c", ["main.txt": "from a and b\n"])
    let ledgers = town.base.ledgers()
    try ledgers.store(for: task).write("test") { tx throws(BeadsError) in
      try tx.update(resolved.request) { issue throws(BeadsError) in
        try issue.setMetadata("source_issue", .string(task.rawValue))
      }
    }
    ledgers.close()
    #expect(town.merge().status == 0)
    for id in [task, second.request, second.issue, resolved.request] {
      #expect(try town.issue(id).status == .closed, "\(id)")
    }
    #expect(try town.origin("show", "main:main.txt") == "from a and b")
  }

  @Test func withoutGatesNothingIsMergedUnlessSomebodySaysSo() throws {
    let town = try MergeTown()
    try town.set("merge_queue.test_command", nil)
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    #expect(
      try town.base.json("mq", "list", "app").arrayValue?.first?["state"]?.stringValue == "needs-approval")
    #expect(town.base.gt(["mq", "approve", request.rawValue], as: "app/polecats/nux").status == 2)
    #expect(town.base.gt("mq", "approve", request.rawValue).status == 0)
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
    #expect(
      JSONValue(parsing: try town.issue(request).metadata ?? "")?["approved_by"]?.stringValue == "overseer")
  }

  @Test func aBrokenTargetBlamesNobody() throws {
    let town = try MergeTown()
    try town.pushByHand(["broken": "x"])
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    let result = town.merge()
    #expect(result.status == 1)
    #expect(result.standardOutput.contains("main itself fails the gate test"))
    #expect(try town.issue(request).labels.contains("needs-fix") == false)
    #expect(try town.issue(request).comments.map(\.text).contains { $0.contains("main itself fails") })
    #expect(town.merge().standardOutput.contains("Waiting: main itself fails"))
    #expect(try town.base.json("escalate", "list").arrayValue?.count == 1)
    // Once it has moved, it goes on by itself.
    try town.pushByHand([:], removing: ["broken"])
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
    #expect(try town.base.json("escalate", "list").arrayValue?.isEmpty == true)
  }

  @Test func aBranchThatWasRewrittenOrRemovedIsNotMerged() throws {
    let town = try MergeTown()
    let first = try town.submit("a", ["a.txt": "a"])
    let second = try town.submit("b", ["b.txt": "b"])
    try town.base.git(town.clone, "checkout", "--quiet", "polecat/a")
    try town.base.git(town.clone, "commit", "--quiet", "--amend", "-m", "Rewritten")
    try town.base.git(town.clone, "push", "--quiet", "--force", "origin", "polecat/a")
    try town.base.git(town.clone, "push", "--quiet", "origin", ":polecat/b")
    #expect(town.merge().status == 1)
    #expect(try town.files().isDisjoint(with: ["a.txt", "b.txt"]))
    for made in [first, second] { #expect(try town.issue(made.request).labels.contains("needs-resubmit")) }
  }

  @Test func whatIsThereAlreadyIsClosed() throws {
    let town = try MergeTown()
    let first = try town.submit("a", ["a.txt": "a"])
    let second = try town.submit("b", ["a.txt": "a"])
    #expect(town.merge().status == 0)
    for made in [first, second] {
      #expect(try town.issue(made.request).status == .closed)
      #expect(try town.issue(made.issue).status == .closed)
    }
    #expect(try town.origin("rev-list", "--count", "main") == "3")
  }

  @Test func aTargetThatMovesMeanwhileIsNotOverwritten() throws {
    // The gate itself plays the person who pushes while it runs, once.
    let town = try MergeTown()
    let mark = Path.join(town.base.root, "../pushed")
    let script = """
      test -e \(mark) && exit 0
      touch \(mark)
      git clone -q \(town.base.originPath("app")) \(mark).clone && cd \(mark).clone && echo x > person.txt \
      && git add . && git -c user.name=p -c user.email=p@x commit -q -m Person && git push -q origin main
      """
    try town.submit("g", ["gate.sh": script + "\n"])
    #expect(town.merge().status == 0)
    #expect(try town.files().isSuperset(of: ["person.txt"]))
    #expect(try town.origin("log", "--format=%s", "main").contains("Person"))
    #expect(try town.origin("show", "main:gate.sh").contains("Person"))
  }

  @Test func rejectingGivesTheIssueBack() throws {
    let town = try MergeTown()
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    #expect(town.base.gt("mq", "reject", request.rawValue).status == 1)
    #expect(town.base.gt("mq", "reject", request.rawValue, "--reason", "Not wanted").status == 0)
    #expect(try town.issue(request).status == .closed)
    #expect(try town.issue(issue).status == .open)
    #expect(try town.issue(issue).comments.contains { $0.text.contains("Not wanted") })
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
  }
}
