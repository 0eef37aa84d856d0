import BeadsKit
import BeadsTesting
import Foundation
import Testing

@testable import BdCommands

/// The command lines of README.md, run from top to bottom in a repository with a remote: every one has to succeed.
@Suite struct ReadmeCommandTests {
  @Test func everyCommandLineRuns() throws {
    let project = try TestProject()
    for line in [
      ["init", "--quiet", "--bare", "--initial-branch=main", ".home/remote"],
      ["init", "--quiet", "--initial-branch=main"], ["config", "user.name", "Alice"],
      ["config", "user.email", "alice@example.org"], ["remote", "add", "origin", ".home/remote"],
    ] { git(line, project) }
    for number in 1...6 { git(["commit", "--quiet", "--allow-empty", "-m", "\(number)"], project) }
    git(["push", "--quiet", "-u", "origin", "main"], project)

    let lines = try commandLines()
    #expect(lines.count > 15)
    var isStarted = false
    // What the text calls the issues of formulas, and what they are called here.
    var ids: [String: String] = [:]
    for line in lines {
      let words = Transcript.words(line[...]).dropFirst().map { ids[$0] ?? $0 }
      let result = bd(words, project)
      #expect(result.status == 0, "\(line): \(result.standardError)")
      if let root = result.standardOutput.firstMatch(of: /Root issue: (\S+)/).map({ String($0.1) }) {
        ids[words.contains("pour") ? "app-mol-k2p" : "app-wisp-m4x"] = root
        let ready = JSONValue(parsing: bd(["ready", "--mol", root, "--json"], project).standardOutput)
        let first = ready?["steps"]?.arrayValue?.first?["issue"]?["id"]?.stringValue
        if words.contains("pour") { ids["app-mol-7qd"] = first }
      }
      if !isStarted {
        // The IDs that the text shows are hashes of other moments.
        for id in ["app-x7f", "app-r1k"] {
          #expect(bd(["create", "An issue", "--id", id, "--quiet"], project).status == 0)
        }
        isStarted = true
      }
    }
  }

  /// What follows `$ ` in the indented examples, without the remarks behind it; those of Gas Town need a town.
  private func commandLines() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let ours = try #require(readme.components(separatedBy: "\n## Gas Town").first)
    return ours.split(separator: "\n").filter { $0.hasPrefix("    $ bd ") }.map { line in
      String(line.dropFirst(6)).components(separatedBy: "  #")[0]
    }
  }

  private func git(_ arguments: [String], _ project: TestProject) {
    #expect(Transcript.run(["git"] + arguments, project) == [], "git \(arguments)")
  }
}
