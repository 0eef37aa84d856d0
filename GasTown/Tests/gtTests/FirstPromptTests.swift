import BeadsKit
import Foundation
import GasTownKit
import Testing

@Suite("The start of an agent", .serialized)
struct FirstPromptTests {
  /// A town whose agents take no instruction on their command line.
  private func shy(_ more: String = "") throws -> LiveTown {
    let live = try LiveTown()
    try live.town.write(
      "settings/agents.json",
      """
      {"version": 1, "agents": {"shy": {
        "command": "{{GT_BIN}}", "args": ["scripted-agent"], "prompt_mode": "none", "ready_prompt_prefix": "> "
        \(more)
      }}}
      """)
    try live.town.write("settings/config.json", #"{"default_agent": "shy"}"#)
    return live
  }

  @Test func anInstructionIsTypedWhereTheCommandLineTakesNone() throws {
    let live = try shy()
    let launcher = try live.launcher()
    let session = try launcher.start(.mayor, prompt: "Begin with the parser.\nThen the printer.")
    let line = try FileSystem.read("/proc/\(try #require(session.pid))/cmdline")
    #expect(!String(decoding: line, as: UTF8.self).contains("parser"))
    // No daemon runs here, and nobody nudges.
    try eventually(within: 20, "it was typed once") {
      live.received("hq-mayor") == ["[from overseer #1] Begin with the parser.\nThen the printer."]
    }
    try eventually("there is a receipt") { try launcher.database.nudge(1)?.state == .observed }
    #expect(try launcher.database.openSession(of: .mayor)?.readyAt != nil)
  }

  @Test func theInstructionOfASessionThatDiedIsNotTypedIntoTheNext() throws {
    let live = try LiveTown("none")
    try live.town.write(
      "settings/agents.json",
      #"{"agents": {"shy": {"command": "{{GT_BIN}}", "args": ["scripted-agent"], "prompt_mode": "none"}}}"#)
    try live.town.write("settings/config.json", #"{"default_agent": "shy"}"#)
    let launcher = try live.launcher()
    try launcher.start(.mayor, prompt: "one")
    try launcher.stop(.mayor, reason: "test")
    try launcher.start(.mayor, prompt: "two")
    #expect(try launcher.database.waitingNudges(for: .mayor).map(\.body) == ["two"])
    #expect(try launcher.database.nudge(1)?.state == .expired)
  }

  @Test func questionsAtTheStartAreAnswered() throws {
    // An agent that asks, with the wrong answer selected, before it is one.
    let live = try shy(#", "startup_dialogs": [{"question": "Trust this folder?", "answer": "Yes"}]"#)
    let gt = try LiveTown.program()
    let asks = live.town.root + "/asks"
    try live.town.write(
      asks,
      """
      #!/bin/bash
      selected=0
      while true; do
        clear; echo "Trust this folder?"; echo
        for n in 0 1; do
          [ $selected = $n ] && printf ' ❯ ' || printf '   '
          [ $n = 0 ] && echo "No, exit" || echo "Yes, I do"
        done
        IFS= read -rsn1 key || exit 1
        [ "$key" = "" ] && break
        [ "$key" = $'\\e' ] && { read -rsn2 key; [ "$key" = "[B" ] && selected=1; [ "$key" = "OB" ] && selected=1; }
      done
      [ $selected = 0 ] && exit 3
      clear
      exec \(gt) scripted-agent "$@"
      """)
    try FileSystem.setMode(asks, 0o755)
    try live.town.write(
      "settings/agents.json",
      live.town.text("settings/agents.json").replacingOccurrences(of: "{{GT_BIN}}", with: asks)
        .replacingOccurrences(of: #"["scripted-agent"]"#, with: "[]"))
    let launcher = try live.launcher()
    try launcher.start(.mayor, prompt: "Go.")
    try eventually(within: 20, "the instruction arrives behind the question") {
      live.received("hq-mayor") == ["[from overseer #1] Go."]
    }
  }

  @Test(
    "the keys lead to the answer, whatever is selected",
    arguments: [
      ("trust-no", "Down"), ("trust-yes", "Enter"), ("key-no", "Up"), ("key-yes", "Enter"), ("idle", nil),
      ("busy", nil),
    ])
  func keys(_ screen: String, _ key: String?) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Screens/claude-2.1.330-\(screen).txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    let claude = try #require(Runtime.presets.first { $0.name == "claude" })
    #expect(claude.dialogs.compactMap { $0.key(on: text) }.first == key)
  }

  /// As codex 0.163.0 asks.
  @Test func theQuestionOfCodexIsAnswered() throws {
    let codex = try #require(Runtime.presets.first { $0.name == "codex" })
    let screen = """
        Folder access
        /home/me/town/mayor

        Trust this folder? Codex can read, edit, and run files here, subject to your permission settings.

      › 1. Trust and continue
        2. Back to Agent Command Center

        enter continue · esc back
      """
    #expect(codex.dialogs.compactMap { $0.key(on: screen) } == ["Enter"])
    #expect(codex.dialogs.compactMap { $0.key(on: "› Ask Codex to do anything\n  ? for shortcuts") }.isEmpty)
  }

  @Test func linesOfADialogMayBreakAndBeNumbered() {
    let dialog = StartupDialog("Do you trust the files in this folder", answer: "Yes, proceed")
    let screen = """
      │ Do you trust the files in this
      │ folder?
      │ ❯ 1. Yes, proceed
      │   2. No, exit
      """
    #expect(dialog.key(on: screen) == "Enter")
    #expect(
      dialog.key(
        on: screen.replacingOccurrences(of: "❯ 1.", with: "  1.").replacingOccurrences(
          of: "  2.", with: "❯ 2.")) == "Up")
    #expect(dialog.key(on: "Do you trust the files in this folder? I said yes.") == nil)
    #expect(dialog.key(on: "") == nil)
  }
}
