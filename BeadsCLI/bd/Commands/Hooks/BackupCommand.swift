import BeadsKit
import CommandKit

/// `bd backup`: copies of the whole project, made, listed, checked and restored.
enum BackupCommand {
  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "backup", summary: "Back the project up, or restore a backup", section: CommandTree.Section.data,
      discussion: """
        Makes a backup now: database, issues.jsonl and settings as they are at one moment, with checksums, in a \
        directory of its own in .beads/backup, which git ignores, or where `bd backup init` says. Others go on working.
        """,
      examples: [
        "bd backup", "bd backup --keep 10", "bd backup init ~/Sync/beads", "bd backup list",
        "bd backup restore 20260302T090001Z",
      ],
      flags: [keep], subcommands: [start, sync, list, status, restore, remove], run: make)
  }

  private static let keep = Flag.int(
    "keep", in: 1...100_000, help: "Remove the oldest backups beyond this many")

  private static func backups(_ context: BdContext) throws(BeadsError) -> Backups {
    Backups(try context.workspace(), environment: context.environment)
  }

  // MARK: Making

  @Sendable private static func make(_ arguments: Arguments, _ context: BdContext) throws {
    try HooksCommand.refuseReadOnly("backup", context)
    let store = try context.store()
    try store.flush(force: true)
    let (made, removed) = try backups(context).make(store, keeping: try arguments.int("keep"))
    if context.isJSON {
      return context.object { writer in
        writer.backup(made)
        writer.member("removed", removed.map(\.name))
      }
    }
    context.print("✓ Backed up \(made.issueCount) issues to \(made.path)")
    for backup in removed { context.print("  removed \(backup.name)") }
  }

  private static var sync: CommandTree.BdCommand {
    CommandTree.BdCommand("sync", summary: "Make a backup now, as `bd backup` does", flags: [keep], run: make)
  }

  private static var start: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "init", summary: "Choose another directory for the backups of this clone",
      examples: ["bd backup init ~/Sync/beads"], positionals: [.required("directory")]
    ) { arguments, context in
      try HooksCommand.refuseReadOnly("backup init", context)
      let environment = context.environment
      let path = Path.absolute(
        Path.expandingHome(arguments.positionals[0], environment), in: environment.currentDirectory)
      try backups(context).choose(path)
      if context.isJSON { return context.object { $0.member("destination", path) } }
      context.print("✓ Backups go to \(path) from now on")
    }
  }

  // MARK: What there is

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand("list", summary: "List the backups, the latest first", examples: ["bd backup list"])
    {
      _, context in
      let all = try backups(context).list()
      if context.isJSON {
        return context.json { writer in
          writer.array(all) { writer, backup in writer.object { $0.backup(backup) } }
        }
      }
      if all.isEmpty { return context.print("There is no backup yet; bd backup makes one") }
      var table = Table([Table.Column(), Table.Column(alignment: .right), Table.Column()])
      for backup in all {
        table.add("\(backup.name)", "\(backup.issueCount) issues", Style.dim(Path.directory(of: backup.path)))
      }
      context.output.print(table)
    }
  }

  private static var status: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "status", summary: "Show where backups go, and check the latest one", examples: ["bd backup status"]
    ) { _, context in
      let backups = try backups(context)
      let all = try backups.list()
      let problems = all.first?.problems() ?? []
      if context.isJSON {
        context.object { writer in
          writer.member("directory", backups.directory)
          writer.member("is_chosen", backups.destination != nil)
          writer.member("count", all.count)
          if let latest = all.first {
            writer.key("latest")
            writer.object { $0.backup(latest) }
          }
          writer.member("problems", problems)
        }
      } else {
        context.print("Backups go to \(backups.directory)")
        if let latest = all.first {
          context.print("The latest of \(all.count) is \(latest.name) with \(latest.issueCount) issues")
          context.print(problems.isEmpty ? "✓ Every file in it is as it was written" : "It is damaged:")
          for problem in problems { context.print("  \(problem)") }
        } else {
          context.print("There is none yet; bd backup makes one")
        }
      }
      if !problems.isEmpty { throw ExitStatus(1) }
    }
  }

  // MARK: Restoring and removing

  private static let yes = Flag.bool("yes", short: "y", help: "Do it")

  private static var restore: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "restore", summary: "Put a backup in the place of what is there",
      discussion: """
        Says what would change, and does it with --yes. The database in use is set aside under another name, and \
        backed up before; settings stay. Clones that have what was made since bring it back with the next merge.
        """,
      examples: ["bd backup restore 20260302T090001Z"],
      flags: [yes, .bool("force", hidden: true, help: "Ignored")], positionals: [.required("name")]
    ) { arguments, context in
      let backups = try backups(context)
      let backup = try backups.find(arguments.positionals[0])
      let store = try context.store()
      let plan = try backups.plan(backup, store)
      guard arguments.bool("yes") else { return show(plan, backup, nil, context) }
      try HooksCommand.refuseReadOnly("backup restore", context)
      show(plan, backup, try backups.restore(backup, store), context)
    }
  }

  private static func show(
    _ plan: RestorePlan, _ backup: Backup, _ done: Backups.Restoration?, _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        writer.member("backup", backup.name)
        writer.member("restored", done != nil)
        writer.member("returning", plan.returning.map(\.rawValue))
        writer.member("changing", plan.changing.map(\.rawValue))
        writer.member("leaving", plan.leaving.map(\.rawValue))
        writer.member("unchanged", plan.unchangedCount)
        if let done {
          writer.member("safety_backup", done.safety.path)
          if let path = done.setAside { writer.member("set_aside", path) }
        }
      }
    }
    context.print(done == nil ? "Restoring \(backup.name) would change:" : "✓ Restored \(backup.name)")
    context.print("  come back, not here now:  \(plan.returning.count)")
    context.print("  become what they were:    \(plan.changing.count)")
    context.print("  go, made since:           \(plan.leaving.count)")
    context.print("  stay as they are:         \(plan.unchangedCount)")
    if let done {
      context.print("What was there is backed up in \(done.safety.path)")
      if let path = done.setAside { context.print("The database that was in use is now \(path)") }
    } else {
      context.print("Nothing was changed; --yes does it")
    }
  }

  private static var remove: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "remove", summary: "Forget the chosen directory, or remove one backup",
      discussion: "Backups in a directory that is forgotten stay there.",
      examples: ["bd backup remove", "bd backup remove 20260302T090001Z --yes"], flags: [yes],
      positionals: [.optional("name")]
    ) { arguments, context in
      try HooksCommand.refuseReadOnly("backup remove", context)
      let backups = try backups(context)
      guard let name = arguments.positionals.first else {
        let chosen = try backups.forgetDestination()
        if context.isJSON { return context.object { $0.member("forgotten", chosen ?? "") } }
        let here = "backups go to \(backups.directory)"
        return context.print(chosen.map { "✓ Forgot \($0); \(here)" } ?? "No directory was chosen; \(here)")
      }
      let backup = try backups.find(name)
      guard arguments.bool("yes") else {
        throw BeadsError(
          .invalid, "removing backup \(name) with \(backup.issueCount) issues needs --yes",
          hint: "nothing was changed")
      }
      try backups.remove(backup)
      if context.isJSON { return context.object { $0.member("removed", name) } }
      context.print("✓ Removed \(backup.path)")
    }
  }
}

extension JSONWriter {
  fileprivate mutating func backup(_ backup: Backup) {
    member("name", backup.name)
    member("path", backup.path)
    member("created_at", "\(backup.createdAt)")
    member("issues", backup.issueCount)
  }
}
