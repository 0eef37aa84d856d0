import BeadsKit
import CommandKit

/// `bd where`: which project a command here works on, and why.
enum WhereCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "where", summary: "Show which project commands here work on", section: CommandTree.Section.setup,
      examples: ["bd where", "bd where --explain"],
      flags: [.bool("explain", help: "Show how it was found, step by step")]
    ) { arguments, context in
      let workspace = try context.workspace()
      let prefix = try context.store().prefixes().primary.rawValue
      if context.isJSON {
        return context.object { writer in
          writer.member("path", workspace.beadsDirectory)
          if let from = workspace.redirectedFrom { writer.member("redirected_from", from) }
          writer.member("prefix", prefix)
          writer.member("database_path", workspace.databasePath)
          if arguments.bool("explain") { writer.member("explanation", workspace.explanation) }
        }
      }
      context.print("\(workspace.beadsDirectory)")
      if let from = workspace.redirectedFrom { context.print("  redirected from: \(from)") }
      context.print("  prefix: \(prefix)")
      context.print("  database: \(workspace.databasePath)")
      if arguments.bool("explain") {
        context.print("")
        for step in workspace.explanation { context.print("  \(step)") }
      }
    }
  }
}

/// `bd context`: the facts a tool needs to know about the project it is in.
enum ContextCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "context", summary: "Show the project, repository and user that hold here",
      section: CommandTree.Section.setup
    ) { _, context in
      let workspace = try context.workspace()
      let store = try context.store()
      let facts: [(key: StaticString, value: String?)] = [
        ("beads_dir", workspace.beadsDirectory), ("database_path", workspace.databasePath),
        ("jsonl_path", workspace.jsonlPath), ("backend", "sqlite"), ("repo_root", workspace.workTreeRoot),
        ("git_dir", workspace.gitCommonDirectory), ("redirected_from", workspace.redirectedFrom),
        ("prefix", try store.prefixes().primary.rawValue), ("actor", store.actor),
        ("role", Role.configured(GitConfig(context.environment))?.rawValue), ("bd_version", beadsVersion),
      ]
      if context.isJSON {
        return context.object { writer in
          for fact in facts { if let value = fact.value { writer.member(fact.key, value) } }
          writer.member("is_worktree", workspace.repository?.isLinkedWorktree ?? false)
          writer.member("is_read_only", workspace.isReadOnly)
        }
      }
      var table = Table([Table.Column(), Table.Column()])
      for fact in facts { if let value = fact.value { table.add(Style.dim("\(fact.key)"), "\(value)") } }
      context.output.print(table)
    }
  }
}
