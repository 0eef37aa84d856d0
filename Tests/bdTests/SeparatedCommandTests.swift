import BeadsKit
import BeadsTesting
import Testing

/// Two clones that made one ID for two issues, with the real program over git.
@Suite struct SeparatedCommandTests {
  private func clones() throws -> SyncedClones {
    let clones = try SyncedClones(syncBranch: nil)
    try clones.bd("create", "First", "--id", "t-4es", in: "a")
    clones.project.advance(seconds: 20)
    try clones.bd("create", "Second", "--id", "t-4es", in: "b")
    try clones.bd("create", "User", "--deps", "t-4es", "--id", "t-use", in: "b")
    return clones
  }

  private func newID(_ clones: SyncedClones) throws -> String {
    let file = try clones.file("b").split(separator: "\n")
    let line = try #require(file.first { $0.contains(#""title":"Second""#) })
    return String(line.dropFirst(7).prefix { $0 != "\"" })
  }

  @Test(arguments: [["a", "b", "a"], ["b", "a", "b"]]) func syncs(_ order: [String]) throws {
    let clones = try clones()
    var errors = ""
    for name in order {
      let run = try clones.run([clones.bd, "sync", "--full"], in: name)
      #expect(run.status == 0)
      errors += run.errorText
    }
    let newID = try newID(clones)
    #expect(newID.hasPrefix("t-4es") && newID.utf8.count == 10)
    #expect(try clones.file("a") == clones.file("b"))
    let sentence =
      "Warning: two issues were created as t-4es in different clones; the later one, \"Second\", is now \(newID)"
    #expect(errors.split(separator: "\n").contains { $0 == sentence })
    for name in ["a", "b"] {
      #expect(try clones.bd("list", "--json", in: name).contains(#""dependency_count""#))
      #expect(try clones.bd("show", "t-4es", in: name).contains("First"))
      #expect(try clones.bd("show", newID, in: name).contains("Second"))
      #expect(try clones.bd("show", "t-use", in: name).contains(newID))
      #expect(try clones.run([clones.bd, "fsck"], in: name).status == 0)
    }
    // Deleting one in one clone leaves the other in both.
    try clones.bd("delete", "t-4es", "--force", in: "b")
    for name in ["b", "a"] { try clones.bd("sync", "--full", in: name) }
    for name in ["a", "b"] {
      #expect(try clones.run([clones.bd, "show", "t-4es"], in: name).status == 1)
      #expect(try clones.bd("show", newID, in: name).contains("Second"))
    }
  }

  /// The command that meets the other issue means the one its user knows.
  @Test func commandInBetween() throws {
    let clones = try clones()
    for words in [["add", "."], ["commit", "-qm", "work"], ["push", "-q"]] {
      #expect(try clones.run(["git"] + words, in: "a").status == 0)
    }
    try clones.git("add", ".", in: "b")
    try clones.git("commit", "-qm", "work", in: "b")
    let pull = try clones.run(["git", "pull", "-q", "--no-rebase", "--no-edit"], in: "b")
    #expect(pull.status == 0, "\(pull.errorText)")
    #expect(pull.errorText.contains("two issues were created as t-4es"))
    let newID = try newID(clones)
    let update = try clones.run([clones.bd, "update", "t-4es", "--add-label", "mine"], in: "b")
    #expect(update.status == 0)
    #expect(update.errorText.contains("is now \(newID)"))
    #expect(try clones.bd("show", newID, in: "b").contains("mine"))
    #expect(try !clones.bd("show", "t-4es", in: "b").contains("mine"))
  }
}
