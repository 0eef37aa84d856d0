import BdCommands
import BeadsFormats
import BeadsKit
import BeadsTesting
import CommandKit
import Testing

/// Text that attacks terminals, lines, JSON and SQL is kept exactly and shown harmlessly, whatever field it is in.
@Suite struct HostileTextTests {
  static let texts = [
    "\u{1B}[31mred\u{1B}[0m\u{07}", "a\r\n\u{1B}]0;owned\u{07}b\tc", "'; DROP TABLE issues; --",
    "\"}\\u0000{\"",
    "<script>&amp;\u{2028}\u{2029}", "\u{9B}31m\u{85}\u{7F}", "💥\u{202E}evil\u{200B}\u{FEFF}", "--flag", "-x",
    "\\", "%s%n",
    String(repeating: "é", count: 240),
  ]

  /// Flags of `update` and the JSON keys they set.
  static let fields = [
    ("title", "title"), ("description", "description"), ("design", "design"),
    ("acceptance", "acceptance_criteria"),
    ("notes", "notes"), ("assignee", "assignee"), ("external-ref", "external_ref"), ("spec-id", "spec_id"),
    ("await-id", "await_id"),
  ]

  @Test(arguments: texts) func everyFieldKeepsIt(_ text: String) throws {
    let project = try TestProject()
    try project.makeStore().close()
    #expect(bd(["create", "--title", text, "--id", "t-1", "-d", text], project).status == 0)
    for (flag, key) in Self.fields {
      let result = bd(["update", "t-1", "--\(flag)=\(text)", "--json"], project)
      #expect(
        JSONValue(parsing: result.standardOutput)?.arrayValue?.first?[key]?.stringValue == text, "\(flag)")
    }
    try keepsList(text, project)
    for arguments in [
      ["show", "t-1", "--long", "--events"], ["show", "t-1", "--short"], ["comments", "t-1"],
      ["label", "list", "t-1"],
      ["label", "list-all"], ["state", "list", "t-1"], ["show", text], ["update", "t-1", "--status=" + text],
      ["close", "t-1", "--reason=" + text], ["delete", "t-1"],
    ] {
      let result = bd(arguments, project)
      for output in [result.standardOutput, result.standardError] {
        #expect(output.unicodeScalars.allSatisfy(isHarmless), "\(arguments)")
      }
    }
    // The file has one line for each issue, whatever the issues hold.
    let lines = project.exportedText.split(separator: "\n")
    #expect(lines.allSatisfy { JSONValue(parsing: String($0)) != nil })
  }

  /// Labels, comments and metadata.
  private func keepsList(_ text: String, _ project: TestProject) throws {
    let label = bd(["label", "t-1", "--add=x"], project)
    #expect(label.status == 0)
    #expect(bd(["label", "add", "t-1", "--", text], project).status == 0)
    let comment = bd(["comment", "t-1", "--json", "--", text], project)
    #expect(JSONValue(parsing: comment.standardOutput)?["text"]?.stringValue == text)
    #expect(bd(["update", "t-1", "--set-metadata=key=\(text)"], project).status == 0)
    let shown = bd(["show", "t-1", "--json"], project)
    let issue = JSONValue(parsing: shown.standardOutput)?.arrayValue?.first
    let trimmed = text.trimmingCharactersAtEnds
    #expect(issue?["labels"]?.arrayValue?.contains(.string(trimmed)) == true)
    #expect(issue?["metadata"]?["key"]?.stringValue == text)
  }

  /// A terminal obeys some characters that JSON does not ask to be escaped.
  @Test func jsonOnATerminalIsHarmless() throws {
    let project = try TestProject()
    try project.makeStore().close()
    let text = "a\u{7F}b\u{9B}31mc\u{85}d\u{202E}e\u{2066}f\u{200F}é日—\u{2028}"
    #expect(bd(["create", text, "--id", "t-1"], project).status == 0)
    let output = Output.captured(TerminalTraits(isTerminal: true))
    #expect(BdProgram.run(["show", "t-1", "--json"], output: output, environment: project.environment) == 0)
    let shown = output.standardOutput.captured
    #expect(shown.unicodeScalars.allSatisfy(isHarmless))
    #expect(shown.contains(#""a\u007fb\u009b31mc\u0085d\u202ee\u2066f\u200fé日—\u2028""#))
    #expect(JSONValue(parsing: shown)?.arrayValue?.first?["title"]?.stringValue == text)
  }

  private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\n" || scalar == "\t" { return true }
    return scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
      && !(0x202A...0x202E).contains(scalar.value)
  }
}

extension String {
  /// As labels are kept: without white space at the ends.
  fileprivate var trimmingCharactersAtEnds: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
