import BeadsKit
import CommandKit

/// `bd plan`: unfinished work shared out among agents.
enum PlanCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "plan", summary: "Share unfinished work out among agents", section: CommandTree.Section.views,
      discussion: """
        Gives each agent a track of issues to do in order, so that no two tracks share an issue and what others wait \
        for comes first. Times are minutes from now, from the estimates; an issue without one takes an hour. A \
        parent is done when its children are. What waits for a gate, a date, another project or in a circle is \
        listed as not plannable. Nothing is changed or assigned.
        """,
      examples: ["bd plan --agents 3", "bd plan --agents 5 --parent bd-a3f8 --json"],
      flags: [
        .int("agents", short: "n", default: 3, help: "How many work at the same time"),
        .string("parent", placeholder: "ID", help: "Only what is below this issue"),
      ]
    ) { arguments, context in
      let ancestor = try arguments.string("parent").map { try context.resolve($0) }
      let plan = try context.store().workPlan(agents: try arguments.int("agents") ?? 3, below: ancestor)
      if context.isJSON { printJSON(plan, context) } else { show(plan, context) }
    }
  }

  private static func show(_ plan: WorkPlan, _ context: BdContext) {
    let count = plan.tracks.reduce(0) { $0 + $1.count }
    let size = "\(counted(count, "issue")) in \(counted(plan.tracks.count, "track"))"
    context.print(count == 0 ? "Nothing can be planned" : "\(size), done at \(time(plan.length))")
    for (number, track) in plan.tracks.enumerated() {
      context.print("")
      context.print("\("Agent \(number + 1)", .bold) \("until \(time(track.last?.end ?? 0))", .gray)")
      for step in track {
        let issue = step.issue
        let holder = issue.assignee.isEmpty ? TerminalText("") : "\("@" + issue.assignee, .cyan) "
        context.print(
          "  \(time(step.start), .gray) \(issue.id, .bold) [\(IssueText.priority(issue.priority))] \(holder)- \(issue.title)"
        )
      }
    }
    if plan.criticalPath.count > 1 {
      context.print("")
      context.print("Critical path: \(plan.criticalPath.map(\.rawValue).joined(separator: " → "))")
    }
    if plan.unplanned.isEmpty { return }
    context.print("")
    context.print("Not plannable (\(plan.unplanned.count)):")
    for one in plan.unplanned {
      context.print("  \(one.issue.id, .bold) - \(one.issue.title) \("(\(one.reason))", .gray)")
    }
  }

  /// Minutes as `+1:30`.
  private static func time(_ minutes: Int) -> String {
    let rest = minutes % 60
    return "+\(minutes / 60):\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func printJSON(_ plan: WorkPlan, _ context: BdContext) {
    context.object { writer in
      writer.member("agents", plan.agents)
      writer.member("total_minutes", plan.length)
      writer.key("tracks")
      writer.array(plan.tracks.enumerated()) { writer, track in
        writer.object { writer in
          writer.member("agent", track.offset + 1)
          writer.key("issues")
          writer.array(track.element) { writer, step in
            writer.object {
              $0.planned(step.issue)
              $0.member("start", step.start)
              $0.member("end", step.end)
            }
          }
        }
      }
      writer.member("critical_path", plan.criticalPath.map(\.rawValue))
      writer.key("unplanned")
      writer.array(plan.unplanned) { writer, one in
        writer.object {
          $0.planned(one.issue)
          $0.member("reason", one.reason)
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func planned(_ issue: PlannedIssue) {
    member("id", issue.id.rawValue)
    member("title", issue.title)
    member("status", issue.status.rawValue)
    member("priority", issue.priority)
    member("issue_type", issue.type.rawValue)
    if !issue.assignee.isEmpty { member("assignee", issue.assignee) }
  }
}
