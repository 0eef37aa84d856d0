import BeadsKit
import CommandKit

/// What `bd sync` prints.
enum SyncText {
  // MARK: Without git

  static func printExport(_ wasWritten: Bool, _ count: Int, _ context: BdContext) {
    if context.isJSON {
      return context.object {
        $0.member("action", "export")
        $0.member("exported", wasWritten)
        $0.member("issues", count)
      }
    }
    context.print(
      wasWritten
        ? "✓ Exported to issues.jsonl (\(count) issues)" : "issues.jsonl is up to date (\(count) issues)")
  }

  static func printImport(_ report: ImportReport, _ context: BdContext) {
    for warning in report.warnings { context.warn("\(warning)") }
    if context.isJSON {
      return context.object {
        $0.member("action", "import")
        $0.key("imported")
        $0.imported(report)
      }
    }
    context.print(
      report.changeCount == 0 ? "Nothing to import" : "✓ Imported: \(counts(report).joined(separator: ", "))")
  }

  private static func counts(_ report: ImportReport) -> [String] {
    [(report.created.count, "created"), (report.updated.count, "updated"), (report.deleted.count, "deleted")]
      .filter { $0.0 > 0 }.map { "\(plural($0.0, "issue")) \($0.1)" }
  }

  private static func plural(_ count: Int, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
  }

  // MARK: With git

  static func print(_ report: SyncReport, _ action: String, _ context: BdContext) {
    for warning in report.warnings + report.imported.warnings { context.warn("\(warning)") }
    if context.isJSON { return json(report, action, context) }
    for note in report.notes { context.output.note("\(note)") }
    guard let branch = report.branch else {
      return context.print(report.exported ? "✓ Exported to issues.jsonl" : "issues.jsonl is up to date")
    }
    var facts: [String] = []
    if report.exported { facts.append("exported") }
    if !report.commits.isEmpty { facts.append("\(plural(report.commits.count, "commit")) made") }
    if report.pulled > 0 {
      facts.append("\(plural(report.pulled, "commit")) pulled (\(report.join.rawValue))")
    }
    facts += counts(report.imported)
    if report.pushed { facts.append("pushed to \(report.remote ?? "the remote")") }
    context.print("✓ \(branch): \(facts.isEmpty ? "nothing to do" : facts.joined(separator: ", "))")
  }

  private static func json(_ report: SyncReport, _ action: String, _ context: BdContext) {
    context.object { writer in
      writer.member("action", action)
      writer.optional("branch", report.branch)
      writer.member("sync_branch", report.isSyncBranch)
      writer.optional("remote", report.remote)
      writer.member("exported", report.exported)
      writer.member("commits", report.commits)
      writer.member("pulled", report.pulled)
      writer.member("join", report.join.rawValue)
      writer.member("merged_issues", report.mergedIssues)
      writer.key("imported")
      writer.imported(report.imported)
      writer.member("pushed", report.pushed)
      writer.member("notes", report.notes)
      writer.member("warnings", report.warnings + report.imported.warnings)
    }
  }

  // MARK: Looking

  static func print(_ status: SyncStatus, _ action: String, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("action", action)
        writer.member("clean", status.isClean)
        writer.optional("branch", status.branch)
        writer.member("sync_branch", status.isSyncBranch)
        writer.optional("upstream", status.upstream)
        writer.member("unexported", status.unexported)
        writer.member("file_newer", status.isFileNewer)
        writer.member("uncommitted", status.uncommitted)
        writer.member("ahead", status.ahead)
        writer.member("behind", status.behind)
        writer.member("git_off", status.isGitOff)
        writer.optional("problem", status.problem)
      }
    }
    if let branch = status.branch {
      context.print("Issues are on \(branch, .bold)\(status.isSyncBranch ? " (sync branch)" : "")")
    }
    if status.isGitOff { context.print("Git is off for this project (no-git-ops)") }
    for line in open(status) { context.print("  \(line)") }
    if let problem = status.problem { context.print("\(Style.yellow("!")) \(problem)") }
    if status.isClean { context.print("✓ Everything is \(status.isGitOff ? "exported" : "shared")") }
  }

  private static func open(_ status: SyncStatus) -> [String] {
    var lines: [String] = []
    if status.unexported > 0 { lines.append("\(plural(status.unexported, "changed issue")) not exported") }
    if status.isFileNewer { lines.append("issues.jsonl has changes that are not imported") }
    if !status.uncommitted.isEmpty {
      lines.append("not committed: " + status.uncommitted.joined(separator: ", "))
    }
    guard let upstream = status.upstream else { return lines }
    if status.ahead > 0 { lines.append("\(plural(status.ahead, "commit")) not pushed to \(upstream)") }
    if status.behind > 0 { lines.append("\(plural(status.behind, "commit")) of \(upstream) not merged") }
    return lines
  }

  static func printPlan(_ steps: [String], _ context: BdContext) {
    if context.isJSON {
      return context.object {
        $0.member("action", "plan")
        $0.member("dry_run", true)
        $0.member("steps", steps)
      }
    }
    if steps.isEmpty { return context.print("Nothing to do") }
    context.print("Would:")
    for step in steps { context.print("  \(step)") }
  }
}

extension JSONWriter {
  fileprivate mutating func imported(_ report: ImportReport) {
    object {
      $0.member("created", report.created.count)
      $0.member("updated", report.updated.count)
      $0.member("deleted", report.deleted.count)
    }
  }

  /// A member that is null without a value.
  mutating func optional(_ name: StaticString, _ value: String?) {
    if let value { return member(name, value) }
    key("\(name)")
    null()
  }
}
