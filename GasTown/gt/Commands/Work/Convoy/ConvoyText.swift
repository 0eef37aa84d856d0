import BeadsKit
import CommandKit
import GasTownKit

/// Convoys as lines for people.
enum ConvoyText {
  static func issues(_ count: Int) -> TerminalText { count == 1 ? "1 issue" : "\(count) issues" }

  static func them(_ ids: [IssueID]) -> TerminalText {
    ids.count > 3 ? issues(ids.count) : "\(ids.map(\.rawValue).joined(separator: ", "))"
  }

  static func mark(_ convoy: Convoy) -> TerminalText {
    if convoy.isClosed { return "\("✓", .green)" }
    return convoy.status.isStaged ? "\("❄", .cyan)" : "○"
  }

  static func mark(_ tracked: TrackedIssue) -> TerminalText {
    if tracked.isDone { return "\("✓", .green)" }
    if tracked.problem != nil { return "\("?", .yellow)" }
    if tracked.issue?.status == .hooked || tracked.issue?.status == .inProgress { return "\("◐", .yellow)" }
    return tracked.isBlocked ? "\("●", .red)" : "○"
  }

  /// The rows of a list of convoys.
  static func table(_ all: [ConvoyProgress]) -> Table {
    var table = Table([
      Table.Column(), Table.Column("ID"), Table.Column("DONE", alignment: .right), Table.Column("STATUS"),
      Table.Column("TITLE", isFlexible: true), Table.Column("OWNER"),
    ])
    for progress in all {
      let convoy = progress.convoy
      table.add(
        mark(convoy), "\(convoy.id, .bold)", "\(progress.completed)/\(progress.tracked.count)",
        "\(convoy.status)", "\(convoy.title)", "\(convoy.owner)\(convoy.isOwned ? " (owned)" : "")")
    }
    return table
  }

  /// A convoy and what it tracks.
  static func page(_ progress: ConvoyProgress, now: Timestamp) -> [TerminalText] {
    let convoy = progress.convoy
    var lines: [TerminalText] = ["\(mark(convoy)) \(convoy.id, .bold)  \(convoy.title)", ""]
    var facts = Table([Table.Column(), Table.Column()])
    func fact(_ name: TerminalText, _ value: String?) {
      if let value, !value.isEmpty { facts.add("  \(name, .dim)", "\(value)") }
    }
    fact("Status", "\(convoy.status), \(progress.completed) of \(progress.tracked.count) done")
    fact("Owner", convoy.isOwned ? "\(convoy.owner), who ends it" : convoy.owner)
    fact("Notify", convoy.notify)
    fact("Watchers", (convoy.watchers + convoy.nudgeWatchers.map { "\($0) (nudge)" }).joined(separator: ", "))
    fact("Merge", convoy.mergeStrategy)
    fact("Base", convoy.baseBranch)
    fact("Molecule", convoy.molecule)
    fact("Closed", convoy.isClosed ? convoy.issue.closeReason : nil)
    lines += facts.lines()
    if progress.tracked.isEmpty { return lines }
    var table = Table([
      Table.Column(), Table.Column(), Table.Column(), Table.Column(isFlexible: true), Table.Column(),
    ])
    for tracked in progress.tracked { table.add(row: row(tracked, now)) }
    return lines + [""] + table.lines()
  }

  private static func row(_ tracked: TrackedIssue, _ now: Timestamp) -> [TerminalText] {
    let state: TerminalText =
      tracked.isBlocked && !tracked.isDone ? "\(tracked.status), blocked" : "\(tracked.status)"
    var last: TerminalText = ""
    if let problem = tracked.problem {
      last = "\(problem, .yellow)"
    } else if let worker = tracked.worker {
      last = "\(worker.address)\(age(of: worker, now).map { ", \($0)" } ?? "")"
    } else if let assignee = tracked.issue?.assignee, !assignee.isEmpty, !tracked.isDone {
      last = "\(assignee)"
    }
    return ["  \(mark(tracked))", "\(tracked.id, .bold)", state, "\(tracked.issue?.title ?? "")", last]
  }

  static func age(of worker: AgentRecord, _ now: Timestamp) -> String? {
    worker.assignedAt.map { Age.text(nanoseconds: now.unixNanoseconds - $0) }
  }
}

/// How long something has been going on: `45s`, `12m`, `3h`, `5d`.
enum Age {
  static func text(nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    case ..<86_400: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  static func text(since time: Timestamp, now: Timestamp) -> String {
    text(nanoseconds: now.unixNanoseconds - time.unixNanoseconds)
  }
}
