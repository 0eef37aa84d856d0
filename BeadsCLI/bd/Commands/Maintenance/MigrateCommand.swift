import BeadsKit
import CommandKit

/// `bd migrate`: a database of an older version is brought up to date.
enum MigrateCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "migrate", summary: "Bring the database of an older version up to date",
      section: CommandTree.Section.maintenance,
      discussion: """
        Copies the database to .beads/backup, then makes all changes in one transaction. A database of this version \
        is left as it is; one of a newer version can be read and is not changed.
        """,
      examples: ["bd migrate --dry-run", "bd migrate --inspect --json"],
      flags: [
        .bool("dry-run", help: "Say what would be done"),
        .bool("inspect", help: "Show the steps there are and the state of the database"),
        .bool("yes", short: "y", help: "Do not ask"),
        .bool("update-repo-id", help: "Show the identity of the project, which it keeps"),
        .bool("cleanup", hidden: true, help: "Ignored"),
        .bool("to-sqlite", hidden: true, help: "Ignored: it is SQLite"),
        .bool("to-dolt", hidden: true, help: "Refused: there is no Dolt"),
      ],
      subcommands: [
        MigrateSubcommands.schema, MigrateSubcommands.sync, MigrateSubcommands.tombstones,
        MigrateIssuesCommand.command,
      ]
    ) { arguments, context in
      let workspace = try context.workspace()
      let location = StoreLocation(workspace)
      if arguments.bool("to-dolt") {
        throw BeadsError(
          .unsupported, "there is no Dolt here", hint: "`bd export` writes what other tools can read")
      }
      if arguments.bool("update-repo-id") { return showIdentity(workspace, context) }
      if arguments.bool("inspect") { return try inspect(location, context) }
      let isDryRun = arguments.bool("dry-run")
      if !isDryRun, arguments.bool("readonly") {
        throw BeadsError(.readOnly, "operation 'migrate' is not allowed in read-only mode")
      }
      let report = try Store.migrate(at: location, environment: context.environment, isDryRun: isDryRun)
      if context.isJSON { return printJSON(report, isDryRun: isDryRun, context) }
      if report.applied.isEmpty { return context.print("✓ The database is up to date (schema \(report.to))") }
      for step in report.applied { context.print("\(step.version) \(step.name): \(step.summary)") }
      context.print(
        isDryRun
          ? "Would go from schema \(report.from) to \(report.to)"
          : "✓ Went from schema \(report.from) to \(report.to)")
      if let backup = report.backup { context.print("  a copy of what was there: \(backup)") }
    }
  }

  /// A project has one identity from its start, whatever its remote is called: there is nothing to update.
  private static func showIdentity(_ workspace: Workspace, _ context: BdContext) {
    let identity = workspace.projectID ?? ""
    if context.isJSON {
      return context.object { writer in
        writer.member("status", "current")
        writer.member("old_repo_id", identity)
        writer.member("new_repo_id", identity)
      }
    }
    context.print("✓ The project's identity is up to date\(identity.isEmpty ? "" : ": \(identity)")")
  }

  private static func printJSON(_ report: MigrationReport, isDryRun: Bool, _ context: BdContext) {
    context.object { writer in
      writer.member("status", report.applied.isEmpty ? "current" : isDryRun ? "pending" : "migrated")
      writer.member("from_version", report.from)
      writer.member("to_version", report.to)
      writer.member("applied", report.applied.map(\.name))
      if let backup = report.backup { writer.member("backup", backup) }
    }
  }

  private static func inspect(_ location: StoreLocation, _ context: BdContext) throws(BeadsError) {
    let store = FileSystem.exists(location.databasePath) ? try context.inspectedStore() : nil
    let version = try store?.schemaFacts().version ?? 0
    let count = try store?.count() ?? 0
    let config = try store?.allConfig().filter { !$0.key.hasPrefix("kv.") } ?? []
    let missing = config.contains { $0.key == "issue_prefix" } ? [] : ["issue_prefix"]
    let warnings = store == nil ? ["there is no database yet"] : []
    if context.isJSON {
      return context.object { writer in
        writer.key("registered_migrations")
        writer.array(Migration.all) { writer, step in
          writer.object { writer in
            writer.member("name", step.name)
            writer.member("description", step.summary)
          }
        }
        writer.key("current_state")
        writer.object { writer in
          writer.member("schema_version", "\(version)")
          writer.member("issue_count", count)
          writer.key("config")
          writer.beginObject()
          for pair in config {
            writer.key(pair.key)
            writer.string(pair.value)
          }
          writer.endObject()
          writer.member("missing_config", missing)
          writer.member("db_exists", store != nil)
        }
        writer.member("warnings", warnings)
        writer.member(
          "invariants_to_check", ["no_issue_lost", "edges_have_issues", "required_config_present"])
      }
    }
    for step in Migration.all { context.print("\(step.version) \(step.name): \(step.summary)") }
    context.print("The database has schema \(version) and \(counted(count, "issue"))")
    for warning in warnings { context.print("\(warning)") }
  }
}
