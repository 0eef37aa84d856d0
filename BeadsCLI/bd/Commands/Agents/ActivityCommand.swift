import BeadsKit
import CommandKit

/// `bd activity`: what happened lately, and what happens now.
enum ActivityCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "activity", summary: "Show what happened lately", section: CommandTree.Section.views,
      discussion: """
        Reads the audit trail of this clone, oldest first. --follow goes on with what any process changes, one line for \
        each, until it is stopped; no daemon is needed. With --json each of these lines is a JSON object.
        """,
      examples: [
        "bd activity --since 1h", "bd activity --mol bd-mol-a3f8 --json",
        "bd activity --follow --type status",
      ],
      flags: [
        .bool("follow", short: "f", help: "Go on with what happens"),
        .string("mol", placeholder: "ID", help: "Only this issue and what is below it"),
        .string("since", placeholder: "TIME", help: "Only since then: 1h, 2d, 2026-01-31"),
        .choice("type", values: Activity.Kind.allCases.map(\.rawValue), help: "Only this kind"),
        .int("limit", short: "n", default: 100, help: "Show at most so many, the latest; 0 for all"),
        .string(
          "interval", placeholder: "DURATION", default: "500ms", help: "How often to look with --follow"),
        .bool("town", hidden: true, help: "Accepted; each project has its own feed"),
        .bool("details", short: "d", help: "In JSON, also the issue as it is now"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    var query = ActivityQuery()
    let store = try context.store()
    query.root = try arguments.string("mol").map { try context.resolve($0) }
    if let text = arguments.string("since") {
      do throws(BeadsError) {
        query.since = try TimeGrammar(now: store.now).parse(text, sense: .past)
      } catch { throw BeadsError(error.code, "--since: \(error.message)", hint: error.hint) }
    }
    query.kind = arguments.string("type").flatMap(Activity.Kind.init)
    let limit = try arguments.int("limit") ?? 100
    query.limit = limit == 0 ? nil : limit
    let interval = try GoDuration.nanoseconds(arguments.string("interval") ?? "500ms")
    guard interval >= 1_000_000 else {
      throw BeadsError(.invalid, "--interval is shorter than a millisecond", hint: "for example 500ms")
    }
    if arguments.bool("follow") { return try follow(query, every: interval, context) }
    let found = try store.activity(query)
    if context.isJSON {
      let issues = try details(found, context)
      return context.json { $0.array(found) { $0.activity($1, issues[$1.event.issueID]) } }
    }
    if found.isEmpty { return context.print("No activity") }
    for one in found { context.print(line(one)) }
  }

  private static func details(
    _ found: [Activity], _ context: BdContext
  ) throws(BeadsError) -> [IssueID: Issue] {
    guard context.arguments.bool("details") else { return [:] }
    let issues = try context.store().issues(Set(found.map(\.event.issueID)).sorted())
    return Dictionary(issues.map { ($0.id, $0) }) { first, _ in first }
  }

  private static func follow(
    _ query: ActivityQuery, every interval: Int64, _ context: BdContext
  ) throws(BeadsError) {
    let store = try context.store()
    var query = query
    while !context.output.standardOutput.isClosed {
      let mark = try store.changeMark()
      let found = try store.activity(query)
      let issues = try details(found, context)
      for one in found {
        if context.isJSON {
          var writer = JSONWriter()
          writer.activity(one, issues[one.event.issueID])
          writer.newline()
          context.output.write(writer.bytes)
        } else {
          context.print(line(one))
        }
      }
      context.output.flush()
      query.after = found.last?.event.number ?? query.after
      query.limit = nil
      while try store.changeMark() == mark, !context.output.standardOutput.isClosed {
        pause(nanoseconds: interval)
      }
    }
  }

  private static func line(_ one: Activity) -> TerminalText {
    let time = one.event.createdAt.utc.description
    let clock = time.prefix(16).split(separator: "T").joined(separator: " ")
    let who = one.event.actor.isEmpty ? "" : " \("@" + one.event.actor)"
    return
      "\(clock, .gray) \(one.symbol) \(one.event.issueID, .bold) \(EventText.words(one.event))\(who, .cyan) - \(one.title)"
  }
}

extension JSONWriter {
  fileprivate mutating func activity(_ one: Activity, _ issue: Issue?) {
    object { writer in
      writer.member("timestamp", one.event.createdAt)
      writer.member("type", one.kind.rawValue)
      writer.member("issue_id", one.event.issueID.rawValue)
      writer.member("symbol", one.symbol)
      writer.member("message", "\(EventText.words(one.event)) - \(one.title)")
      if let statuses = one.statuses {
        writer.member("old_status", statuses.old)
        writer.member("new_status", statuses.new)
      }
      if let parent = one.parentID { writer.member("parent_id", parent.rawValue) }
      if !one.event.actor.isEmpty { writer.member("actor", one.event.actor) }
      if let issue {
        writer.key("issue")
        writer.issue(issue)
      }
    }
  }
}
