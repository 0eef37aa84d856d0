import BeadsKit
import CommandKit

/// How people see an issue in a list: `○ t-3fk [● P2] [task] @alice [backend] - Title`.
///
/// The one renderer of such lines, so that an issue looks the same in every command.
enum IssueText {
  /// What a flat list adds after the title.
  struct Relations {
    var parent: IssueID?
    var blockedBy: [IssueID] = []
    var blocks: [IssueID] = []
  }

  /// The whole line; finished issues are muted.
  static func line(
    _ issue: Issue, _ vocabulary: Vocabulary = Vocabulary(), relations: Relations? = nil
  ) -> TerminalText {
    var line: TerminalText =
      "\(icon(issue.status, vocabulary)) \(issue.id, .bold) [\(priority(issue.priority))]"
    line += " [\(type(issue.type))]"
    if !issue.assignee.isEmpty { line += " \("@" + issue.assignee, .cyan)" }
    if !issue.labels.isEmpty { line += " \("[" + issue.labels.joined(separator: ", ") + "]", .gray)" }
    line += " - \(issue.title)"
    if let note = relations.flatMap(note) { line += " \(note, .gray)" }
    return isDone(issue.status, vocabulary) ? TerminalText(line.plain, .dim) : line
  }

  /// The character of a status in its colour.
  static func icon(_ status: Status, _ vocabulary: Vocabulary = Vocabulary()) -> TerminalText {
    let style: Style =
      switch vocabulary.category(of: status) {
      case .wip: status == .blocked ? .red : .yellow
      case .done: .green
      case .frozen: .cyan
      case .active, .unspecified: .plain
      }
    return TerminalText(vocabulary.icon(of: status), style)
  }

  /// `● P2`, the more urgent the warmer.
  static func priority(_ priority: Int) -> TerminalText {
    let style: Style = priority == 0 ? .red : priority == 1 ? .yellow : .plain
    return TerminalText("● P\(priority)", style)
  }

  /// The type; bugs and epics stand out.
  static func type(_ type: IssueType) -> TerminalText {
    TerminalText(type.rawValue, type == .bug ? .red : type == .epic ? .magenta : .plain)
  }

  /// The lines under the line of an issue in a long list.
  static func details(_ issue: Issue) -> [TerminalText] {
    var facts = ["Created \(day(issue.createdAt))", "Updated \(day(issue.updatedAt))"]
    if let time = issue.dueAt { facts.append("Due \(day(time))") }
    if let time = issue.deferUntil { facts.append("Deferred until \(day(time))") }
    if let time = issue.closedAt { facts.append("Closed \(day(time))") }
    if let minutes = issue.estimatedMinutes { facts.append("Estimate \(minutes) min") }
    var lines = [TerminalText("    " + facts.joined(separator: " · "), .gray)]
    for text in issue.description.split(whereSeparator: \.isNewline) { lines.append("    \(String(text))") }
    return lines
  }

  /// The UTC date of a moment.
  static func day(_ time: Timestamp) -> String { String(time.utc.description.prefix(10)) }

  private static func isDone(_ status: Status, _ vocabulary: Vocabulary) -> Bool {
    vocabulary.category(of: status) == .done
  }

  private static func note(_ relations: Relations) -> String? {
    var parts: [String] = []
    if let parent = relations.parent { parts.append("parent: \(parent)") }
    for (name, ids) in [("blocked by", relations.blockedBy), ("blocks", relations.blocks)] where !ids.isEmpty
    {
      parts.append("\(name): " + ids.map(\.rawValue).joined(separator: ", "))
    }
    return parts.isEmpty ? nil : "(" + parts.joined(separator: ", ") + ")"
  }
}
