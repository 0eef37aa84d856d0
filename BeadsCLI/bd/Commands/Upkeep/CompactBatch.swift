import BeadsKit
import CommandKit

/// `bd compact --auto`: makes the summaries too.
///
/// Each issue is an operation of its own, so that stopping in the middle leaves whole compactions, and each can be
/// undone alone.
struct CompactBatch {
  private let request: CompactCommand.Request
  private let context: BdContext
  private let started: Int64
  private var pruned = 0
  private var done: [CompactionReport] = []
  private var failed = 0
  private var skipped = 0

  init(_ request: CompactCommand.Request, _ context: BdContext) throws(BeadsError) {
    if request.id == nil, !request.all, !request.isPreview {
      throw BeadsError(.invalid, "--auto requires --id, --all or --dry-run")
    }
    if request.force, request.id == nil { throw BeadsError(.invalid, "--force requires --id with --auto") }
    if request.id != nil, request.all { throw BeadsError(.invalid, "--id and --all exclude each other") }
    self.request = request
    self.context = context
    started = context.environment.clock()
  }

  mutating func run() throws {
    let store = try context.store()
    let found = try CompactReport.candidates(request, store)
    if request.isPreview { return preview(found) }
    pruned = try TombstoneCommand.prune(.standard, context)
    let summarizer = try summarizer(store)
    let commit = try CompactCommand.headCommit(context)
    for issue in found {
      do throws(BeadsError) { try compact(issue, summarizer, commit, store) } catch {
        // What stops the whole store stops the rest too.
        if found.count == 1 || [.readOnly, .locked, .unsupported].contains(error.code) { throw error }
        failed += 1
        context.output.report(error)
      }
    }
    context.flush()
    if request.id != nil, let report = done.first {
      return CompactReport.print(report, pruned: pruned, since: started, context)
    }
    print(total: found.count)
    if done.isEmpty, failed > 0 { throw ExitStatus(1) }
  }

  private mutating func compact(
    _ issue: Issue, _ summarizer: any Summarizer, _ commit: String?, _ store: Store
  ) throws(BeadsError) {
    guard let summary = try summarizer.summary(of: issue, tier: request.tier) else {
      if request.id != nil { throw BeadsError(.invalid, "\(issue.id) cannot be said shorter") }
      skipped += 1
      return
    }
    let (tier, force) = (request.tier, request.force)
    let report = try store.write("compact") { transaction throws(BeadsError) in
      transaction.summary = issue.id.rawValue
      return try transaction.compact(
        issue.id, summary: summary, tier: tier, of: issue.updatedAt, commit: commit, force: force)
    }
    done.append(report)
  }

  private func summarizer(_ store: Store) throws(BeadsError) -> any Summarizer {
    // Only this clone's own setting: a file that others committed must not choose what runs here.
    let text = try store.config("compact.summarizer") ?? ""
    let words = CommandWords.split(text)
    if words.isEmpty { return ExtractiveSummarizer() }
    return CommandSummarizer(
      words, directory: try context.workspace().projectDirectory, environment: context.environment)
  }

  // MARK: Output

  private func preview(_ found: [Issue]) {
    let size = found.reduce(0) { $0 + $1.textSize }
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", true)
        writer.member("tier", request.tier.rawValue)
        if let id = request.id {
          writer.member("issue_id", id.rawValue)
          writer.member("original_size", size)
        } else {
          writer.member("candidate_count", found.count)
          writer.member("total_size_bytes", size)
        }
        writer.member("estimated_reduction", "70-80%")
      }
    }
    context.print("Would compact \(counted(found.count, "issue")) with \(counted(size, "byte")) of text:")
    for issue in found { context.print("  \(IssueText.line(issue))") }
    context.print("Nothing is changed")
  }

  private func print(total: Int) {
    let saved = done.reduce(0) { $0 + $1.savedBytes }
    let size = done.reduce(0) { $0 + $1.originalSize }
    if context.isJSON {
      return context.object { writer in
        writer.member("success", failed == 0)
        if total == 0 {
          writer.member("count", 0)
          writer.member("message", "no issue is due")
        } else {
          writer.member("tier", request.tier.rawValue)
          writer.member("total", total)
          writer.member("succeeded", done.count)
          writer.member("failed", failed)
          writer.member("skipped", skipped)
          writer.member("saved_bytes", saved)
          writer.member("original_size", size)
          writer.member("elapsed_ms", CompactReport.elapsed(since: started, context))
        }
        CompactReport.tombstones(pruned, &writer)
      }
    }
    if total == 0 { return context.print("No issue is due for tier \(request.tier.rawValue)") }
    for report in done { context.print("\("✓", .green) \(report.issueID): \(CompactReport.sizes(report))") }
    context.print("Compacted \(counted(done.count, "issue")), \(counted(saved, "byte")) saved")
    if skipped > 0 { context.print("  \(counted(skipped, "issue")) cannot be said shorter") }
    if failed > 0 { context.print("  \(counted(failed, "issue")) failed and stayed as they were") }
  }
}

/// The words of a setting that names a program: a JSON array, or words between blanks.
enum CommandWords {
  static func split(_ text: String) -> [String] {
    if let items = JSONValue(parsing: text)?.arrayValue { return items.compactMap(\.stringValue) }
    return text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
