import CommandKit

/// Every command of `gt`; each room of commands contributes its list.
enum CommandTree {
  typealias GtCommand = Command<GtContext>

  static var root: GtCommand {
    GtCommand(
      "gt", summary: "Run many coding agents on one machine",
      discussion: """
        A town is a folder with projects (rigs). Each agent has its own git worktree and session; work comes from \
        the trackers of the rigs and is kept there, so that it survives every agent.
        """,
      globalFlags: [.bool("json", help: "Print one JSON document")],
      subcommands: workspaceCommands + workCommands + agentCommands + communicationCommands + serviceCommands
        + configCommands + diagnosticCommands
    )
  }

  /// The headings under which help lists commands, in their order.
  enum Section {
    static let workspace = "Workspace"
    static let work = "Work"
    static let agents = "Agents"
    static let communication = "Communication"
    static let services = "Services"
    static let config = "Configuration"
    static let diagnostics = "Diagnostics"
  }
}
