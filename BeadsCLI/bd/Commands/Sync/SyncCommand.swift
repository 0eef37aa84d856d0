import BeadsKit
import CommandKit

/// `bd sync`: issues into the file, and with --full through git to everybody else.
enum SyncCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "sync", summary: "Export issues, or share them through git", section: CommandTree.Section.data,
      discussion: """
        Alone it writes issues.jsonl and does nothing with git. With --full it also commits .beads (and nothing else), \
        fetches, merges, imports and pushes the branch; issues merge field by field, and code with git. With the \
        setting sync-branch the issues travel on a branch of their own, which is never checked out. Staged and \
        changed files of yours stay as they are; what cannot be done safely is not done.
        """,
      examples: [
        "bd sync", "bd sync --full", "bd sync --full --no-push -m \"Plan the release\"", "bd sync --status",
        "bd config set sync-branch beads-sync",
      ],
      flags: actions + details + ignored,
      subcommands: [SyncModeCommand.group], run: run)
  }

  private static var actions: [Flag] {
    [
      .bool("full", help: "Export, commit, fetch, merge, import and push"),
      .bool("status", help: "Say what is not shared yet; changes nothing"),
      .bool("check", help: "As --status, with exit status 1 when there is something to do"),
      .bool("flush-only", help: "Only export (as without flags)"),
      .bool("import-only", aliases: ["import"], help: "Only import what changed in issues.jsonl"),
      .bool("squash", help: "Export and leave the commit to a later --full"),
      .bool("from-main", help: "Take over the issues of the main branch without committing"),
      .bool("merge", help: "Sync, then merge the sync branch into the checked-out branch"),
      .bool(
        "resolve", help: "Sync although both sides changed the same fields (with --ours, --theirs, --manual)"),
      .string("set-mode", placeholder: "MODE", hidden: true, help: "As `bd sync mode set`"),
    ]
  }

  private static var details: [Flag] {
    [
      .string("message", short: "m", placeholder: "TEXT", help: "The message of the commits"),
      .bool("no-pull", help: "Do not fetch and merge"),
      .bool("no-push", help: "Do not push"),
      .bool("dry-run", help: "Say what would be done; changes nothing, no network"),
      .bool("ours", help: "Where both sides changed a field, this clone's value wins"),
      .bool("theirs", help: "Where both sides changed a field, the remote's value wins"),
      .bool("manual", help: "Where both sides changed a field, stop and name it"),
    ]
  }

  private static var ignored: [Flag] {
    ["rename-on-import", "no-git-history", "accept-rebase", "force"].map {
      .bool($0, hidden: true, help: "Ignored: syncing merges and loses nothing")
    }
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    if arguments.bool("status") || arguments.bool("check") { return try status(arguments, context) }
    if arguments.bool("dry-run") { return try plan(arguments, context) }
    if let mode = arguments.string("set-mode") { return try SyncModeCommand.set(mode, context) }
    if arguments.bool("import-only") { return try importOnly(context) }
    let action = ["from-main", "merge", "resolve", "full"].first { arguments.bool($0) }
    guard let action, !arguments.bool("squash"), !arguments.bool("flush-only") else {
      return try export(context)
    }
    let configuration = try context.configuration()
    let options = try options(arguments)
    let store = try context.store()
    let say = { (text: String) in
      if !context.isQuiet {
        for line in text.split(separator: "\n") { context.output.note("\(String(line))") }
      }
    }
    let report: SyncReport
    if action == "from-main" {
      report = try GitSync.takeFromMain(
        store, in: context.workspace(), configuration, options: options, progress: say)
    } else {
      report = try GitSync.run(store, in: context.workspace(), configuration, options: options, progress: say)
    }
    SyncText.print(report, action, context)
  }

  private static func options(_ arguments: Arguments) throws(BeadsError) -> SyncOptions {
    var options = SyncOptions()
    if let message = arguments.string("message") {
      if message.allSatisfy(\.isWhitespace) {
        throw BeadsError(
          .invalid, "the commit message is empty", hint: "leave -m out for one that names the issues")
      }
      options.message = message
    }
    options.pulls = !arguments.bool("no-pull")
    options.pushes = !arguments.bool("no-push")
    options.mergesSyncBranch = arguments.bool("merge")
    let strategies = ConflictStrategy.allCases.filter { $0 != .newest && arguments.bool($0.rawValue) }
    if strategies.count > 1 {
      throw BeadsError(
        .invalid, strategies.map { "--\($0.rawValue)" }.joined(separator: " and ") + " contradict each other")
    }
    options.strategy = strategies.first ?? (arguments.bool("resolve") ? .newest : nil)
    return options
  }

  // MARK: Without git

  private static func export(_ context: BdContext) throws {
    let store = try context.store()
    // Within another sync, that one exports what this command changed.
    let isInside = context.environment["BD_SYNC_IN_PROGRESS"] != nil
    let wasWritten = try isInside ? false : store.flush(force: true)
    SyncText.printExport(wasWritten, try store.exportedCount(), context)
  }

  private static func importOnly(_ context: BdContext) throws {
    let store = try context.store()
    let report = try context.imported ?? store.importChanges() ?? ImportReport()
    context.flush()
    SyncText.printImport(report, context)
  }

  // MARK: Looking

  /// The store without taking anything over, or nil without a database.
  private static func storeToLook(_ context: BdContext) throws -> Store? {
    let location = StoreLocation(try context.workspace())
    guard FileSystem.exists(location.databasePath) else { return nil }
    return try Store.open(at: location, access: .readOnly, environment: context.environment)
  }

  private static func look(_ context: BdContext) throws -> SyncStatus {
    let store = try storeToLook(context)
    defer { store?.closeConnection() }
    return try GitSync.status(store, in: context.workspace(), context.configuration())
  }

  private static func status(_ arguments: Arguments, _ context: BdContext) throws {
    let status = try look(context)
    SyncText.print(status, arguments.bool("check") ? "check" : "status", context)
    if arguments.bool("check"), !status.isClean { throw ExitStatus(1) }
  }

  private static func plan(_ arguments: Arguments, _ context: BdContext) throws {
    let status = try look(context)
    var steps = status.plan(try options(arguments))
    let usesGit = ["full", "merge", "resolve", "from-main"].contains { arguments.bool($0) }
    if !usesGit || arguments.bool("squash") {
      steps = steps.filter { $0.hasPrefix("import") || $0.hasPrefix("export") }
    }
    SyncText.printPlan(steps, context)
  }
}
