import BeadsKit
import CommandKit

/// What `bd compact` prints.
enum CompactReport {
  static func printStatistics(_ context: BdContext) throws(BeadsError) {
    let store = try context.store()
    let tiers = try CompactionTier.allCases.map { tier throws(BeadsError) in
      let found = try store.compactionCandidates(tier)
      return (tier: tier, count: found.count, size: found.reduce(0) { $0 + $1.textSize })
    }
    if context.isJSON {
      return context.object { writer in
        for item in tiers {
          writer.key("tier\(item.tier.rawValue)")
          writer.object { writer in
            writer.member("candidates", item.count)
            writer.member("total_size", item.size)
          }
        }
      }
    }
    for item in tiers {
      context.print(
        "Tier \(item.tier.rawValue): \(counted(item.count, "issue")) due, \(counted(item.size, "byte")) of text"
      )
    }
  }

  static func printCandidates(
    _ request: CompactCommand.Request, _ context: BdContext
  ) throws(BeadsError) {
    let store = try context.store()
    let found = try candidates(request, store)
    let now = store.now
    func age(_ issue: Issue) -> Int { Int((now.seconds - (issue.closedAt ?? now).seconds) / 86_400) }
    if context.isJSON {
      return context.json { writer in
        writer.array(found) { writer, issue in
          writer.object { writer in
            writer.member("id", issue.id.rawValue)
            writer.member("title", issue.title)
            writer.member("description", issue.description)
            writer.member("design", issue.design)
            writer.member("notes", issue.notes)
            writer.member("acceptance_criteria", issue.acceptanceCriteria)
            writer.member("size_bytes", issue.textSize)
            writer.member("age_days", age(issue))
            writer.member("tier", request.tier.rawValue)
            writer.member("compacted", issue.compactionLevel > 0)
          }
        }
      }
    }
    if found.isEmpty { return context.print("No issue is due for tier \(request.tier.rawValue)") }
    for issue in found {
      context.print("\(IssueText.line(issue, store.rules.vocabulary))")
      context.print("    \(counted(issue.textSize, "byte")), closed \(counted(age(issue), "day")) ago")
    }
  }

  /// The issue that was named, if it is due, or all that are.
  static func candidates(
    _ request: CompactCommand.Request, _ store: Store
  ) throws(BeadsError) -> [Issue] {
    guard let id = request.id else {
      return try store.compactionCandidates(request.tier, limit: request.limit)
    }
    guard let issue = try store.issue(id) else { return [] }
    if let obstacle = try store.compactionObstacle(issue, request.tier, force: request.force) {
      throw BeadsError(.conflict, "cannot compact: \(obstacle)")
    }
    return [issue]
  }

  static func print(
    _ report: CompactionReport, pruned: Int, since started: Int64, _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        writer.member("success", true)
        writer.member("issue_id", report.issueID.rawValue)
        writer.member("tier", report.tier.rawValue)
        writer.member("original_size", report.originalSize)
        writer.member("compacted_size", report.compactedSize)
        writer.member("saved_bytes", report.savedBytes)
        writer.key("reduction_pct")
        writer.double(report.reductionPercent)
        writer.member("elapsed_ms", elapsed(since: started, context))
        tombstones(pruned, &writer)
      }
    }
    context.print("\("✓", .green) Compacted \(report.issueID, .bold): \(sizes(report))")
    context.print("  `bd restore \(report.issueID)` shows the full text")
  }

  static func sizes(_ report: CompactionReport) -> TerminalText {
    "\(report.originalSize) → \(counted(report.compactedSize, "byte"))"
  }

  static func tombstones(_ count: Int, _ writer: inout JSONWriter) {
    if count == 0 { return }
    writer.key("tombstones_pruned")
    writer.object { writer in
      writer.member("count", count)
      writer.member("ttl_days", TombstoneLifetime.standard.days)
    }
  }

  static func elapsed(since started: Int64, _ context: BdContext) -> Int {
    Int((context.environment.clock() - started) / 1_000_000)
  }
}
