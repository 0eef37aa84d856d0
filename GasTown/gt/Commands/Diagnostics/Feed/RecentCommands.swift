import BeadsKit
import CommandKit
import GasTownKit

/// `gt trail` and `gt changelog`: what was done lately.
enum RecentCommands {
  static var all: [CommandTree.GtCommand] { [trail, changelog] }

  // MARK: Trail

  private static let trailFlags: [Flag] = [
    .string("since", placeholder: "TIME", help: "What happened since then: 1d, 2026-03-02"),
    .int("limit", short: "n", in: 1...10_000, default: 20, help: "So many at the most"),
    .bool("all", help: "Of everybody (default: agents see their own)"),
  ]

  private static var trail: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "trail", aliases: ["recent", "recap"], summary: "Show what was done lately, the latest first",
      section: CommandTree.Section.diagnostics,
      discussion: "Agents see what they did themselves; --all shows everybody's.",
      examples: ["gt trail", "gt trail commits --since 1d", "gt trail beads --json"], flags: trailFlags,
      subcommands: [
        part("commits", "Only commits") { $0.source == "git" },
        part("beads", "Only changes of issues") { $0.source == "beads" },
        part("hooks", "Only what was put on hooks and taken off") {
          ["hook", "unhook", "sling"].contains($0.type)
        },
      ]
    ) { _, context in try show(context) { _ in true } }
  }

  private static func part(
    _ name: String, _ summary: String, _ filter: @escaping @Sendable (AuditEntry) -> Bool
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(name, summary: summary, examples: ["gt trail \(name)"], flags: trailFlags) {
      _, context in
      try show(context, filter)
    }
  }

  private static func show(_ context: GtContext, _ filter: (AuditEntry) -> Bool) throws(BeadsError) {
    let limit = context.arguments.string("limit").flatMap { Int($0) } ?? 20
    var trail = AuditTrail(try context.ledgers())
    let me = try context.me()
    if me.role.hasSession, !context.arguments.bool("all") { trail.actor = me.text }
    trail.since = try context.since(context.arguments.string("since"))
    trail.limit = limit * 20
    let found = try trail.entries()
    for problem in found.problems { context.warn("\(problem)") }
    let entries = Array(found.entries.filter(filter).prefix(limit))
    if context.isJSON { return context.json { $0.array(entries) { $0.audit($1) } } }
    if entries.isEmpty { return context.print("Nothing was done") }
    for entry in entries {
      let actor = entry.actor.isEmpty ? "gt" : entry.actor
      context.print("\(entry.time.shown, .dim)  \(actor, .bold) \(entry.summary)")
    }
  }

  // MARK: Changelog

  private static var changelog: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "changelog", summary: "Show what was finished", section: CommandTree.Section.diagnostics,
      discussion: "The issues that were closed in the last seven days, by rig, the latest first.",
      examples: ["gt changelog", "gt changelog --today --rig app", "gt changelog --since 2026-03-01 --json"],
      flags: [
        .bool("today", help: "Since midnight (UTC)"), .bool("week", help: "In the last seven days, as usual"),
        .string("since", placeholder: "TIME", help: "Since then: 3d, 2026-03-02"),
        .string("rig", placeholder: "RIG", help: "Only of this rig"),
      ]
    ) { arguments, context in
      if [arguments.bool("today"), arguments.bool("week"), arguments.isSet("since")].count(where: \.self) > 1
      {
        throw BeadsError(.invalid, "--today, --week and --since exclude each other")
      }
      let town = try context.town()
      let now = town.now
      let midnight = now.adding(seconds: -(now.unixNanoseconds / 1_000_000_000 % 86_400))
      let week = arguments.bool("today") ? midnight : now.adding(seconds: -7 * 86_400)
      let since = try context.since(arguments.string("since")) ?? week
      let rigs =
        try arguments.string("rig").map { name throws(BeadsError) in [try town.rig(name)] } ?? town.rigs()
      var found: [(rig: RigName, issue: Issue)] = []
      for rig in rigs {
        var filter = IssueFilter()
        filter.statuses = .all
        filter.isEphemeral = false
        filter.closed.after = since.adding(seconds: -1)
        let issues = try context.ledgers().store(of: rig.name).issues(matching: filter, order: .oldest)
          .filter { $0.type != .mergeRequest && !$0.isTombstone && $0.isClosed }
          .sorted { ($1.closedAt ?? now, $0.id.rawValue) < ($0.closedAt ?? now, $1.id.rawValue) }
        found += issues.map { (rig.name, $0) }
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, one in
            writer.object { writer in
              writer.member("rig", one.rig.rawValue)
              writer.member("id", one.issue.id.rawValue)
              writer.member("title", one.issue.title)
              writer.member("type", one.issue.type.rawValue)
              writer.member("assignee", one.issue.assignee)
              writer.member(optional: "closed_at", one.issue.closedAt?.description)
              writer.member("close_reason", one.issue.closeReason)
            }
          }
        }
      }
      if found.isEmpty { return context.print("Nothing was finished since \(since)") }
      var rig: RigName?
      for one in found {
        if one.rig != rig { context.print("\(one.rig.rawValue, .bold)") }
        rig = one.rig
        context.print("  \(one.issue.id)  \(one.issue.title)")
      }
    }
  }
}
