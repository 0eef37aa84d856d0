import BeadsKit
import Testing

@testable import GasTownKit

@Suite("What a merged commit says")
struct MergeMessageTests {
  let town: MergeTown
  private var base: TestTown { town.base }

  init() throws { town = try MergeTown() }

  /// A branch of commits: author and message of each.
  private func submit(_ commits: [(author: String, message: String)]) throws -> IssueID {
    let (request, issue) = try town.submit("a", ["a0.txt": "x"])
    try base.git(town.clone, "reset", "--quiet", "--hard", "origin/main")
    for (number, commit) in commits.enumerated() {
      try base.write(Path.join(town.clone, "a\(number).txt"), "x")
      try base.git(town.clone, "add", "--all")
      let author = "\(commit.author) <\(commit.author)@example.org>"
      try base.git(town.clone, "commit", "--quiet", "--author", author, "-m", commit.message)
    }
    try base.git(town.clone, "push", "--quiet", "--force", "origin", "polecat/a")
    #expect(
      base.gt("mq", "submit", "--branch", "polecat/a", "--issue", issue.rawValue, "--rig", "app").status == 0)
    #expect(try town.issue(request).status == .closed)
    return issue
  }

  private func last(_ format: String) throws -> String {
    #expect(town.merge().status == 0)
    return try town.origin("log", "-1", "--format=\(format)", "main")
  }

  private func trailers() throws -> [String] {
    try town.origin("log", "-1", "--format=%(trailers:only,unfold)", "main").split(separator: "\n").map(
      String.init)
  }

  @Test func oneCommitKeepsItsWordsAndItsAuthor() throws {
    let issue = try submit([("nux", "Write the parser\n\nIt reads lines.")])
    let text = try last("%an <%ae>%n%B")
    #expect(text.hasPrefix("nux <nux@example.org>\nWrite the parser\n\nIt reads lines.\n\nBead: \(issue)\n"))
    #expect(try trailers().map { $0.prefix { $0 != ":" } } == ["Bead", "Merge-Request"])
    #expect(try town.origin("log", "-1", "--format=%cn", "main") == "app/refinery")
  }

  @Test func trailersStayOneParagraph() throws {
    let message =
      "Write it\n\nWhy not.\n\nSigned-off-by: nux <nux@example.org>\nCo-authored-by: max <max@x.org>"
    let issue = try submit([("nux", message)])
    _ = try last("%B")
    let found = try trailers()
    #expect(
      found.prefix(3) == [
        "Signed-off-by: nux <nux@example.org>", "Co-authored-by: max <max@x.org>", "Bead: \(issue)",
      ])
  }

  @Test func severalAreListedAndAllTheirAuthorsNamed() throws {
    let issue = try submit([
      ("max", "Begin"), ("nux", "Go on"), ("nux", "Go on\n\nMore.\n\nCo-Authored-By: slit <slit@x.org>"),
      ("nux", "Save the work of nux\n\nText.\n\nGas-Town: auto-save"),
    ])
    let text = try last("%an%n%B")
    #expect(text.hasPrefix("nux\nDo a\n\n- Begin\n- Go on\n- Go on\n\n"), "\(text)")
    let found = try trailers()
    #expect(
      found.prefix(3) == [
        "Co-authored-by: max <max@example.org>", "Co-authored-by: slit <slit@x.org>", "Bead: \(issue)",
      ], "\(found)")
  }

  @Test func theStoryOfAMergeRequestIsTold() throws {
    let (request, issue) = try town.submit("a", ["broken": "x"])
    #expect(town.merge().status == 1)
    let failed = base.gt("why", request.rawValue).standardOutput
    #expect(failed.contains("the gate test fails with it") && failed.contains("-test"), "\(failed)")
    try base.git(town.clone, "checkout", "--quiet", "polecat/a")
    try base.git(town.clone, "rm", "--quiet", "broken")
    try base.write(Path.join(town.clone, "a.txt"), "x")
    try base.git(town.clone, "add", "--all")
    try base.git(town.clone, "commit", "--quiet", "-m", "Mend")
    try base.git(town.clone, "push", "--quiet", "origin", "polecat/a")
    let made = try base.json(
      "mq", "submit", "--branch", "polecat/a", "--issue", issue.rawValue, "--rig", "app")
    let second = try #require(made["id"]?.stringValue)
    #expect(town.merge().status == 0)
    let story = base.gt("why", second).standardOutput
    #expect(story.contains("overseer submitted polecat/a"), "\(story)")
    #expect(story.contains("the gates pass: test ") && story.contains("merged into main as"))
    #expect(story.contains("now      merged"))
    // The issue tells of all of them.
    let whole = base.gt("why", issue.rawValue).standardOutput
    #expect(whole.contains("merged into main as") && whole.contains("the gate test fails with it"))
  }

  // MARK: What is kept

  @Test func squashedBranchesAreKeptForAWhileAndTheLatestForEver() throws {
    try TownSettings.set("lifecycle.pruner.merged_keep", to: "1", in: base.town, command: "test")
    let repository = try base.rig().repository
    var requests: [IssueID] = []
    for name in ["a", "b", "c"] {
      base.advance(seconds: 10)
      requests.append(try town.submit(name, ["\(name).txt": name]).request)
      #expect(town.merge().status == 0)
    }
    let (unmerged, _) = try town.submit("d", ["d.txt": "d"])
    let head = try town.origin("rev-parse", "polecat/d")
    try base.git(repository, "fetch", "--quiet", "origin")
    try base.git(repository, "update-ref", "refs/gt/merged/\(unmerged)", head)
    // One that the default branch leads to is of no use at any age.
    try base.git(
      repository, "update-ref", "refs/gt/merged/app-wisp-old", try town.origin("rev-parse", "main~1"))
    func left() throws -> Set<String> {
      Set(
        try base.git(repository, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/gt/merged")
          .split(separator: "\n").map(String.init))
    }
    #expect(try left().count == 5)
    #expect(try base.json("dog", "call", "pruner")["counts"]?["squashed_branches_removed"] == .number("1"))
    #expect(try left() == Set((requests + [unmerged]).map(\.rawValue)))
    base.advance(seconds: 31 * 86_400)
    #expect(try base.json("dog", "call", "pruner")["counts"]?["squashed_branches_removed"] == .number("2"))
    #expect(try left() == [requests[2].rawValue, unmerged.rawValue], "what is not proven stays")
  }
}
