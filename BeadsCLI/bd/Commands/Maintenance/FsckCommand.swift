import BeadsKit
import CommandKit

/// `bd fsck`: the proof that nothing was lost.
enum FsckCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "fsck", summary: "Prove that database, file and operation log agree",
      section: CommandTree.Section.maintenance,
      discussion: """
        Compares every issue with its line in issues.jsonl, with the last operation on it and with everything that \
        is derived from it, and looks for issues that were ever committed and are not known any more. Reads only. \
        Exit status 0 means that all of it agrees, 1 that something was found.
        """,
      examples: ["bd fsck", "bd fsck --no-git --json"],
      flags: [.bool("no-git", help: "Leave git's history out")]
    ) { arguments, context in
      let store = try context.inspectedStore()
      let progress = Progress(context)
      let workspace = try context.workspace()
      let hasHistory = !arguments.bool("no-git") && workspace.repository != nil
      let report = try store.fsck(history: hasHistory ? workspace : nil) { progress.show(text(of: $0)) }
      if context.isJSON { printJSON(report, store, context) } else { printText(report, store, context) }
      if !report.isClean { throw ExitStatus(1) }
    }
  }

  private static func text(of phase: FsckPhase) -> TerminalText {
    switch phase {
    case .history(let state): "reading git's history: \(state.versions) versions of the file"
    case .pages: "checking the pages of the database"
    case .tables: "checking the tables"
    case .file: "reading the file"
    case .issues: "comparing the issues with the file and the operation log"
    }
  }

  // MARK: For people

  /// How many findings of one kind are spelled out.
  private static let shownOfAKind = 10

  private static func printText(_ report: FsckReport, _ store: Store, _ context: BdContext) {
    for kind in FsckFinding.Kind.allCases {
      let findings = report.findings.filter { $0.kind == kind }
      for finding in findings.prefix(shownOfAKind) { context.print("\(Style.red("✗")) \(finding.message)") }
      if findings.count > shownOfAKind {
        context.print("  … and \(findings.count - shownOfAKind) more like this; --json lists all")
      }
    }
    if !report.isClean { context.print("") }
    let proved = report.proved
    context.print(
      "Compared \(counted(proved.issues, "issue")) with \(counted(proved.lines, "line")) and \(counted(proved.operations, "operation")) (\(counted(proved.changes, "change")))."
    )
    context.print(
      "Checked \(counted(proved.pages, "page")), \(counted(proved.edges, "edge")), \(counted(proved.comments, "comment")), \(proved.blocked) blocked."
    )
    if let history = proved.history {
      context.print("Looked for \(counted(history, "ID")) of git's history.")
    }
    if proved.waiting > 0 {
      context.print("\(counted(proved.waiting, "issue")) not written to \(store.location.jsonlPath) yet.")
    }
    context.print(
      report.isClean
        ? "\(Style.green("✓")) Everything agrees"
        : "\(Style.red("✗")) \(counted(report.findings.count, "disagreement"))")
  }

  // MARK: For programs

  private static func printJSON(_ report: FsckReport, _ store: Store, _ context: BdContext) {
    context.object { writer in
      writer.member("path", store.location.directory)
      writer.member("ok", report.isClean)
      writer.key("compared")
      writer.object { $0.counts(report.proved) }
      writer.key("findings")
      writer.array(report.findings) { writer, finding in
        writer.object { writer in
          writer.member("kind", finding.kind.rawValue)
          writer.member("subject", finding.subject)
          writer.member("message", finding.message)
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func counts(_ counts: FsckCounts) {
    member("pages", counts.pages)
    member("issues", counts.issues)
    member("lines", counts.lines)
    member("waiting", counts.waiting)
    member("operations", counts.operations)
    member("changes", counts.changes)
    member("edges", counts.edges)
    member("comments", counts.comments)
    member("blocked", counts.blocked)
    if let history = counts.history { member("history", history) }
  }
}
