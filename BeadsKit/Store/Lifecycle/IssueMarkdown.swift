import BeadsModel
public import BeadsSystem

/// Issues written down in Markdown, as `bd create --file` reads them.
///
/// `## Title` starts an issue, the text up to the first `###` is its description, and `### Priority`, `Type`,
/// `Description`, `Design`, `Acceptance Criteria`, `Assignee`, `Labels` and `Dependencies` start its other fields.
public struct IssueMarkdown: Sendable {
  /// One issue.
  public struct Entry: Sendable {
    /// The line its title is on, from 1.
    public let line: Int
    /// The issue.
    public internal(set) var draft: IssueDraft
    /// The priority as written; empty when there is none.
    public internal(set) var priority = ""
    /// What it depends on, each `ID` or `type:ID`.
    public internal(set) var dependencies: [String] = []
  }

  /// The issues, in order.
  public private(set) var entries: [Entry] = []
  /// Headings that are not known, one sentence each.
  public private(set) var warnings: [String] = []

  /// Reads a text.
  /// - Throws: `invalid` when there is no issue in it, or a field is before the first one.
  public init(_ text: String) throws(BeadsError) {
    var section = ""
    var body: [Substring] = []
    var isInCode = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("```") { isInCode.toggle() }
      if !isInCode, line.hasPrefix("## ") {
        try finish(section, body)
        (section, body) = ("description", [])
        entries.append(
          Entry(line: index + 1, draft: IssueDraft(title: String(line.dropFirst(3).trimmingBlanks))))
      } else if !isInCode, line.hasPrefix("### "), !entries.isEmpty {
        try finish(section, body)
        (section, body) = (line.dropFirst(4).trimmingBlanks.lowercased(), [])
        if !Self.sections.contains(section) {
          warnings.append("line \(index + 1): the section \(quoted(section)) is not known and was ignored")
        }
      } else {
        body.append(line)
      }
    }
    try finish(section, body)
    if entries.isEmpty {
      throw BeadsError(.invalid, "no issue found in the text", hint: "an issue starts with a line `## Title`")
    }
  }

  private static let sections: Set<String> = [
    "priority", "type", "description", "design", "acceptance criteria", "acceptance", "assignee", "labels",
    "dependencies", "deps",
  ]

  private mutating func finish(_ section: String, _ lines: [Substring]) throws(BeadsError) {
    guard let last = entries.indices.last else { return }
    let text = String(lines.joined(separator: "\n").trimmingBlanks)
    let words = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    switch section {
    case "priority": entries[last].priority = text
    case "type": entries[last].draft.type = IssueType(userInput: text)
    case "description": if !text.isEmpty { entries[last].draft.description = text }
    case "design": entries[last].draft.design = text
    case "acceptance criteria", "acceptance": entries[last].draft.acceptanceCriteria = text
    case "assignee": entries[last].draft.assignee = text
    case "labels": for word in words { entries[last].draft.labels.append(try Label.given(word)) }
    case "dependencies", "deps": entries[last].dependencies += words
    default: break
    }
  }
}
