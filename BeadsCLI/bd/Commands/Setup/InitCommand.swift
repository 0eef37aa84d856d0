import BeadsKit
import CommandKit

/// `bd init`: starts a project in this directory, or joins one that git brought.
enum InitCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "init", summary: "Start a project here", section: CommandTree.Section.setup,
      discussion: """
        Writes the files in .beads/ and makes the database; when issues.jsonl is there already, its issues are taken \
        over. Outside .beads it only tells this clone's git how to merge issues.jsonl, and says so. On a project \
        that exists nothing is changed.
        """,
      examples: ["bd init", "bd init --prefix web", "bd init --stealth", "bd init --contributor"],
      flags: flags, run: run)
  }

  private static var flags: [Flag] {
    let own: [Flag] = [
      .string(
        "prefix", short: "p", placeholder: "PREFIX",
        help: "What IDs start with (default: the directory's name)"),
      .bool("stealth", help: "Keep .beads out of git, and git out of bd"),
      .bool("setup-exclude", help: "Keep .beads out of git in this clone"),
      .bool("skip-merge-driver", help: "Do not register the merge driver in this clone"),
      .choice("role", values: Role.allCases.map(\.rawValue), help: "Your role in this project"),
      .bool(
        "contributor",
        help: "Your role is contributor: .beads stays out of git, new issues go to your planning project"),
      .bool("team", help: "Your role is maintainer: issues travel with the project"),
      .bool(
        "reinit-local", aliases: ["force"], help: "Set the database aside and make it anew from issues.jsonl"),
      .bool("discard-remote", help: "Start anew although the remote has a project here"),
      .string(
        "destroy-token", placeholder: "TOKEN", help: "Confirms --reinit-local: DESTROY- and the prefix"),
    ]
    let ignoredSwitches = [
      "skip-hooks", "skip-agents", "from-jsonl", "non-interactive", "server",
      "shared-server",
      "external", "debug", "proxied-server", "proxied-server-external-tls",
    ]
    let ignoredValues = [
      "agents-template", "agents-profile", "agents-file", "remote", "backend", "server-host", "server-port",
      "server-socket", "server-user", "database", "proxied-server-config-path", "proxied-server-log-path",
      "proxied-server-root-path", "proxied-server-external-host", "proxied-server-external-port",
      "proxied-server-external-socket-path", "proxied-server-external-user",
      "proxied-server-external-tls-cert-path",
      "proxied-server-external-tls-key-path", "proxied-server-external-keep-alive",
    ]
    return own + [.string("branch", short: "b", hidden: true, help: "Ignored")]
      + ignoredSwitches.map { .bool($0, hidden: true, help: "Ignored") }
      + ignoredValues.map { .string($0, hidden: true, help: "Ignored") }
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    var options = WorkspaceInit.Options()
    options.prefix = arguments.string("prefix")
    options.directory = arguments.string("directory")
    options.databasePath = arguments.string("db")
    options.isStealth = arguments.bool("stealth")
    options.excludesFiles = arguments.bool("setup-exclude")
    options.role = try role(arguments)
    if arguments.bool("contributor") { options.excludesFiles = true }
    options.registersMergeDriver = !arguments.bool("skip-merge-driver")
    options.reinitializes = arguments.bool("reinit-local")
    options.discardsRemote = arguments.bool("discard-remote")
    options.destroyToken = arguments.string("destroy-token")

    if arguments.bool("readonly") {
      throw BeadsError(.readOnly, "operation 'init' is not allowed in read-only mode")
    }
    let outcome = try perform(options, context)
    if options.role == .contributor { try makePlanning(outcome.report, context) }
    show(outcome, context)
  }

  /// What starting or joining a project did.
  struct Outcome {
    let report: WorkspaceInit.Report
    let registration: WorkspaceInit.Registration
    let importedCount: Int
    let hasDatabase: Bool
  }

  /// Makes the files, the database and what git has to know.
  static func perform(_ options: WorkspaceInit.Options, _ context: BdContext) throws -> Outcome {
    let setup = WorkspaceInit(options, environment: context.environment)
    let report = try setup.prepare()
    var imported = 0
    let configuration = Configuration(environment: context.environment, workspace: report.workspace)
    if context.arguments.bool("no-db") { try configuration.set("no-db", to: "true") }
    let hasDatabase = try !configuration.bool("no-db")
    if report.state != .existing, hasDatabase {
      let location = StoreLocation(report.workspace)
      let store = try Store.create(
        at: location, prefix: report.prefix, actor: actor(context, report.workspace),
        environment: context.environment)
      do throws(BeadsError) {
        imported = try store.importChanges()?.created.count ?? 0
        try store.flush(force: true)
      } catch {
        store.closeConnection()
        context.warn("the project is set up, but \(error.message)")
      }
      store.closeConnection()
    }
    return Outcome(
      report: report, registration: try setup.register(report), importedCount: imported,
      hasDatabase: hasDatabase)
  }

  /// The role that `--role`, `--contributor` or `--team` names; they have to agree.
  private static func role(_ arguments: Arguments) throws -> Role? {
    var named: [(flag: String, role: Role)] = []
    if let text = arguments.string("role") { named.append(("role", try Role(userInput: text))) }
    if arguments.bool("contributor") { named.append(("contributor", .contributor)) }
    if arguments.bool("team") { named.append(("team", .maintainer)) }
    if let other = named.first(where: { $0.role != named[0].role }) {
      throw BeadsError(
        .invalid, "--\(named[0].flag) and --\(other.flag) name different roles", hint: "give one of them")
    }
    return named.first?.role
  }

  /// Makes the project where a contributor's issues go, so that it is there when the first one is made.
  private static func makePlanning(_ report: WorkspaceInit.Report, _ context: BdContext) throws(BeadsError) {
    let configuration = Configuration(environment: context.environment, workspace: report.workspace)
    guard let text = try configuration.string("routing.contributor"), !text.isEmpty else { return }
    let path = Path.absolute(
      Path.expandingHome(text, context.environment), in: report.workspace.projectDirectory)
    if try PlanningProject.make(at: path, prefix: report.prefix, environment: context.environment),
      !context.isQuiet
    {
      context.output.note("Made \(path), where a contributor's issues go (routing.contributor)")
    }
  }

  private static func actor(_ context: BdContext, _ workspace: Workspace) throws(BeadsError) -> String {
    try Configuration(environment: context.environment, workspace: workspace)
      .actor(option: context.arguments.string("actor")).name
  }

  private static func show(_ outcome: Outcome, _ context: BdContext) {
    let (report, registration) = (outcome.report, outcome.registration)
    let (imported, hasDatabase) = (outcome.importedCount, outcome.hasDatabase)
    let workspace = report.workspace
    if context.isJSON {
      return context.object { writer in
        writer.member("state", "\(report.state)")
        writer.member("path", workspace.beadsDirectory)
        writer.member("database_path", workspace.databasePath)
        writer.member("prefix", report.prefix.rawValue)
        writer.member("imported", imported)
        writer.member("written", report.written)
        writer.member("changes_outside", registration.changes)
        writer.member("notes", report.notes + registration.notes)
      }
    }
    if context.isQuiet { return }
    switch report.state {
    case .created: context.print("✓ Started a project in \(workspace.beadsDirectory)")
    case .joined: context.print("✓ Joined the project in \(workspace.beadsDirectory)")
    case .existing:
      context.print("✓ There is a project in \(workspace.beadsDirectory) already; nothing was changed")
    case .reinitialized: context.print("✓ Made the database of \(workspace.beadsDirectory) anew")
    }
    context.print("")
    context.print("  Backend: \(hasDatabase ? "sqlite" : "issues.jsonl alone")")
    if hasDatabase { context.print("  Database: \(workspace.databasePath)") }
    context.print("  Issue prefix: \(report.prefix.rawValue)")
    if imported > 0 { context.print("  Issues taken over: \(imported)") }
    let remarks = registration.changes + report.notes + registration.notes
    if !remarks.isEmpty { context.print("") }
    for remark in remarks { context.print("  \(remark)") }
    context.print("")
    context.print("Next: bd create \"First issue\"")
    if workspace.repository != nil {
      context.print("Optional: bd hooks install lets each commit take the issues along")
    }
  }
}
