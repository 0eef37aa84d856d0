import BeadsKit
import GasTownKit
import Testing

@Suite("Secrets that a branch adds")
struct SecretSearchTests {
  let scratch: ScratchRepository
  let base: GitID
  private let token = "ghp_" + Planted.text(36)

  init() throws {
    scratch = try ScratchRepository()
    base = try scratch.commit(on: "main", ["old.txt": "a = ghp_" + Planted.text(37) + "\n", "x": "1\n"])
  }

  private func search(_ head: GitID, allowed: [String] = []) throws -> SecretSearch.Report {
    try SecretSearch.run(
      head, notIn: [base], in: GitRepository(at: scratch.directory), allowedPaths: allowed)
  }

  @Test func areNamedByFileAndLineAndNeverShown() throws {
    let head = try scratch.commit(on: "work", ["src/a.py": "import os\n\nkey = '\(token)'\n", "b": "fine\n"])
    let report = try search(head)
    #expect(report.found.map(\.text) == ["src/a.py:3: GitHub token"])
    #expect(!"\(report)".contains(token))
  }

  @Test func whatWasThereBeforeWasNotAdded() throws {
    // Another line of the file, the same line moved, and the file under another name.
    let old = "a = ghp_" + Planted.text(37) + "\n"
    #expect(try search(scratch.commit(on: "work", ["old.txt": "first\n  " + old + "more\n"])).found.isEmpty)
    #expect(try search(scratch.commit(on: "work", ["old.txt": nil, "new.txt": "x\n" + old])).found.isEmpty)
  }

  @Test func whatALaterCommitTakesOutIsPublishedAllTheSame() throws {
    let bad = try scratch.commit(on: "work", ["a": "\(token)\n"])
    let head = try scratch.commit(on: "work", ["a": "gone\n"])
    let report = try search(head)
    #expect(report.found.map(\.commit) == [bad])
    #expect(
      report.found.first?.text == "a:1: GitHub token, taken out later, but still in commit \(bad.short)")
  }

  @Test func mergesBringNothingThatIsKnown() throws {
    try scratch.commit(on: "work", ["mine": "1\n"])
    let target = try scratch.commit(on: "main", ["theirs": "\(token)\n"])
    try scratch.git("checkout", "--quiet", "work")
    try scratch.git("merge", "--quiet", "--no-edit", "main")
    let head = try scratch.head("work")
    let report = try SecretSearch.run(head, notIn: [target], in: GitRepository(at: scratch.directory))
    #expect(report.found.isEmpty && report.allowed.isEmpty && report.unread.isEmpty)
    // What a merge adds by itself is found.
    try scratch.write("theirs", "\(token)\nhf_" + Planted.text(34) + "\n")
    try scratch.git("commit", "--quiet", "--all", "--amend", "--no-edit")
    let evil = try SecretSearch.run(
      scratch.head("work"), notIn: [target], in: GitRepository(at: scratch.directory))
    #expect(evil.found.map(\.text) == ["theirs:2: Hugging Face token"])
  }

  @Test func markersAndSettingsAllowAndAreTold() throws {
    let head = try scratch.commit(
      on: "work", ["a": "\(token) # \(SecretRule.marker)\n", "tests/key.pem": Planted.privateKey])
    let report = try search(head, allowed: ["tests/"])
    #expect(report.found.isEmpty)
    #expect(report.allowed.map(\.text) == ["a:1: GitHub token", "tests/key.pem:1: private key"])
    #expect(try search(head).found.map(\.path) == ["tests/key.pem"])
  }

  @Test func whatIsNoTextIsLeftOutAndWhatIsTooLargeIsTold() throws {
    try scratch.write("binary", "\0" + token)
    try scratch.write("large.txt", String(repeating: "0123456789abcde\n", count: 1 << 20) + token)
    let report = try search(scratch.commit(on: "work", ["c": "1"]))
    #expect(report.found.isEmpty && report.unread == ["large.txt"])
  }
}
