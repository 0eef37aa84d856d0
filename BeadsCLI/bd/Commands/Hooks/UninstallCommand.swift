import BeadsKit
import CommandKit

/// `bd uninstall`: removes what bd wrote outside .beads.
enum UninstallCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "uninstall", summary: "Remove everything bd wrote outside .beads",
      section: CommandTree.Section.setup,
      discussion: """
        Hooks, git settings, attributes and ignored names go; what somebody changed since stays and is named. \
        .beads itself, with all issues, is not touched: `bd init` and `bd hooks install` bring the rest back.
        """,
      examples: ["bd uninstall --dry-run", "bd uninstall"],
      flags: [
        .bool("dry-run", help: "List what would be removed and change nothing"),
        .bool("yes", short: "y", hidden: true, help: "Ignored: nothing is asked"),
      ]
    ) { arguments, context in
      let isDryRun = arguments.bool("dry-run")
      if !isDryRun { try HooksCommand.refuseReadOnly("uninstall", context) }
      let workspace = try HooksCommand.workspaceIfPresent(context)
      let uninstall = Uninstall(workspace: workspace, environment: try context.environmentOfDirectory())
      let items = try isDryRun ? uninstall.plan() : uninstall.run()
      show(items, workspace, isDryRun: isDryRun, context)
    }
  }

  private static func show(
    _ items: [Uninstall.Item], _ workspace: Workspace?, isDryRun: Bool, _ context: BdContext
  ) {
    let removed = items.filter { !$0.isKept }
    let kept = items.filter(\.isKept)
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", isDryRun)
        writer.key("removed")
        writer.array(removed) { $0.item($1) }
        writer.key("kept")
        writer.array(kept) { $0.item($1) }
        if let workspace { writer.member("beads_dir", workspace.beadsDirectory) }
      }
    }
    if items.isEmpty { context.print("Nothing of bd is outside .beads") }
    if !removed.isEmpty { context.print(isDryRun ? "Would remove:" : "✓ Removed:") }
    for item in removed { context.print("  \(item.path): \(item.detail)") }
    if !kept.isEmpty { context.print(isDryRun ? "Would leave:" : "Left:") }
    for item in kept { context.print("  \(item.path): \(item.detail)") }
    if let workspace { context.print("\(workspace.beadsDirectory) stays as it is, with all issues") }
  }
}

extension JSONWriter {
  fileprivate mutating func item(_ item: Uninstall.Item) {
    object { writer in
      writer.member("path", item.path)
      writer.member("what", item.detail)
    }
  }
}
