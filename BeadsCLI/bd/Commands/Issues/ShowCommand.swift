import BeadsKit
import CommandKit

/// `bd show`: everything about issues.
///
/// It only reads; nothing but the note of what was touched last is written.
enum ShowCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "show", aliases: ["view"], summary: "Show issues in full", section: CommandTree.Section.issues,
      examples: [
        "bd show bd-a3f8", "bd show bd-a3f8 bd-9zq --short", "bd show bd-a3f8 --children --json",
        "bd show bd-a3f8 --events", "bd show bd-a3f8 --as-of HEAD~10",
      ],
      flags: flags, positionals: [.anyIssues()], run: run)
  }

  private static var flags: [Flag] {
    [
      .bool("short", help: "One line for each issue"),
      .bool("long", help: "Every field, also the rarely used ones"),
      .bool("children", help: "Only the direct children"),
      .bool("refs", help: "Only what refers to the issue, by kind"),
      .bool("thread", help: "The conversation that a message belongs to"),
      .bool("events", help: "The whole audit trail, newest last"),
      .bool("current", help: "The issue touched last"),
      .bool("include-dependents", help: "In JSON, also the issues that depend on it"),
      .bool("include-comments", help: "In JSON, also the comments"),
      .list("id", placeholder: "ID,...", help: "IDs that look like flags").namingSubject,
      .string("as-of", placeholder: "REVISION", help: "As it was in issues.jsonl at a git revision"),
      .bool("local-time", help: "Show times in the local time zone"),
      .bool("watch", short: "w", help: "Show it again whenever it changes"),
    ]
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    var words = arguments.positionals + arguments.list("id")
    if arguments.bool("current") {
      guard let last = try LastTouched.read(context) else {
        throw BeadsError(.notFound, "no issue was touched before", hint: "give an ID")
      }
      words.append(last.rawValue)
    }
    if words.isEmpty { throw BeadsError(.invalid, "no issue was named", hint: "give an ID, or --current") }
    let modes = ["short", "long", "children", "refs", "thread", "as-of"].filter(arguments.isSet)
    if modes.count > 1, modes != ["long", "as-of"] {
      throw BeadsError(.invalid, "--\(modes[0]) and --\(modes[1]) exclude each other")
    }
    let parts = try context.issueParts()
    if parts.count > 1 { return try ShowParts.show(parts, context) }
    if let revision = arguments.string("as-of") { return try showHistory(words, revision, context) }
    var failures: [(word: String, error: BeadsError)] = []
    let ids = resolve(words, context, &failures)
    try context.report(failures, isTotal: ids.isEmpty)
    LastTouched.write(ids.last, context)
    if arguments.bool("children") { return try IncomingText.children(ids, context) }
    if arguments.bool("refs") { return try IncomingText.references(ids, context) }
    if arguments.bool("thread") { return try ThreadText.show(ids[0], context) }
    if context.isJSON { return try printJSON(ids, context) }
    if arguments.bool("watch") { return try watch(ids, context) }
    context.print(try lines(ids, context))
  }

  /// The issues that are meant, without words that mean none.
  static func resolve(
    _ words: [String], _ context: BdContext, _ failures: inout [(word: String, error: BeadsError)]
  ) -> [IssueID] {
    var ids: [IssueID] = []
    for word in words {
      do throws(BeadsError) {
        let id = try context.resolve(word)
        if !ids.contains(id) { ids.append(id) }
      } catch { failures.append((word, error)) }
    }
    return ids
  }

  private static func printJSON(_ ids: [IssueID], _ context: BdContext) throws {
    printJSON(try details(ids, context), context)
  }

  /// What JSON shows of issues.
  static func details(_ ids: [IssueID], _ context: BdContext) throws(BeadsError) -> [IssueDetails] {
    try context.store().details(
      of: ids, dependents: context.arguments.bool("include-dependents"),
      events: context.arguments.bool("events"))
  }

  static func printJSON(_ details: [IssueDetails], _ context: BdContext) {
    let arguments = context.arguments
    write(
      details, dependents: arguments.bool("include-dependents"), comments: arguments.bool("include-comments"),
      events: arguments.bool("events"), context)
  }

  private static func write(
    _ details: [IssueDetails], dependents: Bool, comments: Bool, events: Bool, _ context: BdContext
  ) {
    context.json { writer in
      writer.array(details) {
        $0.issueDetails($1, dependents: dependents, comments: comments, events: events)
      }
    }
  }

  /// The lines for people.
  static func lines(_ ids: [IssueID], _ context: BdContext) throws(BeadsError) -> [TerminalText] {
    let store = try context.store()
    if context.arguments.bool("short") {
      return try store.issues(ids).map { ShowText.short($0, store.rules.vocabulary) }
    }
    let text = ShowText(context.arguments, store.rules.vocabulary)
    var lines: [TerminalText] = []
    for details in try store.details(of: ids, dependents: true, events: true) {
      if !lines.isEmpty { lines += separator }
      lines += text.lines(details)
    }
    return lines
  }

  static let separator: [TerminalText] = ["", TerminalText(String(repeating: "─", count: 40), .gray), ""]

  private static func showHistory(_ words: [String], _ revision: String, _ context: BdContext) throws {
    let workspace = try context.workspace()
    guard let repository = workspace.repository else {
      throw BeadsError(
        .unsupported, "\(workspace.projectDirectory) is in no git repository, so it has no history")
    }
    let all = try IssueDetails.inHistory(of: workspace.jsonlPath, at: revision, in: repository)
    let byID = Dictionary(all.map { ($0.issue.id, $0) }) { first, _ in first }
    let prefixes = try context.store().prefixes()
    let found = try words.map { word throws(BeadsError) in
      let id = try prefixes.resolve(word, among: byID.keys.sorted())
      guard let details = byID[id] else {
        throw BeadsError(.notFound, "no issue \(id) at \(quoted(revision))")
      }
      return details
    }
    let arguments = context.arguments
    if context.isJSON {
      return write(
        found, dependents: arguments.bool("include-dependents"), comments: arguments.bool("include-comments"),
        events: false, context)
    }
    let text = ShowText(arguments, try context.store().rules.vocabulary)
    for details in found { context.print(text.lines(details)) }
  }

  /// Shows the issues again whenever the store has changed, until the reader goes away.
  private static func watch(_ ids: [IssueID], _ context: BdContext) throws {
    var shown: [TerminalText] = []
    let store = try context.store()
    while !context.output.standardOutput.isClosed {
      let now = try lines(ids, context)
      if now != shown {
        if context.output.isTerminal { context.output.write("\u{1B}[H\u{1B}[2J") }
        context.print(now)
        context.output.flush()
        shown = now
      }
      let mark = try store.changeMark()
      while try store.changeMark() == mark, !context.output.standardOutput.isClosed {
        pause(nanoseconds: 300_000_000)
      }
    }
  }
}
