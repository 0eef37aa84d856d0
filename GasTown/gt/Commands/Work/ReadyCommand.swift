import BeadsKit
import CommandKit
import GasTownKit

/// `gt ready`: what could be given out.
enum ReadyCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "ready", summary: "List the work of all rigs that nothing blocks", section: CommandTree.Section.work,
      examples: ["gt ready", "gt ready --rig app --json"],
      flags: [
        .string("rig", placeholder: "RIG", help: "Of one rig only"),
        .int(
          "limit", short: "n", in: 0...10_000, default: 50, help: "At most so many of each rig, 0 for all"),
      ]
    ) { arguments, context in
      let limit = try arguments.int("limit").flatMap { $0 == 0 ? nil : $0 }
      let work = try context.readyWork(rig: arguments.string("rig"), limit: limit)
      if context.isJSON {
        return context.json { writer in
          writer.array(work.flatMap { entry in entry.issues.map { (entry.rig, $0) } }) { writer, pair in
            writer.object {
              $0.member("rig", pair.0)
              $0.issueMembers(pair.1)
            }
          }
        }
      }
      if work.allSatisfy(\.issues.isEmpty) { context.print("Nothing is ready") }
      for entry in work where !entry.issues.isEmpty {
        context.print("\(entry.rig, .bold)")
        for issue in entry.issues { context.print("  P\(issue.priority) \(context.named(issue))") }
      }
    }
  }
}

extension GtContext {
  /// The ready work of a rig, or of the town and all its rigs.
  fileprivate func readyWork(
    rig: String?, limit: Int?
  ) throws(BeadsError) -> [(rig: String, issues: [Issue])] {
    var query = ReadyQuery()
    query.limit = limit
    query.filter.excludedTypes = [
      .molecule, .epic, IssueType(rawValue: "convoy"), IssueType(rawValue: "message"),
      IssueType(rawValue: "event"), IssueType(rawValue: "merge-request"),
    ]
    query.filter.excludedLabels = ["gt:message", "gt:convoy", "gt:escalation", "gt:merge-request"]
    let ledgers = try ledgers()
    if let rig {
      let name = try town().rig(rig).name
      return [(name.rawValue, try ready(query, ledgers.store(of: name)))]
    }
    var found = [("hq", try ready(query, ledgers.hq()))]
    for rig in try town().rigs() {
      found.append((rig.name.rawValue, try ready(query, ledgers.store(of: rig.name))))
    }
    return found
  }

  private func ready(_ query: ReadyQuery, _ store: Store) throws(BeadsError) -> [Issue] {
    let issues = try store.ready(query)
    let unmerged = try store.unmerged(before: issues.map(\.id))
    return issues.filter { unmerged[$0.id] == nil }
  }
}
