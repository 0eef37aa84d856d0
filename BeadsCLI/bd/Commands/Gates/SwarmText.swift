import BeadsKit
import CommandKit

/// How people and programs see swarms.
enum SwarmText {
  // MARK: For people

  static func lines(_ analysis: SwarmAnalysis) -> [TerminalText] {
    var lines: [TerminalText] = [
      "\(analysis.epic.id, .bold) \(analysis.epic.title): \(analysis.closed) of \(analysis.total) closed"
    ]
    for (number, wave) in analysis.waves.enumerated() {
      lines.append("Wave \(number): \(counted(wave.count, "issue"))")
      for node in wave { lines.append("  \(node.issue.id, .bold) \(node.issue.title)") }
    }
    if !analysis.waves.isEmpty {
      lines.append(
        """
        At most \(counted(analysis.maximumParallelism, "agent")) at once, about \
        \(counted(analysis.estimatedSessions, "session"))
        """)
    }
    lines += analysis.warnings.map { "\("Warning:", .yellow) \($0)" }
    return lines + analysis.errors.map { "\("Mistake:", .red) \($0)" }
  }

  static func lines(_ status: SwarmStatus) -> [TerminalText] {
    var lines: [TerminalText] = ["\(status.completed.count) of \(status.total) closed (\(status.percent)%)"]
    func section(_ name: String, _ issues: [(Issue, TerminalText)]) {
      if issues.isEmpty { return }
      lines.append("\(name) (\(issues.count)):")
      for (issue, note) in issues { lines.append("  \(issue.id, .bold) \(issue.title)\(note)") }
    }
    section("Active", status.active.map { ($0, $0.assignee.isEmpty ? "" : " (\($0.assignee))") })
    section("Ready", status.ready.map { ($0, "") })
    section(
      "Blocked",
      status.blocked.map { waiting in
        let list = waiting.blockers.map(\.rawValue).joined(separator: ", ")
        return (waiting.issue, list.isEmpty ? " (\(waiting.issue.status))" : " (waits for \(list))")
      })
    section("Completed", status.completed.map { ($0, "") })
    return lines
  }

  // MARK: For programs

  static func write(_ analysis: SwarmAnalysis, isVerbose: Bool, _ writer: inout JSONWriter) {
    writer.member("epic_id", analysis.epic.id.rawValue)
    writer.member("epic_title", analysis.epic.title)
    writer.member("total_issues", analysis.total)
    writer.member("closed_issues", analysis.closed)
    writer.key("ready_fronts")
    writer.array(analysis.waves.enumerated()) { writer, wave in
      writer.object { writer in
        writer.member("wave", wave.offset)
        writer.member("issues", wave.element.map(\.issue.id.rawValue))
        writer.member("titles", wave.element.map(\.issue.title))
      }
    }
    writer.member("max_parallelism", analysis.maximumParallelism)
    writer.member("estimated_sessions", analysis.estimatedSessions)
    writer.member("warnings", analysis.warnings)
    writer.member("errors", analysis.errors)
    writer.member("swarmable", analysis.isSwarmable)
    guard isVerbose else { return }
    writer.key("issues")
    writer.array(analysis.nodes) { writer, node in
      writer.object { writer in
        writer.member("id", node.issue.id.rawValue)
        writer.member("title", node.issue.title)
        writer.member("status", node.issue.status.rawValue)
        writer.member("priority", node.issue.priority)
        writer.member("depends_on", node.dependsOn.map(\.rawValue))
        writer.member("depended_on_by", node.dependedOnBy.map(\.rawValue))
        writer.key("wave")
        if let wave = node.wave { writer.int(Int64(wave)) } else { writer.null() }
      }
    }
  }

  static func write(_ epic: Issue, _ status: SwarmStatus, _ writer: inout JSONWriter) {
    writer.member("epic_id", epic.id.rawValue)
    writer.member("epic_title", epic.title)
    writer.member("total_issues", status.total)
    let groups: [(name: String, entries: [SwarmStatus.Waiting])] = [
      ("completed", status.completed.map { .init(issue: $0) }),
      ("active", status.active.map { .init(issue: $0) }),
      ("ready", status.ready.map { .init(issue: $0) }), ("blocked", status.blocked),
    ]
    for group in groups {
      writer.key(group.name)
      writer.array(group.entries) { write($1, &$0) }
    }
    writer.member("progress_percent", status.percent)
    writer.member("active_count", status.active.count)
    writer.member("ready_count", status.ready.count)
    writer.member("blocked_count", status.blocked.count)
  }

  private static func write(_ entry: SwarmStatus.Waiting, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", entry.issue.id.rawValue)
      writer.member("title", entry.issue.title)
      if !entry.issue.assignee.isEmpty { writer.member("assignee", entry.issue.assignee) }
      if !entry.blockers.isEmpty { writer.member("blocked_by", entry.blockers.map(\.rawValue)) }
      if let time = entry.issue.closedAt { writer.member("closed_at", time.description) }
    }
  }

  static func write(_ swarm: Swarm, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", swarm.issue.id.rawValue)
      writer.member("title", swarm.issue.title)
      writer.member("epic_id", swarm.epic?.id.rawValue ?? "")
      writer.member("epic_title", swarm.epic?.title ?? "")
      writer.member("status", swarm.issue.status.rawValue)
      writer.member("coordinator", swarm.issue.assignee)
      writer.member("total_issues", swarm.status.total)
      writer.member("completed_issues", swarm.status.completed.count)
      writer.member("active_issues", swarm.status.active.count)
      writer.member("progress_percent", swarm.status.percent)
    }
  }
}
