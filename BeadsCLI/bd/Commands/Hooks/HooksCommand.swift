import BeadsKit
import CommandKit

/// `bd hooks`: our part of the git hooks of this checkout.
enum HooksCommand {
  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "hooks", summary: "Let git call bd when it commits, merges, switches and pushes",
      section: CommandTree.Section.data,
      discussion: """
        Nothing needs these hooks: every command takes over what git brought, and writes what changed. With them the \
        issues are part of each commit without anybody thinking of it.

        A hook that is there already keeps working: one section is added to it between two marker lines, in the \
        directory that git uses, and nothing else is touched. Where bd is missing, failing or slow \
        ($BEADS_HOOK_TIMEOUT seconds, default 5), git goes on. Only two checks stop git: a commit while \
        $BEADS_NO_AUTO_STAGE is set and issue changes are not staged, and a push while they are not committed.

        Programs of your own are called after changes: .beads/hooks/on_create, on_update and on_close get the ID and \
        the event as arguments and the issue as JSON on standard input. The command does not wait for them; what they \
        print, and failures, go to .beads/hooks.log. `bd config set no-hooks true` switches them off.
        """,
      examples: ["bd hooks install", "bd hooks list", "bd hooks uninstall"],
      subcommands: [install, uninstall, list, run, fire])
  }

  private static var install: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "install", summary: "Install the hooks, or bring them up to date",
      discussion: """
        pre-commit writes issues.jsonl and stages it; post-merge and post-checkout take over what came; pre-push \
        holds a push back while issue changes are not committed; prepare-commit-msg names the agent that $GT_ROLE \
        tells. Hooks that are no shell scripts are left alone, unless --chain.
        """,
      examples: ["bd hooks install", "bd hooks install --chain", "bd hooks install --shared"],
      flags: [
        .bool(
          "shared", help: "Write scripts for everybody into .beads-hooks, and the merge driver's attribute"),
        .bool("beads", help: "Write scripts into .beads/hooks"),
        .bool("chain", help: "Rename hooks that are there to NAME.old and run them from ours"),
        .bool("force", help: "Chain what cannot be edited; use a hooks directory of several repositories"),
      ]
    ) { arguments, context in
      var options = GitHooks.Options()
      if arguments.bool("shared"), arguments.bool("beads") {
        throw BeadsError(.invalid, "--shared and --beads exclude each other", hint: "give one of them")
      }
      if arguments.bool("shared") { options.place = .shared }
      if arguments.bool("beads") { options.place = .beads }
      options.chains = arguments.bool("chain")
      options.forces = arguments.bool("force")
      try refuseReadOnly("hooks install", context)
      let report = try hooks(context, workspace: context.workspace()).install(options)
      let count = report.hooks.count { !$0.isRefused }
      let message = "Installed \(count) git hooks in \(report.directory)"
      if context.isJSON {
        return context.object { writer in
          writer.member("success", true)
          writer.member("message", message)
          writer.member("shared", arguments.bool("shared"))
          writer.member("chained", arguments.bool("chain"))
          writer.member("beadsHooks", arguments.bool("beads"))
          writer.report(report)
        }
      }
      show(report, message, context)
    }
  }

  private static var uninstall: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "uninstall", summary: "Take bd out of the hooks, and leave the rest of them as it is",
      examples: ["bd hooks uninstall"]
    ) { _, context in
      try refuseReadOnly("hooks uninstall", context)
      let report = try hooks(context, workspace: workspaceIfPresent(context)).uninstall()
      let message = "Removed \(report.hooks.count) git hooks from \(report.directory)"
      if context.isJSON {
        return context.object { writer in
          writer.member("success", true)
          writer.member("message", message)
          writer.report(report)
        }
      }
      if report.hooks.isEmpty { return context.print("No hook has anything of bd") }
      show(report, message, context)
    }
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand("list", summary: "Show which hooks are installed", examples: ["bd hooks list"]) {
      _, context in
      let statuses = try hooks(context, workspace: workspaceIfPresent(context)).list()
      if context.isJSON {
        return context.object { writer in
          writer.key("hooks")
          writer.array(statuses) { writer, status in
            writer.object { writer in
              writer.member("Name", status.hook.rawValue)
              writer.member("Installed", status.isInstalled)
              writer.member("Version", status.version)
              writer.member("IsShim", status.isShim)
              writer.member("Outdated", status.isOutdated)
            }
          }
        }
      }
      var table = Table([Table.Column(), Table.Column()])
      for status in statuses { table.add("\(status.hook.rawValue)", text(status)) }
      context.output.print(table)
      if statuses.contains(where: \.isOutdated) { context.print("bd hooks install brings them up to date") }
    }
  }

  private static func text(_ status: GitHooks.HookStatus) -> TerminalText {
    if !status.isInstalled { return Style.dim("not installed") }
    let version = status.version.isEmpty ? "" : " (\(status.version))"
    return "\(status.isOutdated ? "outdated" : "installed")\(version)"
  }

  // MARK: Support

  static func hooks(_ context: BdContext, workspace: Workspace?) throws(BeadsError) -> GitHooks {
    try GitHooks(workspace: workspace, environment: context.environmentOfDirectory())
  }

  static func workspaceIfPresent(_ context: BdContext) throws(BeadsError) -> Workspace? {
    do throws(BeadsError) { return try context.workspace() } catch {
      if error.code == .noStore { return nil }
      throw error
    }
  }

  static func refuseReadOnly(_ operation: String, _ context: BdContext) throws(BeadsError) {
    guard context.arguments.bool("readonly") else { return }
    throw BeadsError(.readOnly, "operation '\(operation)' is not allowed in read-only mode")
  }

  private static func show(_ report: GitHooks.Report, _ message: String, _ context: BdContext) {
    context.print("✓ \(message)")
    var table = Table([Table.Column(), Table.Column()])
    for change in report.hooks { table.add("  \(change.hook.rawValue)", "\(change.summary)") }
    context.output.print(table)
    for change in report.changes { context.print("  \(change)") }
    for note in report.notes { context.print("  \(note)") }
  }
}

extension JSONWriter {
  fileprivate mutating func report(_ report: GitHooks.Report) {
    member("directory", report.directory)
    key("hooks")
    array(report.hooks) { writer, change in
      writer.object { writer in
        writer.member("name", change.hook.rawValue)
        writer.member("result", change.summary)
        writer.member("refused", change.isRefused)
      }
    }
    member("changes", report.changes)
    member("notes", report.notes)
  }
}
