import BeadsKit
import BeadsTesting
import CommandKit
import Foundation
import Testing

@testable import BdCommands

/// What we tell agents and people to type can be typed.
@Suite struct GuideTextTests {
  static let sharings: [AgentGuide.Sharing] = [.remote, .branch("beads-sync"), .local, .none]

  static let texts: [(name: String, text: String)] =
    sharings.flatMap { sharing in
      [
        ("prime \(sharing)", AgentGuide.commands(sharing).joined(separator: "\n\n")),
        ("prime without history \(sharing)", AgentGuide.commands(sharing, hasHistory: false).joined()),
        ("prime --mcp \(sharing)", AgentGuide.tools(sharing).joined(separator: "\n\n")),
      ]
    } + [("onboard", AgentGuide.snippet), ("quickstart", AgentGuide.quickstart)]

  @Test(arguments: texts.map { $0.name }) func commandsExist(_ name: String) throws {
    let text = try #require(Self.texts.first { $0.name == name }).text
    let lines = CommandLines.find(in: text)
    #expect(!lines.isEmpty)
    for line in lines {
      let problem = CommandLines.problem(line)
      #expect(problem == nil, "\(name): \(line): \(problem ?? "")")
    }
  }

  /// Lesson 32: policy about publishing work belongs to the repository, not to us.
  @Test(arguments: texts.map { $0.name }) func neverMentionsPush(_ name: String) throws {
    let text = try #require(Self.texts.first { $0.name == name }).text
    #expect(!text.lowercased().contains("push"))
  }

  @Test func mentionsWhatAnAgentNeeds() {
    let text = AgentGuide.commands(.remote).joined()
    for words in [
      "bd ready", "--claim", "discovered-from", "bd dep add", "bd close", "--continue", "bd sync",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }
}

/// Command lines in texts: in backticks, or alone on an indented line.
enum CommandLines {
  static func find(in text: String) -> [String] {
    text.matches(of: /`(bd [^`]*)`|(?m:^ {4,}(bd .*)$)/).map { String($0.1 ?? $0.2 ?? "") }
  }

  /// Why a line is no command of ours; nil when it is one. Arguments may be missing.
  static func problem(_ line: String) -> String? {
    if line.contains("\n") { return "a command over two lines" }
    do throws(UsageError) {
      _ = try CommandRunner(CommandTree.root).parse(Array(Transcript.words(line[...]).dropFirst()))
      return nil
    } catch {
      if case .missingArguments = error.reason { return nil }
      return error.message
    }
  }
}
