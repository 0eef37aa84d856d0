import BeadsKit
import CommandKit

/// `bd prime`: what an agent has to know at the start of a session (contract 5.15).
enum PrimeCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "prime", summary: "Tell an agent how to work with these issues", section: CommandTree.Section.setup,
      discussion: """
        Prints a short guide in Markdown and, after it, what `bd remember` keeps, in at most \
        \(PrimeText.defaultBudget) bytes: more is cut off by the programs agents run in. What has no room is left \
        out, memories first. Outside a project it prints nothing.

        A file .beads/PRIME.md, in this checkout or the project, or beads/PRIME.md in your directory for settings \
        takes the place of the guide; start one with `bd prime --export`.
        """,
      examples: [
        "bd prime", "bd prime --budget 1000", "bd prime --memories-only", "bd prime --hook-json",
        "bd prime --export",
      ],
      flags: [
        .int("budget", placeholder: "BYTES", in: 100...Int.max, help: "Print at most so many bytes"),
        .bool("full", help: "Everything: the guide to the commands, all memories, no limit"),
        .bool("mcp", help: "The guide for agents that have the tools of an MCP server"),
        .bool("stealth", help: "Leave out what has to do with git"),
        .bool("export", help: "Our own guide alone, as a start for PRIME.md"),
        .bool("memories-only", help: "Only what is remembered"),
        .bool("hook-json", help: "As the answer of a SessionStart hook"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    guard let workspace = try HooksCommand.workspaceIfPresent(context) else { return }
    let isExport = arguments.bool("export")
    let own = try isExport ? nil : AgentGuide.override(workspace, context.environment)
    var prime = PrimeText(guide: try guide(workspace, own, context))
    if !isExport { prime.memories = memories(workspace, context) }
    let text = prime.text(budget: try budget(arguments, own))
    if text.isEmpty { return }
    guard arguments.bool("hook-json") else { return context.write(text) }
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("hookSpecificOutput")
      writer.object { writer in
        writer.member("hookEventName", "SessionStart")
        writer.member("additionalContext", text)
      }
    }
    context.output.write(writer.bytes)
    context.output.write("\n")
  }

  /// The limit; what the user wrote is cut only if the user says so, and leaves some room for memories.
  private static func budget(_ arguments: Arguments, _ own: String?) throws -> Int? {
    if let given = try arguments.int("budget") { return given }
    if arguments.bool("full") || arguments.bool("export") { return nil }
    return max(PrimeText.defaultBudget, (own?.utf8.count ?? 0) + PrimeText.defaultBudget / 4)
  }

  private static func guide(
    _ workspace: Workspace, _ own: String?, _ context: BdContext
  ) throws(BeadsError) -> [String] {
    let arguments = context.arguments
    if arguments.bool("memories-only") { return [] }
    if let own { return own.split(separator: "\n\n").map(String.init) }
    let isSecret = arguments.bool("stealth")
    let sharing: AgentGuide.Sharing =
      isSecret ? .none : try AgentGuide.sharing(workspace, context.configuration())
    let wantsTools = arguments.bool("mcp") || AgentGuide.hasServer(context.environment)
    if wantsTools, !arguments.bool("full") { return AgentGuide.tools(sharing) }
    return AgentGuide.commands(sharing, hasHistory: try !hasNoDatabase(context))
  }

  private static func hasNoDatabase(_ context: BdContext) throws(BeadsError) -> Bool {
    if context.arguments.bool("no-db") { return true }
    return try context.configuration().bool("no-db")
  }

  /// What is remembered; a store that cannot be read costs the session its memories, not the guide.
  private static func memories(
    _ workspace: Workspace, _ context: BdContext
  ) -> [(key: String, value: String)] {
    do throws(BeadsError) {
      if try hasNoDatabase(context) {
        return try context.stored(under: MemoryCommands.prefix)
      }
      // Memories are kept in the database alone: one that is not made yet has none.
      guard FileSystem.exists(workspace.databasePath) else { return [] }
      let store = try Store.open(
        at: StoreLocation(workspace), access: .readOnly, environment: context.environment)
      defer { store.closeConnection() }
      return try store.allConfig(prefix: MemoryCommands.prefix).map {
        (String($0.key.dropFirst(MemoryCommands.prefix.count)), $0.value)
      }
    } catch {
      context.warn("memories cannot be read: \(error.message)")
      return []
    }
  }

}

extension BdContext {
  /// Writes text that agents read: as it is, but harmless on a terminal.
  func write(_ text: String) {
    guard output.isTerminal else { return output.write(text) }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      output.print("\(String(line))")
    }
  }
}
