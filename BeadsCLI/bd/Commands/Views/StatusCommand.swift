import BeadsKit
import CommandKit

/// `bd status`: the numbers of the project.
enum StatusCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "status", aliases: ["stats"], summary: "Show how many issues are in which state",
      section: CommandTree.Section.views, examples: ["bd status", "bd stats --json --no-activity"],
      flags: [
        .bool("assigned", help: "Only issues assigned to me"),
        .bool("no-activity", help: "Leave out what happened in the last 24 hours"),
        .bool("all", hidden: true, help: "All issues, which is the default"),
      ]
    ) { arguments, context in
      let store = try context.store()
      let summary = try store.statistics(assignee: arguments.bool("assigned") ? store.actor : nil)
      let repository = try context.workspace().repository
      let activity = arguments.bool("no-activity") ? nil : try store.recentActivity(in: repository)
      if context.isJSON {
        return context.object { writer in
          writer.key("summary")
          writer.statistics(summary)
          if let activity {
            writer.key("recent_activity")
            writer.recentActivity(activity)
          }
        }
      }
      context.output.print(table(summary))
      guard let activity else { return }
      context.print("")
      context.print("Last \(activity.hours) hours:")
      context.output.print(table(activity))
    }
  }

  private static let columns = [Table.Column(), Table.Column(alignment: .right)]

  private static func table(_ summary: Statistics) -> Table {
    var table = Table(columns)
    let rows: [(String, Int)] = [
      ("Issues", summary.total), ("Open", summary.open), ("In progress", summary.inProgress),
      ("Blocked", summary.blocked), ("Deferred", summary.deferred), ("Closed", summary.closed),
      ("Ready to work", summary.ready),
    ]
    for (name, count) in rows { table.add("\(name)", "\(count)") }
    if summary.pinned > 0 { table.add("Pinned", "\(summary.pinned)") }
    if summary.epicsEligibleForClosure > 0 {
      table.add("Epics that can be closed", "\(summary.epicsEligibleForClosure)")
    }
    if summary.closed > 0 { table.add("Average lead time", "\(hours(summary.averageLeadTimeHours))") }
    return table
  }

  /// One decimal, without a formatter.
  private static func hours(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10)) h"
  }

  private static func table(_ activity: RecentActivity) -> Table {
    var table = Table(columns)
    let rows: [(String, Int)] = [
      ("Created", activity.created), ("Closed", activity.closed), ("Reopened", activity.reopened),
      ("Updated", activity.updated), ("Commits", activity.commits),
    ]
    for (name, count) in rows { table.add("  \(name)", "\(count)") }
    return table
  }
}

extension JSONWriter {
  fileprivate mutating func statistics(_ summary: Statistics) {
    object {
      $0.member("total_issues", summary.total)
      $0.member("open_issues", summary.open)
      $0.member("in_progress_issues", summary.inProgress)
      $0.member("closed_issues", summary.closed)
      $0.member("blocked_issues", summary.blocked)
      $0.member("deferred_issues", summary.deferred)
      $0.member("ready_issues", summary.ready)
      $0.member("tombstone_issues", summary.tombstones)
      $0.member("pinned_issues", summary.pinned)
      $0.member("epics_eligible_for_closure", summary.epicsEligibleForClosure)
      $0.key("average_lead_time_hours")
      $0.double(summary.averageLeadTimeHours)
    }
  }

  fileprivate mutating func recentActivity(_ activity: RecentActivity) {
    object {
      $0.member("hours_tracked", activity.hours)
      $0.member("commit_count", activity.commits)
      $0.member("issues_created", activity.created)
      $0.member("issues_closed", activity.closed)
      $0.member("issues_updated", activity.updated)
      $0.member("issues_reopened", activity.reopened)
      $0.member("total_changes", activity.total)
    }
  }
}
