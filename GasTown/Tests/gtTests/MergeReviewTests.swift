import BeadsKit
import GasTownKit
import Testing

@Suite("Merge requests that people decide about")
struct MergeReviewTests {
  let town: MergeTown
  private var base: TestTown { town.base }

  init() throws {
    town = try MergeTown()
    try town.set("merge_queue.merge_strategy", "pr")
  }

  private func row(_ id: IssueID) throws -> JSONValue { try base.json("mq", "status", id.rawValue) }

  @Test func isTestedOnceWaitsAndIsMergedWhenApproved() throws {
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    let first = town.merge()
    #expect(
      first.status == 0 && first.standardOutput.contains("waits for an approval"), "\(first.standardOutput)")
    #expect(town.passes.count == 1)
    #expect(try town.comments(request).contains { $0.contains("it passes the gates (test)") })
    #expect(try row(request)["state"]?.stringValue == "needs-approval")
    #expect(try row(request)["tested_on"]?.stringValue?.hasPrefix("main at ") == true)
    #expect(town.merge().standardOutput.contains("Nothing is ready"))
    #expect(town.passes.count == 1, "it is not tested again")
    #expect(try !town.files().contains("a.txt"))
    #expect(base.gt("mq", "next", "app").standardOutput.contains("or its merge by somebody else"))
    #expect(base.gt("mq", "approve", request.rawValue).status == 0)
    #expect(town.merge().status == 0)
    #expect(try town.files().contains("a.txt"))
    #expect(try town.issue(issue).status == .closed)
  }

  @Test func whatBreaksTheGatesNeedsNobodysLook() throws {
    let (request, issue) = try town.submit("a", ["broken": "x"])
    #expect(town.merge().status == 1)
    #expect(try row(request)["state"]?.stringValue == "needs-fix")
    #expect(try town.issue(issue).status == .open)
    let (other, _) = try town.submit("b", ["main.txt": "one\nb\n"])
    try town.pushByHand(["main.txt": "one\nother\n"])
    #expect(town.merge().status == 1)
    #expect(try row(other)["state"]?.stringValue == "blocked", "a conflict is an issue as always")
  }

  @Test("closes by itself what somebody merged on the origin", arguments: ["merge", "squash"])
  func mergedElsewhere(how: String) throws {
    let (request, issue) = try town.submit("a", ["main.txt": "one\ntwo\nthree\n"])
    #expect(town.merge().status == 0)
    try town.pushByHand(["other.txt": "x"])
    #expect(town.merge().status == 0)
    #expect(try town.issue(request).status == .open, "another commit closes nothing")
    try base.git(town.clone, "fetch", "--quiet", "origin")
    try base.git(town.clone, "checkout", "--quiet", "-B", "main", "origin/main")
    if how == "merge" {
      try base.git(
        town.clone, "merge", "--quiet", "--no-ff", "-m", "Merge pull request #1", "origin/polecat/a")
    } else {
      try base.git(town.clone, "merge", "--quiet", "--squash", "origin/polecat/a")
      try base.git(town.clone, "commit", "--quiet", "-m", "A (#1)")
    }
    let commit = try base.git(town.clone, "rev-parse", "HEAD")
    // The forge removes the branch, and others have gone on.
    try base.git(town.clone, "push", "--quiet", "origin", "main", ":polecat/a")
    try town.pushByHand(["main.txt": "quite other\n"])
    #expect(town.merge().status == 0)
    let closed = try town.issue(request)
    #expect(closed.status == .closed && closed.closeReason == "merged elsewhere")
    #expect(closed.townMergeCommit == commit)
    #expect(try town.issue(issue).closeReason == "Merged in \(request)")
    #expect(base.gt("why", request.rawValue).standardOutput.contains("closed: merged elsewhere"))
  }

  @Test func whatSomebodyWorksOnAgainStaysOpen() throws {
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 0)
    try setStatus(issue, .hooked)
    try town.pushByHand(["a.txt": "a"])
    #expect(town.merge().status == 0)
    #expect(try town.issue(request).status == .open && town.issue(issue).status == .hooked)
    try setStatus(issue, Status(rawValue: "in_review"))
    try town.pushByHand(["b.txt": "b"])
    #expect(town.merge().status == 0)
    #expect(try town.issue(request).status == .closed && town.issue(issue).status == .closed)
  }

  @Test func aBranchWithoutAChangeIsNotTriedForEver() throws {
    try town.set("merge_queue.merge_strategy", nil)
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    try base.git(town.clone, "rm", "--quiet", "a.txt")
    try base.git(town.clone, "commit", "--quiet", "-m", "Take it back")
    try base.git(town.clone, "push", "--quiet", "origin", "polecat/a")
    let issue = try town.issue(request)
    let source = try #require(JSONValue(parsing: issue.metadata ?? "")?["source_issue"]?.stringValue)
    #expect(
      base.gt("mq", "submit", "--branch", "polecat/a", "--issue", source, "--rig", "app").status == 0)
    #expect(town.merge().status == 0)
    #expect(try town.states().isEmpty)
  }

  private func setStatus(_ id: IssueID, _ status: Status) throws {
    let ledgers = base.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("test") { tx throws(BeadsError) in
      try tx.update(id) { $0.status = status }
    }
  }

  @Test func aBrokenTargetIsNotBlamedOnTheReviewed() throws {
    try town.pushByHand(["broken": "x"])
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 1)
    #expect(try row(request)["state"]?.stringValue == "needs-approval")
    #expect(try row(request)["stopped"]?["kind"]?.stringValue == "waiting")
    #expect(town.merge().status == 0)
    try town.pushByHand([:], removing: ["broken"])
    #expect(town.merge().standardOutput.contains("waits for an approval"))
  }
}
