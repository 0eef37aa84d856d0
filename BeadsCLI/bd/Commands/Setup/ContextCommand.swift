import BeadsKit
import CommandKit

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
