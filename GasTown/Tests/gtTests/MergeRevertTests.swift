import BeadsKit
import GasTownKit
import Testing

@Suite("Taking merged work back, and noting what was merged by hand")
struct MergeRevertTests {
  let town: MergeTown

  init() throws { town = try MergeTown() }

  private func revert(_ arguments: String...) -> GtResult { town.base.gt(["mq", "revert"] + arguments) }

  @Test func aRevertGoesThroughTheQueueAndItsIssueIsWorkAgain() throws {
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 0)
    try town.submit("b", ["b.txt": "b"])
    #expect(town.merge().status == 0)
    let result = revert(request.rawValue, "--reason", "It is slow", "--json")
    #expect(result.status == 0, "\(result.standardError)")
    let made = try #require(JSONValue(parsing: result.standardOutput))
    #expect(made["reopened"]?.stringValue == issue.rawValue)
    // Nothing has moved yet, and the issue waits for the revert.
    #expect(try town.files().contains("a.txt"))
    let task = try #require(made["source_issue"]?.stringValue.flatMap(IssueID.init(rawValue:)))
    #expect(try town.issue(issue).status == .open)
    #expect(try town.issue(issue).comments.contains { $0.text.contains("It is slow") })
    #expect(try town.issue(issue).dependencies.map(\.dependsOnID) == [task])
    // The same again is the same.
    let again = try #require(
      JSONValue(parsing: revert(request.rawValue, "--reason", "It is slow", "--json").standardOutput))
    #expect(again["id"] == made["id"] && again["repeated"] == .bool(true))
    let before = town.passes.count
    #expect(town.merge().status == 0)
    #expect(town.passes.count == before + 1, "it was tested")
    #expect(try town.files().isDisjoint(with: ["a.txt"]) && town.files().contains("b.txt"))
    #expect(try town.issue(task).status == .closed && town.issue(issue).status == .open)
    #expect(try town.origin("log", "-1", "--format=%B", "main").contains("Revert \"a\""))
    #expect(try town.origin("log", "-1", "--format=%B", "main").contains("This reverts commit"))
    let story = town.base.gt("why", request.rawValue).standardOutput
    #expect(story.contains("asked to take it back: It is slow"))
    // Nothing of it is left.
    #expect(revert(request.rawValue, "--reason", "Once more").standardError.contains("nothing of"))
  }

  @Test func aCommitThatNobodyAskedForIsTakenBackToo() throws {
    try town.pushByHand(["hand.txt": "x"])
    let commit = try town.origin("rev-parse", "main")
    let result = revert(String(commit.prefix(10)), "--rig", "app", "--reason", "Not tested")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(town.merge().status == 0)
    #expect(try !town.files().contains("hand.txt"))
  }

  @Test func aRevertThatBreaksTheGateDoesNotHappen() throws {
    let town = try MergeTown(gate: "test -e a.txt || test ! -e b.txt || exit 1\n")
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    #expect(town.merge().status == 0)
    try town.submit("b", ["b.txt": "b"])
    #expect(town.merge().status == 0)
    #expect(town.base.gt("mq", "revert", request.rawValue, "--reason", "Slow").status == 0)
    #expect(town.merge().status == 1)
    #expect(try town.files().isSuperset(of: ["a.txt", "b.txt"]))
    let row = try town.base.json("mq", "list", "app").arrayValue?.first
    #expect(row?["state"]?.stringValue == "needs-fix")
    let task = try #require(row?["source_issue"]?.stringValue.flatMap(IssueID.init(rawValue:)))
    #expect(try town.issue(task).status == .open)
  }

  @Test func whatCannotBeTakenBackIsSaid() throws {
    let (request, issue) = try town.submit("a", ["a.txt": "a\n"])
    #expect(revert(request.rawValue, "--reason", "x").standardError.contains("is not merged yet"))
    #expect(revert(request.rawValue).standardError.contains("needs a reason"))
    #expect(revert(issue.rawValue, "--reason", "x").standardError.contains("is no merge request"))
    #expect(revert("app-wisp-none", "--reason", "x").status == 1)
    #expect(revert("abcdef1", "--rig", "app", "--reason", "x").standardError.contains("there is no commit"))
    let unmerged = try town.origin("rev-parse", "polecat/a")
    #expect(revert(unmerged, "--rig", "app", "--reason", "x").standardError.contains("is not on main"))
    let first = try town.origin("rev-list", "--max-parents=0", "main")
    #expect(revert(first, "--rig", "app", "--reason", "x").standardError.contains("the first commit"))
    #expect(
      town.base.gt(["mq", "revert", request.rawValue, "--reason", "x"], as: "app/polecats/nux").status == 2)
    #expect(town.merge().status == 0)
    try town.pushByHand(["a.txt": "a\nand more\n"])
    let built = revert(request.rawValue, "--reason", "x")
    #expect(built.status != 0 && built.standardError.contains("builds on it"))
    #expect(built.standardError.contains("a.txt"))
    #expect(try town.origin("for-each-ref", "refs/heads/revert").isEmpty)
    #expect(try town.issue(issue).status == .closed)
    #expect(try town.states().isEmpty)
  }

  // MARK: gt mq post-merge

  @Test func onlyWhatIsThereIsClosed() throws {
    let (request, issue) = try town.submit("a", ["a.txt": "a"])
    let refused = town.base.gt("mq", "post-merge", "app", request.rawValue)
    #expect(refused.status != 0 && refused.standardError.contains("is not on main: nothing was closed"))
    #expect(try town.issue(request).status == .open && town.issue(issue).status.rawValue == "in_review")
    #expect(try !town.origin("for-each-ref", "refs/heads/polecat").isEmpty)
  }

  @Test("is found however it came there", arguments: ["merge", "squash", "fast-forward"])
  func merged(how: String) throws {
    let (request, issue) = try town.submit("a", ["main.txt": "one\ntwo\nthree\n"])
    if how != "fast-forward" { try town.pushByHand(["other.txt": "x"]) }
    try town.base.git(town.clone, "fetch", "--quiet", "origin")
    try town.base.git(town.clone, "checkout", "--quiet", "-B", "main", "origin/main")
    switch how {
    case "merge":
      try town.base.git(town.clone, "merge", "--quiet", "--no-ff", "-m", "By hand", "origin/polecat/a")
    case "squash":
      try town.base.git(town.clone, "merge", "--quiet", "--squash", "origin/polecat/a")
      try town.base.git(town.clone, "commit", "--quiet", "-m", "Squashed (#1)")
    default: try town.base.git(town.clone, "merge", "--quiet", "--ff-only", "origin/polecat/a")
    }
    let commit = try town.base.git(town.clone, "rev-parse", "HEAD")
    try town.base.git(town.clone, "push", "--quiet", "origin", "main")
    // The same place was changed again since: nothing of the branch can be seen in the last state.
    try town.pushByHand(["main.txt": "quite other\n"])
    let result = town.base.gt("mq", "post-merge", request.rawValue, "--skip-branch-delete", "--json")
    #expect(result.status == 0, "\(result.standardError)")
    let done = try #require(JSONValue(parsing: result.standardOutput))
    #expect(done["merge_commit"]?.stringValue == commit)
    #expect(done["closed"]?.arrayValue?.count == 2 && done["branch_deleted"] == .bool(false))
    #expect(try town.issue(request).closeReason == "merged elsewhere")
    #expect(try town.issue(issue).closeReason == "Merged in \(request)")
    // Once more takes the branch away and changes nothing else.
    let again = try town.base.json("mq", "post-merge", "app", request.rawValue)
    #expect(again["closed"]?.arrayValue?.isEmpty == true && again["branch_deleted"] == .bool(true))
    #expect(try town.issue(request).townMergeCommit == commit)
    // It has a commit of its own, which can be taken back; here something came after it.
    #expect(revert(request.rawValue, "--reason", "x").standardError.contains("builds on it"))
  }

  @Test func whatWasRejectedIsNotCleanedUp() throws {
    let (request, _) = try town.submit("a", ["a.txt": "a"])
    #expect(town.base.gt("mq", "reject", request.rawValue, "-r", "No").status == 0)
    #expect(
      town.base.gt("mq", "post-merge", request.rawValue).standardError.contains("is closed: rejected: No"))
    #expect(town.base.gt("mq", "post-merge", "app-wisp-none").status == 1)
  }
}

extension BeadsKit.Issue {
  /// The commit that a merge request became.
  var townMergeCommit: String? { JSONValue(parsing: metadata ?? "")?["merge_commit"]?.stringValue }
}
