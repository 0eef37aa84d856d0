import BeadsKit
import BeadsTesting
import CommandKit
import GasTownKit
import Testing

@testable import GtCommands

/// What a person or a model may type in place of a name, given to every command there is.
@Suite("Hostile names")
struct HostileNameTests {
  private static let names = [
    "-x", "../../x", "a\nb\u{1B}[31m\u{202E}$(touch pwned)`id`; * 💩", String(repeating: "x", count: 10_000),
  ]

  /// Commands that start something, wait for something, or read what is typed, and `gt commit`, where git has the word.
  private static let left: Set<String> = [
    "at", "attach", "await-event", "await-signal", "boot", "commit", "demo", "enable-supervisor", "estop",
    "feed",
    "git-init",
    "guard", "install", "nudge-poller", "reboot", "restart", "run", "scripted-agent", "seance", "spawn",
    "start",
    "stop", "triage", "up", "upgrade",
  ]

  private static let shards = 6

  /// The words that lead to each command, with those of its groups.
  private static func lines(_ command: CommandTree.GtCommand, _ words: [String] = []) -> [[String]] {
    command.subcommands.flatMap { inner in
      left.contains(inner.name) ? [] : [words + [inner.name]] + lines(inner, words + [inner.name])
    }
  }

  @Test("are refused in a sentence, or are names", arguments: 0..<shards)
  func areRefused(shard: Int) throws {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "none"
    let around = try FileSystem.list(town.project.directory).sorted()
    let lines = Self.lines(CommandTree.root).enumerated().filter { $0.offset % Self.shards == shard }
    #expect(lines.count > 30)
    for (_, words) in lines {
      for name in Self.names {
        check(town.gt(words + ["--", name]), words, isJSON: false)
        check(town.gt(words + ["--json", "--", "app", name]), words, isJSON: true)
      }
    }
    #expect(try FileSystem.list(town.project.directory).sorted() == around)
    for path in try snapshot(town.root).keys where !path.contains(".git/") {
      #expect(!path.contains { "\n\u{1B}$".contains($0) } && !path.contains("/-"), "\(path.debugDescription)")
    }
    #expect(try town.town.rigs().count == 1)
  }

  private func check(_ result: GtResult, _ words: [String], isJSON: Bool) {
    let (output, errors) = (result.standardOutput, result.standardError)
    #expect((0...9).contains(result.status), "\(words)")
    #expect(result.status == 0 || !errors.isEmpty || !output.isEmpty, "\(words) says nothing")
    #expect(result.status == 0 || errors.split(separator: "\n").count <= 4, "\(words): \(errors)")
    let shown = (isJSON ? "" : output) + errors
    #expect(
      !shown.unicodeScalars.contains {
        $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F || $0 == "\u{202E}"
      },
      "\(words): \(shown.debugDescription)")
    if isJSON, !output.isEmpty { #expect(JSONValue(parsing: output) != nil, "\(words): \(output)") }
  }
}
