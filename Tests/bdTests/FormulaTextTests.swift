import BeadsKit
import CommandKit
import Foundation
import Testing

@testable import BdCommands

/// What the built-in formulas tell an agent to type can be typed.
@Suite struct FormulaTextTests {
  @Test(arguments: BuiltinFormulas.all.map { $0.name })
  func commandsExist(_ name: String) throws {
    let bytes = try #require(BuiltinFormulas.all.first { $0.name == name }).bytes
    let text = String(decoding: bytes, as: UTF8.self)
    for match in text.matches(of: /`(bd|gt) ([^`]*)`/) {
      let line = String(match.2)
      #expect(!line.contains("\n"), "\(name): a command over two lines: \(line)")
      let words = Transcript.words(line[...])
      let problem = match.1 == "bd" ? problemOfBd(words) : problemOfGt(words)
      #expect(problem == nil, "\(name): \(match.1) \(line): \(problem ?? "")")
    }
  }

  /// Only arguments may be missing, where a text names a command without them.
  private func problemOfBd(_ words: [String]) -> String? {
    do throws(UsageError) {
      _ = try CommandRunner(CommandTree.root).parse(words)
      return nil
    } catch {
      if case .missingArguments = error.reason { return nil }
      return error.message
    }
  }

  /// The commands of `gt` that formulas may name; an empty list where what follows is no command.
  private static let town: [String: [String]] = [
    "convoy": ["check", "stranded", "status"], "daemon": ["status"], "doctor": [], "done": [],
    "escalate": [], "heartbeat": [], "mail": ["inbox", "reply"], "mq": ["list", "reject", "retry", "status"],
    "nudge": [], "patrol": ["report", "scan"], "peek": [], "polecat": ["list"], "prime": [],
    "refinery": ["status"], "scheduler": ["status"], "sling": [], "status": [], "up": [], "warrant": ["file"],
    "why": [],
  ]

  private func problemOfGt(_ words: [String]) -> String? {
    guard let verb = words.first, let parts = Self.town[verb] else { return "unknown command" }
    if parts.isEmpty || parts.contains(words.dropFirst().first ?? "") { return nil }
    return "unknown command"
  }
}
