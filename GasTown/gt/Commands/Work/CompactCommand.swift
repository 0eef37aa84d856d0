import BeadsKit
import CommandKit
import GasTownKit

/// `gt compact`: deletes wisps that are past their time, or keeps them for good.
enum CompactCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "compact", summary: "Delete wisps that are past their time, or keep them for good",
      section: CommandTree.Section.work,
      discussion: """
        Heartbeats and pings live 6 hours, recoveries, errors and escalations a week, others as the setting \
        lifecycle.reaper.wisp_age says. A finished wisp past its time is deleted; one that is not finished, or that \
        somebody commented on, becomes an ordinary issue. The daemon does it too.
        """,
      examples: ["gt compact --dry-run", "gt compact --rig shop", "gt compact report --weekly"],
      flags: [
        .bool("dry-run", short: "n", help: "Only say what would be done"),
        .string("rig", placeholder: "RIG", help: "Only of this project"),
      ], subcommands: [report]
    ) { arguments, context in
      let rig = try arguments.string("rig").map { try context.town().rig($0).name }
      let isDryRun = arguments.bool("dry-run")
      let result = try Compaction.run(try context.ledgers(), rig: rig, isDryRun: isDryRun)
      if context.isJSON { writeJSON(result, isDryRun, context) }
      for expiry in result.expiries {
        for id in expiry.deleted { context.print("\(isDryRun ? "Would delete" : "✓ Deleted") \(id)") }
        for kept in expiry.promoted {
          context.print(
            "\(isDryRun ? "Would keep" : "✓ Kept") \(kept.issue.id, .bold)  \(kept.issue.title): \(kept.reason)"
          )
        }
      }
      if result.expiries.allSatisfy({ $0.deleted.isEmpty && $0.promoted.isEmpty }) {
        context.print("No wisp is past its time")
      }
      for error in result.errors { context.warn("\(error)") }
      if !result.errors.isEmpty { throw ExitStatus(1) }
    }
  }

  private static func writeJSON(_ result: Compaction, _ isDryRun: Bool, _ context: GtContext) {
    context.object { writer in
      writer.member("dry_run", isDryRun)
      writer.key("promoted")
      writer.array(result.expiries.flatMap(\.promoted)) { writer, kept in
        writer.object { writer in
          writer.member("id", kept.issue.id.rawValue)
          writer.member("title", kept.issue.title)
          writer.member("reason", kept.reason)
          writer.member("wisp_type", kept.issue.wispType)
        }
      }
      writer.member("deleted", result.expiries.flatMap { $0.deleted.map(\.rawValue) })
      writer.member("skipped", result.expiries.reduce(0) { $0 + $1.skipped })
      writer.member("orphaned_wisp_deps", result.orphanedDependencies)
      writer.member("errors", result.errors)
    }
  }

  private static var report: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "report", summary: "Say how many wisps were deleted and kept on a day, or in a week",
      examples: ["gt compact report", "gt compact report --weekly", "gt compact report --date 2026-03-01"],
      flags: [
        .bool("weekly", help: "The seven days that end with it"),
        .string("date", placeholder: "YYYY-MM-DD", help: "The day (default: today)"),
      ]
    ) { arguments, context in
      let now = try context.town().now
      let day = String((arguments.string("date") ?? now.description).prefix(10))
      guard let start = Timestamp("\(day)T00:00:00Z") else {
        throw BeadsError(.invalid, "\(quoted(day)) is no date", hint: "for example --date 2026-03-01")
      }
      let since = arguments.bool("weekly") ? start.adding(seconds: -6 * 86_400) : start
      var query = EventQuery()
      (query.types, query.since, query.limit) = (["compact"], since, 1_000_000)
      let end = start.adding(seconds: 86_400)
      let events = try context.events().events(query).filter { $0.time < end }
      var sums: [String: (deleted: Int, promoted: Int)] = [:]
      for event in events {
        let rig = event.text("rig") ?? ""
        let old = sums[rig] ?? (0, 0)
        sums[rig] = (
          old.deleted + (event.text("deleted").flatMap { Int($0) } ?? 0),
          old.promoted + (event.text("promoted").flatMap { Int($0) } ?? 0)
        )
      }
      let rows = sums.sorted { $0.key < $1.key }
      if context.isJSON {
        return context.object { writer in
          writer.member("from", String(since.description.prefix(10)))
          writer.member("to", day)
          writer.member("runs", events.count)
          writer.key("rigs")
          writer.array(rows) { writer, row in
            writer.object { writer in
              writer.member("rig", row.key)
              writer.member("deleted", row.value.deleted)
              writer.member("promoted", row.value.promoted)
            }
          }
        }
      }
      let span = arguments.bool("weekly") ? "From \(since.description.prefix(10)) to \(day)" : "On \(day)"
      if rows.isEmpty { return context.print("\(span) no wisp was deleted or kept") }
      context.print("\(span):")
      for row in rows {
        context.print(
          "  \(row.key, .bold)  \(row.value.deleted) deleted, \(row.value.promoted) kept for good")
      }
    }
  }
}
