import BeadsKit
import CommandKit
import GasTownKit

/// `gt feed`.
enum FeedCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "feed", summary: "Show what is going on in the town", section: CommandTree.Section.diagnostics,
      discussion:
        "The last events, oldest first; with --follow what comes as it comes. With --problems the agents, worst first.",
      examples: [
        "gt feed", "gt feed --follow --rig app", "gt feed --since 2h --type done,merged --json",
        "gt feed --problems",
      ],
      flags: [
        .bool("plain", help: "Lines of text, as always"),
        .bool("follow", short: "f", help: "Go on with what comes"),
        .bool("no-follow", hidden: true, help: "Stop after what there is"),
        .int("limit", short: "n", in: 0...100_000, default: 100, help: "So many events at the most"),
        .string("since", placeholder: "TIME", help: "What happened since then: 2h, 2026-03-02"),
        .list("type", placeholder: "TYPE,...", help: "Only these types, such as sling or done"),
        .string("rig", placeholder: "NAME", help: "Only of this rig"),
        .string("mol", aliases: ["bead"], placeholder: "ID", help: "Only what mentions this issue"),
        .bool("problems", short: "p", help: "The agents instead, those with a problem first"),
        .bool("window", short: "w", hidden: true, help: "Ignored: the feed is printed here"),
      ]
    ) { arguments, context in
      if arguments.bool("problems") { return try ProblemsView.show(context) }
      if context.isJSON, arguments.bool("follow") {
        throw BeadsError(.invalid, "--follow never ends, and --json prints one document; use one of them")
      }
      var query = EventQuery()
      query.limit = try arguments.int("limit") ?? 100
      query.since = try context.since(arguments.string("since"))
      query.types = arguments.list("type")
      query.rig = try arguments.string("rig").map { try context.town().rig($0).name.rawValue }
      query.bead = arguments.string("mol")
      let events = try context.events()
      let items = FeedItem.curate(try events.events(query))
      if context.isJSON { return context.json { $0.array(items) { write($1, &$0) } } }
      if items.isEmpty, !arguments.bool("follow") { return context.print("No events") }
      for item in items { context.print(line(item)) }
      guard arguments.bool("follow") else { return }
      context.output.flush()
      try events.follow(query) { events in
        for item in FeedItem.curate(events) { context.print(line(item)) }
        context.output.flush()
        return !context.output.standardOutput.isClosed
      }
    }
  }

  private static func line(_ item: FeedItem) -> TerminalText {
    let actor = item.event.actor.isEmpty ? "gt" : item.event.actor
    return "\(item.event.time.shown, .dim)  \(actor, .bold) \(item.summary)"
  }

  private static func write(_ item: FeedItem, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("ts", item.event.time.description)
      writer.member("source", "gt")
      writer.member("type", item.event.type)
      writer.member("actor", item.event.actor)
      writer.member("summary", item.summary)
      writer.key("payload")
      item.event.payload.write(to: &writer)
      writer.member("count", item.count)
    }
  }
}

extension GtContext {
  /// A moment in the past that a user names: `2h` ago, a date, a time.
  func since(_ text: String?) throws(BeadsError) -> Timestamp? {
    guard let text else { return nil }
    return try TimeGrammar(now: try town().now).parse(text, sense: .past).utc
  }
}

/// Who is how long at what: the rows of `gt feed --problems`.
enum ProblemsView {
  private enum State: String {
    case zombie, gupp, stalled, unknown, working, idle

    var mark: TerminalText {
      switch self {
      case .zombie: "💀"
      case .gupp: "🔥"
      case .stalled: "⚠"
      case .unknown: "?"
      case .working: "●"
      case .idle: "○"
      }
    }

    var rank: Int {
      switch self {
      case .gupp: 0
      case .zombie: 1
      case .stalled: 2
      case .unknown: 3
      case .working: 4
      case .idle: 5
      }
    }
  }

  private struct Row {
    let agent: AgentOverview
    let state: State
    let idle: Int64
  }

  static func show(_ context: GtContext) throws(BeadsError) {
    let overview = try context.overview(isFast: false)
    let now = try context.town().now.unixNanoseconds
    let rows = (overview.agents + overview.rigs.flatMap(\.agents)).map { row($0, now) }
      .sorted { ($0.state.rank, -$0.idle, $0.agent.address) < ($1.state.rank, -$1.idle, $1.agent.address) }
    if context.isJSON { return context.json { $0.array(rows) { write($1, &$0) } } }
    if rows.isEmpty { return context.print("No agents") }
    var table = Table([
      Table.Column(), Table.Column(), Table.Column(), Table.Column(alignment: .right),
      Table.Column(isFlexible: true),
    ])
    for row in rows {
      let work = row.agent.record.bead.map { "\($0)  \(row.agent.workTitle ?? "")" } ?? ""
      table.add(
        row.state.mark, "\(row.agent.address, .bold)", "\(row.state.rawValue)",
        "\(row.agent.hasWork ? Age.text(nanoseconds: row.idle) : "")", "\(work)")
    }
    context.output.print(table)
    if let worst = rows.first, worst.state.rank < 3 {
      context.print(
        "\n`gt peek \(worst.agent.address)` shows what it does, `gt nudge \(worst.agent.address)` talks to it"
      )
    }
  }

  private static func row(_ agent: AgentOverview, _ now: Int64) -> Row {
    let seen = max(agent.seenAt ?? 0, agent.record.updatedAt)
    let idle = max(0, now - seen)
    let minute: Int64 = 60_000_000_000
    let state: State =
      switch agent.presence {
      case _ where !agent.hasWork: .idle
      case .ended: .zombie
      case .unknown: .unknown
      case .running, .absent: idle >= 30 * minute ? .gupp : idle >= 15 * minute ? .stalled : .working
      }
    return Row(agent: agent, state: state, idle: idle)
  }

  private static func write(_ row: Row, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("agent", row.agent.address.text)
      writer.member("state", row.state.rawValue)
      writer.member("idle_minutes", Int(row.idle / 60_000_000_000))
      writer.member("bead", row.agent.record.bead?.rawValue ?? "")
      writer.member("title", row.agent.workTitle ?? "")
      writer.member("running", row.agent.isRunning)
    }
  }
}
