import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite struct GitHistoryIDsTests {
  private func line(_ id: String) -> String { #"{"id":"\#(id)","title":"x"}"# + "\n" }

  private func ids(_ clone: GitClone, from revisions: [String] = ["HEAD"]) throws -> [String: String] {
    let found = try clone.workspace().issueIDsInHistory(from: revisions)
    return Dictionary(uniqueKeysWithValues: found.map { ($0.key.rawValue, $0.value) })
  }

  @Test func everyIDThatTheFileEverHad() throws {
    let clone = try GitClone("a", in: TestProject())
    try clone.start()
    try clone.write(".beads/metadata.json", #"{"database":"beads.db","jsonl_export":"issues.jsonl"}"#)
    #expect(try ids(clone) == [:])
    try clone.commit(".beads/beads.jsonl", line("t-old") + line("t-1"))
    let first = try clone.git("rev-parse", "HEAD")
    try clone.git("rm", "-q", ".beads/beads.jsonl")
    // Spaces, other orders of keys and lines that are no issues are fine.
    try clone.commit(
      ".beads/issues.jsonl", line("t-1") + #"{ "title": "y", "id" : "t-2" }"# + "\n<<<<<<< HEAD\n\nrubbish\n")
    try clone.git("checkout", "-qb", "side")
    try clone.commit(".beads/issues.jsonl", line("t-1") + line("t-side"))
    let side = try clone.git("rev-parse", "HEAD")
    try clone.git("checkout", "-q", "main")
    try clone.commit("code", "1")
    try clone.git("merge", "-q", "--no-edit", "-s", "ours", "side")
    let merge = try clone.git("rev-parse", "HEAD")
    try clone.commit(".beads/issues.jsonl", line("t-1"))
    let last = try clone.git("rev-parse", "HEAD")
    let expected = ["t-old": first, "t-2": merge, "t-side": side, "t-1": last]
    #expect(try ids(clone) == expected)
    #expect(
      try ids(clone, from: ["refs/heads/nowhere", "side"]).keys.sorted() == ["t-1", "t-2", "t-old", "t-side"])
  }

  @Test func identicalVersionsAreReadOnce() throws {
    let clone = try GitClone("a", in: TestProject())
    try clone.start()
    for round in 0..<6 {
      try clone.commit(".beads/issues.jsonl", line(round % 2 == 0 ? "t-1" : "t-2"))
      try clone.commit("code", "\(round)")
    }
    var last = HistoryProgress()
    let found = try clone.workspace().issueIDsInHistory { last = $0 }
    #expect(found.count == 2)
    #expect(last.versions == 2)
    #expect(last.commits == 3)
  }

  @Test func shallowCloneHasWhatItHas() throws {
    let project = try TestProject()
    let origin = try GitClone("origin", in: project)
    try origin.start()
    for round in 0..<4 { try origin.commit(".beads/issues.jsonl", line("t-\(round)")) }
    let clone = try GitClone("clone", in: project)
    try clone.git("clone", "-q", "--depth", "2", "file://\(origin.directory)", ".")
    #expect(try ids(clone).keys.sorted() == ["t-2", "t-3"])
  }

  @Test func withoutRepositoryThereIsNoHistory() throws {
    let clone = try GitClone("a", in: TestProject())
    try clone.write(".beads/issues.jsonl", line("t-1"))
    #expect(try ids(clone) == [:])
  }
}
