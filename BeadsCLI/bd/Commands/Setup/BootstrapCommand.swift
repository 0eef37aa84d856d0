import BeadsKit
import CommandKit

/// `bd bootstrap`: makes what is missing from what is there.
enum BootstrapCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "bootstrap", summary: "Set this checkout up from what git brought",
      section: CommandTree.Section.setup,
      discussion: """
        Makes the database from issues.jsonl and tells this clone's git how to merge that file. Where the remote has \
        a project that this checkout lacks, it says so. Where there is no project at all, only --yes starts one.
        """,
      examples: ["bd bootstrap --dry-run", "bd bootstrap --yes --json"],
      flags: [
        .bool("dry-run", help: "Say what would be done"),
        .bool("yes", short: "y", help: "Start a project where there is none"),
        .bool("non-interactive", hidden: true, help: "Ignored: it never asks"),
      ],
      run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    var options = WorkspaceInit.Options()
    options.directory = arguments.string("directory")
    options.databasePath = arguments.string("db")
    let plan = try WorkspaceInit(options, environment: context.environment).plan()
    let isTrial = arguments.bool("dry-run")
    var outcome: InitCommand.Outcome?
    switch plan {
    case .nothing: break
    case .updateCheckout(let reason):
      if !isTrial {
        throw BeadsError(.remoteDiverges, reason, hint: "bring this checkout up to date with git first")
      }
    case .start(let directory):
      if !isTrial, !arguments.bool("yes") {
        throw BeadsError(
          .noStore, "there is no project to set up, and none in the remote",
          hint: "`bd init` starts one in \(directory)")
      }
      fallthrough
    case .makeDatabase:
      if !isTrial {
        if arguments.bool("readonly") {
          throw BeadsError(.readOnly, "operation 'bootstrap' is not allowed in read-only mode")
        }
        outcome = try InitCommand.perform(options, context)
      }
    }
    show(plan, outcome, isTrial: isTrial, context)
  }

  private static func words(_ plan: WorkspaceInit.Plan) -> (action: String, reason: String, path: String?) {
    switch plan {
    case .nothing(let workspace): ("none", "the project and its database are there", workspace.beadsDirectory)
    case .makeDatabase(let workspace):
      ("import", "the database is missing; \(workspace.jsonlPath) has the issues", workspace.beadsDirectory)
    case .updateCheckout(let reason): ("pull", reason, nil)
    case .start(let directory): ("init", "there is no project yet", directory)
    }
  }

  private static func show(
    _ plan: WorkspaceInit.Plan, _ outcome: InitCommand.Outcome?, isTrial: Bool, _ context: BdContext
  ) {
    let (action, reason, path) = words(plan)
    if context.isJSON {
      return context.object { writer in
        writer.member("action", action)
        writer.member("reason", reason)
        if let path { writer.member("path", path) }
        writer.member("dry_run", isTrial)
        if let outcome {
          writer.member("prefix", outcome.report.prefix.rawValue)
          writer.member("imported", outcome.importedCount)
          writer.member("changes_outside", outcome.registration.changes)
        }
      }
    }
    guard let outcome else {
      return context.print(action == "none" ? "✓ Nothing to do: \(reason)" : "Would \(action): \(reason)")
    }
    let count = counted(outcome.importedCount, "issue")
    context.print("✓ Set up \(outcome.report.workspace.beadsDirectory): \(count)")
    for remark in outcome.registration.changes + outcome.report.notes + outcome.registration.notes {
      context.print("  \(remark)")
    }
  }
}
