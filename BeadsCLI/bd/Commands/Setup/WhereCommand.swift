import BeadsKit
import CommandKit

/// `bd where`: which project a command here works on, and why.
///
/// It opens nothing that it would have to make or repair, and answers when there is no project too.
enum WhereCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "where", summary: "Show which project commands here work on", section: CommandTree.Section.setup,
      discussion: """
        The first of these that names or holds a project is taken: --db, -C, $BEADS_DIR, $BEADS_DB and $BD_DB, \
        then .beads in this directory and those above it up to the root of the checkout. A file .beads/redirect \
        leads elsewhere, once. In a git worktree files that git put into .beads are no store: the main checkout's \
        is used, unless the worktree has a redirect or a database.
        """,
      examples: ["bd where", "bd where --explain"],
      flags: [.bool("explain", help: "Show every place that was looked at, and why it was taken or not")],
      run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let search = WorkspaceSearch(
      environment: context.environment, databasePath: arguments.string("db"),
      directory: arguments.string("directory"))
    let explained = arguments.bool("explain") ? search.candidates : nil
    switch search.result {
    case .success(let workspace): try show(workspace, explained, context)
    case .failure(let error):
      guard let explained else { throw error }
      if context.isJSON {
        context.object { writer in
          writer.member("code", error.code.name)
          writer.member("error", error.message)
          if let hint = error.hint { writer.member("hint", hint) }
          writer.candidates(explained)
        }
      } else {
        print(explained, context)
      }
      throw ExitStatus(context.output.report(error))
    }
  }

  private static func show(
    _ workspace: Workspace, _ explained: [WorkspaceCandidate]?, _ context: BdContext
  ) throws {
    for warning in workspace.warnings { context.warn("\(warning)") }
    let prefix = try prefix(workspace, context).rawValue
    if context.isJSON {
      return context.object { writer in
        writer.member("path", workspace.beadsDirectory)
        if let from = workspace.redirectedFrom { writer.member("redirected_from", from) }
        writer.member("prefix", prefix)
        writer.member("database_path", workspace.databasePath)
        if let explained { writer.candidates(explained) }
      }
    }
    context.print("\(workspace.beadsDirectory)")
    if let from = workspace.redirectedFrom { context.print("  redirected from: \(from)") }
    context.print("  prefix: \(prefix)")
    let isMade = FileSystem.exists(workspace.databasePath)
    context.print("  database: \(workspace.databasePath)\(isMade ? "" : " (not made yet)")")
    guard let explained else { return }
    context.print("")
    print(explained, context)
  }

  /// The prefix that the database has or, without one that can be read, the one that the files tell.
  private static func prefix(_ workspace: Workspace, _ context: BdContext) throws(BeadsError) -> Prefix {
    let store = try? Store.open(
      at: StoreLocation(workspace), access: .readOnly, environment: context.environment)
    defer { store?.closeConnection() }
    if let prefix = try? store?.prefixes().primary { return prefix }
    return try workspace.recordedPrefix(context.environment).prefix
  }

  private static func print(_ candidates: [WorkspaceCandidate], _ context: BdContext) {
    context.print("Looked at, the strongest first:")
    var table = Table([Table.Column(), Table.Column(), Table.Column(), Table.Column()])
    for candidate in candidates {
      let mark: TerminalText =
        switch candidate.outcome {
        case .taken: Style.green("✓")
        case .passed: "·"
        case .unset, .overruled: "-"
        }
      table.add(
        "  \(mark)", "\(candidate.source)",
        candidate.outcome == .taken ? "\(candidate.reason)" : Style.dim("\(candidate.reason)"),
        "\(candidate.path ?? "")")
    }
    context.output.print(table)
  }
}

extension JSONWriter {
  fileprivate mutating func candidates(_ candidates: [WorkspaceCandidate]) {
    key("explanation")
    array(candidates) { writer, candidate in
      writer.object { writer in
        writer.member("candidate", candidate.source)
        if let path = candidate.path { writer.member("path", path) }
        writer.member("outcome", candidate.outcome.rawValue)
        writer.member("reason", candidate.reason)
      }
    }
  }
}
