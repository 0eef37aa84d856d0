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

  /// What a recipe writes is made of texts and hooks; both name commands.
  @Test(arguments: SetupRecipe.builtin.map { $0.name }) func recipesNameCommands(_ name: String) throws {
    let recipe = try #require(SetupRecipe.builtin.first { $0.name == name })
    for isStealthy in [false, true] {
      let text = try recipe.files(isStealthy: isStealthy).map { $0.text }.joined(separator: "\n")
      let hooks = text.matches(of: /"command": "(bd [^"]*)"/).map { String($0.1) }
      let lines = CommandLines.find(in: text) + hooks
      #expect(!lines.isEmpty)
      for line in lines { #expect(CommandLines.problem(line) == nil, "\(line)") }
    }
  }

  /// Help and completion are made from one tree: neither knows a command that the other does not.
  @Test(arguments: ["bash", "zsh", "fish"]) func completionNamesEveryCommand(_ shell: String) throws {
    let project = try TestProject()
    let script = bd(["completion", shell], project).standardOutput
    let known = Set(script.matches(of: /[A-Za-z][\w-]*/).map { String($0.0) })
    let names = bd(["help", "--list"], project).standardOutput.split(whereSeparator: \.isWhitespace)
    #expect(names.count > 50)
    #expect(names.filter { !known.contains(String($0)) } == [])
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

  /// Why a line is no command of ours, or nil when it is one; arguments may be missing.
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
