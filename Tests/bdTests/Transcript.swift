import BdCommands
import BeadsKit
import BeadsTesting
import CommandKit
import Foundation
import Testing

/// A golden transcript: a file of command lines and what they print, run in process with a fixed clock and user.
///
///     # A remark. Each command line starts with "$ bd"; what follows is its output until an empty line.
///     $ bd create "Fix auth bug" -p 0
///     ✓ Created issue: t-3fk
///     ...
///
/// Lines of stderr are marked `! `; a status other than 0 is a last line `? 1`. An empty line of output is written `~`,
/// one that begins with `#` has `~` before it.
/// `$ bd` words follow shell quoting; `$ write FILE TEXT`, `$ cat FILE` and `$ env NAME=VALUE` do what they say, and
/// `$ sleep SECONDS` moves the clock; `$ store PREFIX` makes a store without the rest of `bd init`; `$ cd DIR` goes to a
/// directory of the project and makes it if need be; `$ git ARGUMENTS` runs git there, and `$ link NAME TARGET` makes a
/// symbolic link; `$ sqlite SQL` changes the database as a foreign program would. Run the tests with
/// UPDATE_TRANSCRIPTS=1 to write what is printed now; then read the difference.
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
    var actual: [String] = []
    for line in golden.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("#") { actual += [line] }
      guard line.hasPrefix("$ ") else { continue }
      if actual.last.map({ !$0.hasPrefix("#") }) ?? false { actual.append("") }
      actual.append(line)
      actual += Self.run(Self.words(line.dropFirst(2)), project)
    }
    let text = actual.joined(separator: "\n") + "\n"
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
  static func run(_ words: [String], _ project: TestProject) -> [String] {
    switch words.first {
    case "bd":
      project.advance(seconds: 1)
      let result = bd(Array(words.dropFirst()), project)
      // Paths of the temporary directory change with every run.
      return marked(result).map { $0.replacingOccurrences(of: project.directory, with: "/project") }
    case "store":
      if project.environment.variables["BD_NO_DB"] != nil {
        _ = bd(["init", "--prefix", words[1], "--quiet"], project)
      } else {
        try? project.makeStore(prefix: words[1]).close()
      }
      return []
    case "write":
      try? Data((words[2] + "\n").utf8).write(to: file(words[1], project))
      return []
    case "cat":
      let text = (try? String(contentsOf: file(words[1], project), encoding: .utf8)) ?? "? no such file"
      return lines(text)
    case "env":
      let parts = words[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      project.environment.variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : nil
      return []
    case "sleep":
      project.advance(seconds: Int64(words[1]) ?? 0)
      return []
    case "cd":
      let path = file(words.count > 1 ? words[1] : ".", project).standardizedFileURL.path
      try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      project.environment.currentDirectory = path
      return []
    case "link":
      try? FileManager.default.createSymbolicLink(
        atPath: file(words[1], project).path, withDestinationPath: words[2])
      return []
    case "sqlite":
      let connection = try? Connection(project.location.databasePath, .readWrite)
      return (try? connection?.executeScript(words.dropFirst().joined(separator: " "))) == nil
        ? ["? failed"] : []
    case "git": return git(Array(words.dropFirst()), project)
    default: return ["? unknown transcript word \(words.first ?? "")"]
    }
  }

  /// Runs git where the transcript stands, with a fixed author and time; prints what it says, marked.
  private static func git(_ arguments: [String], _ project: TestProject) -> [String] {
    var variables = project.environment.variables
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "Alice"
      variables["GIT_\(role)_EMAIL"] = "alice@example.org"
      variables["GIT_\(role)_DATE"] = "1772442000 +0000"
    }
    let settings = ["-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"]
    let run = Subprocess(
      ["git"] + settings + arguments, directory: project.environment.currentDirectory, variables: variables)
    guard let result = try? run.run() else { return ["? git cannot be run"] }
    let text = lines(result.text) + (result.succeeded ? [] : lines(result.errorText).map { "! \($0)" })
    return text.map { $0.replacingOccurrences(of: project.directory, with: "/project") }
  }

  private static func file(_ name: String, _ project: TestProject) -> URL {
    URL(fileURLWithPath: project.directory).appendingPathComponent(name)
  }

  private static func marked(_ result: BdResult) -> [String] {
    lines(result.standardOutput) + lines(result.standardError).map { "! \($0)" }
      + (result.status == 0 ? [] : ["? \(result.status)"])
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines.map { $0.isEmpty || $0.hasPrefix("#") ? "~" + $0 : $0 }
  }

  /// Splits a line the way a shell does: quotes, backslashes, `$'...'` for control characters.
  static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    let escapes: [Character: Character] = ["n": "\n", "t": "\t", "e": "\u{1B}", "r": "\r", "a": "\u{07}"]
    for c in line {
      if isEscaped {
        word = (word ?? "") + String(quote == "$" ? escapes[c] ?? c : c)
        isEscaped = false
      } else if c == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if c == (open == "$" ? "'" : open) { quote = nil } else { word = (word ?? "") + String(c) }
      } else if c == "'", word == "$" {
        (word, quote) = ("", "$")
      } else if c == "\"" || c == "'" {
        (word, quote) = (word ?? "", c)
      } else if c == " " {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(c)
      }
    }
    if let word { words.append(word) }
    return words
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
