import BeadsFormats
import BeadsKit
import BeadsTesting
import Testing

@testable import BdCommands

/// The exact command lines of existing clients, and what they need back (contract 11, lessons 3.3).
@Suite struct CompatibilityTests {
  @Test(arguments: ClientCall.all) func clientGetsWhatItNeeds(_ call: ClientCall) throws {
    let words = call.addsFlag ? Array(call.words.dropLast()) : call.words
    let plain = try answer(call, call.words)
    let complaints = call.complaints(
      status: plain.status, output: plain.standardOutput, errorOutput: plain.standardError)
    #expect(complaints == [])
    // However the flags are arranged that clients add to everything, the answer is the same to the byte.
    let json = call.addsFlag ? ["--json"] : []
    let tail = [
      "--actor", "alice", "--allow-stale", "--no-daemon", "--no-pager", "--no-auto-flush", "--no-auto-import",
    ]
    for line in [json + words, tail + words + json, insert(tail + json + json, into: words)] {
      let other = try answer(call, line)
      #expect(other.standardOutput == plain.standardOutput, "bd \(line.joined(separator: " "))")
      #expect(other.status == plain.status)
    }
  }

  /// The words with others at the end, but before `--`.
  private func insert(_ more: [String], into words: [String]) -> [String] {
    let end = words.firstIndex(of: "--") ?? words.endIndex
    return Array(words[..<end]) + more + Array(words[end...])
  }

  private func answer(_ call: ClientCall, _ words: [String]) throws -> BdResult {
    let world = try CompatibilityWorld()
    let end = words.firstIndex(of: "--")
    // A flag after `--` would be text.
    let line =
      end == nil || words.last != "--json" ? words : insert(["--json"], into: Array(words.dropLast()))
    let result = bd(line, world.project)
    return BdResult(
      status: result.status, standardOutput: result.standardOutput.withoutPath(world.project.directory),
      standardError: result.standardError)
  }

  @Test(arguments: [
    "--version", "-V", "--version --json", "--allow-stale --version", "--json --no-daemon -V",
  ])
  func versionIsAFlagToo(_ line: String) throws {
    let project = try TestProject()
    let words = Transcript.words(line[...])
    let command = words.filter { !["--version", "-V"].contains($0) } + ["version"]
    let answer = bd(words, project)
    #expect(answer.status == 0)
    #expect(answer.standardOutput == bd(command, project).standardOutput)
  }

  /// What stderr says when a call fails: clients look for these words.
  static let failures: [(line: String, words: [String])] = [
    ("show t-none", ["not found", "no issue found"]),
    ("update t-none --title x", ["not found", "no issue found"]),
    ("update t-none --claim", ["not found", "no issue found"]),
    ("close t-none", ["not found", "no issue found"]),
    ("reopen t-none", ["not found", "no issue found"]),
    ("delete t-none --force", ["not found", "no issue found"]),
    ("comments t-none", ["not found", "no issue found"]),
    ("comment t-none x", ["not found", "no issue found"]),
    ("label add t-none x", ["not found", "no issue found"]),
    ("dep add t-none t-one", ["not found", "no issue found"]),
    ("dep add t-one t-none", ["not found", "no issue found"]),
    ("dep list t-none", ["not found", "no issue found"]),
    ("list --no-such", ["unknown flag: --no-such"]), ("show t-one --flat", ["unknown flag: --flat"]),
    ("nosuch", ["unknown command"]), ("list extra", ["extra"]), ("ready extra", ["extra"]),
    ("children t-none", ["not found", "no issue found"]), ("update t-two --status closed", ["blocked"]),
    ("close t-two", ["blocked"]), ("create", ["title"]), ("search ''", ["search"]),
    ("create X -t nosuch", ["nosuch"]), ("update t-one --status nosuch", ["nosuch"]),
    ("dep add t-one t-two", ["cycle", "circle"]),
  ]

  @Test(arguments: failures) func failureSaysWhatClientsLookFor(_ failure: (line: String, words: [String]))
    throws
  {
    let words = Transcript.words(failure.line[...])
    for line in [words, words + ["--json"], ["--json"] + words] {
      let world = try CompatibilityWorld()
      let result = bd(line, world.project)
      #expect(result.status == 1, "bd \(line)")
      #expect(failure.words.contains { result.standardError.contains($0) }, "\(result.standardError)")
      #expect(result.standardError.contains("Error: "))
      guard line.contains("--json") else { continue }
      let value = try #require(
        JSONValue(parsing: result.standardOutput), "bd \(line): \(result.standardOutput)")
      #expect(Shape.error.complaints(about: value) == [])
    }
  }

  @Test(arguments: [
    "list", "ready", "show t-1", "stats", "create X", "blocked", "q X", "sql 'SELECT 1'",
    "config get issue_prefix",
    "update t-1 --claim", "export", "kv list",
  ])
  func withoutAProjectTheErrorSaysSo(_ line: String) throws {
    let project = try TestProject()
    let result = bd(Transcript.words(line[...]) + ["--json"], project)
    #expect(result.status == 1)
    #expect(result.standardError.contains("no beads database"))
  }

  /// What one call changes, the next one shows: the last table of contract 11.3.
  @Test func spellingsDoWhatTheyMean() throws {
    let world = try CompatibilityWorld()
    #expect(world.run("label add t-two x y").status == 0)
    #expect(world.run("label list t-two --json").standardOutput.contains("\"y\""))
    #expect(world.run("dep remove t-two t-one --type=tracks").status == 0)
    let left = JSONValue(parsing: world.run("dep list t-two --json").standardOutput)?.arrayValue ?? []
    #expect(left.compactMap { $0["dependency_type"]?.stringValue }.sorted() == ["blocks", "discovered-from"])
    #expect(world.ids("list --sort -created --json") == world.ids("list --sort created --desc --json"))
    #expect(world.ids("list --sort created --asc --json --limit 0").first == "t-one")
    #expect(world.ids("list --status=open,hooked --json --limit 0").contains("t-hook"))
    #expect(world.ids("dep list t-two --type=depends_on --json") == ["t-one"])
    #expect(world.run("delete t-ice --hard --force").status == 0)
    #expect(!world.ids("list --all --json").contains("t-ice"))
  }
}

extension String {
  /// Without the directory of a test, which differs each time.
  fileprivate func withoutPath(_ path: String) -> String {
    split(separator: path, omittingEmptySubsequences: false)
      .joined(separator: "/project")
  }
}

extension ClientCall: CustomTestStringConvertible {
  /// What a report of the tests calls it.
  public var testDescription: String { "\(client): bd \(line)" }
}
