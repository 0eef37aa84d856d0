import BdCommands
import BeadsKit
import BeadsTesting
import CommandKit
import Foundation
import Testing

/// A golden transcript of `bd`, replayed by ``TranscriptShell`` in process.
///
/// Besides the words of every transcript, `$ store PREFIX` makes a store without the rest of `bd init`, and `$ sqlite SQL`
/// changes the database as a foreign program would. Run the tests with UPDATE_TRANSCRIPTS=1 to write what is printed
/// now; then read the difference.
struct Transcript {
  let url: URL
  /// Whether the commands work without a database; the output has to be the same.
  var isWithoutDatabase = false

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Transcripts")

  static var all: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }

  func check() throws {
    let golden = try String(contentsOf: url, encoding: .utf8)
    // The clock stands still within a command, so that how often it is read does not show.
    let project = try TestProject(step: 0)
    if isWithoutDatabase { project.environment.variables["BD_NO_DB"] = "1" }
    let text = Self.shell(project).replay(golden)
    if isWithoutDatabase {
      #expect(
        Self.withoutHistory(text) == Self.withoutHistory(golden),
        "\(url.lastPathComponent) differs without a database")
    } else if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      try text.write(to: url, atomically: true, encoding: .utf8)
    } else {
      #expect(text == golden, "\(url.lastPathComponent) differs; UPDATE_TRANSCRIPTS=1 shows how")
    }
  }

  /// The text without the events that `show` lists, which only a database keeps.
  private static func withoutHistory(_ text: String) -> String {
    text.replacingOccurrences(of: "~\nHISTORY\n(  .*\n)+", with: "", options: .regularExpression)
  }

  /// Runs one line and returns what it prints, marked.
  static func run(_ words: [String], _ project: TestProject) -> [String] { shell(project).run(words) }

  /// Splits a line the way a shell does.
  static func words(_ line: Substring) -> [String] { ShellWords(line).words }

  private static func shell(_ project: TestProject) -> TranscriptShell {
    TranscriptShell(
      project,
      programs: [
        "bd": { arguments in
          project.advance(seconds: 1)
          let result = bd(arguments, project)
          return TranscriptShell.printed(
            out: result.standardOutput, error: result.standardError, status: result.status)
        },
        "store": { arguments in
          if project.environment.variables["BD_NO_DB"] != nil {
            _ = bd(["init", "--prefix", arguments[0], "--quiet"], project)
          } else {
            try? project.makeStore(prefix: arguments[0]).close()
          }
          return []
        },
        "sqlite": { arguments in
          let connection = try? Connection(project.location.databasePath, .readWrite)
          let isDone = (try? connection?.executeScript(arguments.joined(separator: " "))) != nil
          return isDone ? [] : ["? failed"]
        },
      ],
      // Paths of the temporary directory change with every run.
      mask: { $0.replacing(project.directory, with: "/project") })
  }
}

/// What a command printed and the status it ended with.
struct BdResult {
  let status: Int32
  let standardOutput: String
  let standardError: String
}

/// Runs `bd` in process in a project.
func bd(_ arguments: [String], _ project: TestProject) -> BdResult {
  let output = Output.captured()
  let status = BdProgram.run(arguments, output: output, environment: project.environment)
  return BdResult(
    status: status, standardOutput: output.standardOutput.captured,
    standardError: output.standardError.captured)
}

@Suite struct TranscriptTests {
  @Test(arguments: Transcript.all) func transcript(_ name: String) throws {
    try Transcript(url: Transcript.folder.appendingPathComponent(name)).check()
  }

  @Test(arguments: Transcript.all.filter { !needsDatabase.contains($0) })
  func withoutDatabase(_ name: String) throws {
    try Transcript(url: Transcript.folder.appendingPathComponent(name), isWithoutDatabase: true).check()
  }

  /// Transcripts about what only a database keeps: the operation log, events, and the database's own place;
  /// or in which the randomness that the two use up differs.
  private static let needsDatabase: Set<String> = [
    "activity.txt", "admin-compact.txt", "audit.txt", "backup.txt", "bootstrap.txt", "cleanup.txt",
    "create-many.txt",
    "delete.txt", "doctor.txt",
    "duplicates.txt", "fsck.txt", "gc.txt",
    "history.txt",
    "import-damaged.txt", "init.txt", "migrate.txt", "migrate-parts.txt", "prime.txt", "prune.txt",
    "purge.txt", "rebuild.txt",
    "rename.txt", "rename-prefix.txt",
    "repo.txt",
    "resolve-conflicts.txt", "restore.txt",
    "show.txt", "sql.txt", "status.txt", "sync.txt", "undo.txt", "where.txt",
    "worktree.txt",
  ]
}
