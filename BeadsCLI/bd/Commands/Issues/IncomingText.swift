import BeadsKit
import CommandKit

/// What points at issues: `show --children` and `show --refs`.
enum IncomingText {
  static func children(_ ids: [IssueID], _ context: BdContext) throws {
    try show(ids, context, empty: "no children") { link in link.edge.type == .parentChild }
  }

  static func references(_ ids: [IssueID], _ context: BdContext) throws {
    try show(ids, context, empty: "nothing that refers to it") { _ in true }
  }

  private static func show(
    _ ids: [IssueID], _ context: BdContext, empty: TerminalText, _ isWanted: (IssueDetails.Link) -> Bool
  ) throws {
    let store = try context.store()
    let all = try store.details(of: ids, dependents: true).map { details in
      (id: details.issue.id, links: sorted(details.dependents.filter(isWanted)))
    }
    if context.isJSON {
      return context.json { writer in
        writer.object { writer in
          for (id, links) in all {
            writer.key(id.rawValue)
            writer.array(links) { $0.link($1) }
          }
        }
      }
    }
    for (index, (id, links)) in all.enumerated() {
      if index > 0 { context.print("") }
      if links.isEmpty {
        context.print("\(id, .bold) has \(empty)")
        continue
      }
      let groups = Dictionary(grouping: links, by: \.edge.type)
      for type in groups.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
        context.print("\(id, .bold) ← \(type):")
        for link in groups[type] ?? [] { context.print("  \(EdgeText.line(link, store.rules.vocabulary))") }
      }
    }
  }

  /// Most urgent first, oldest among equals.
  private static func sorted(_ links: [IssueDetails.Link]) -> [IssueDetails.Link] {
    links.sorted { a, b in
      guard let first = a.issue, let second = b.issue else { return a.issue != nil }
      return (first.priority, first.createdAt, first.id) < (second.priority, second.createdAt, second.id)
    }
  }
}

/// A conversation: `show --thread`.
enum ThreadText {
  static func show(_ id: IssueID, _ context: BdContext) throws {
    let thread = try context.store().thread(of: id)
    if context.isJSON { return context.array(thread.map(\.message)) }
    let clock = ClockText(isLocal: context.arguments.bool("local-time"))
    for (index, entry) in thread.enumerated() {
      if index > 0 { context.print("") }
      let indent = String(repeating: "  ", count: min(entry.depth, 5))
      for line in lines(entry.message, clock) { context.print("\(indent)\(line)") }
    }
  }

  static func lines(_ message: Issue, _ clock: ClockText) -> [TerminalText] {
    let sender = message.sender.isEmpty ? message.createdBy : message.sender
    var lines: [TerminalText] = ["\(message.id, .bold)  \(clock.minute(message.createdAt), .gray)"]
    lines.append("From: \(sender)\(message.assignee.isEmpty ? "" : "  To: \(message.assignee)")")
    if let above = message.dependencies.first(where: { $0.type == .repliesTo })?.dependsOnID {
      lines.append("Re: \(above)")
    }
    lines.append("Subject: \(message.title)")
    return lines + IndentedText.lines(message.description)
  }
}
