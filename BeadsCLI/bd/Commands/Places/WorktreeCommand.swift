import BeadsKit
import CommandKit

/// `bd worktree`: git worktrees that share one store.
enum WorktreeCommand {
  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "worktree", summary: "Work in several checkouts with one store", section: CommandTree.Section.setup,
      discussion: """
        Commands in a git worktree work on the store of the main checkout: what git puts into .beads of a worktree, \
        issues.jsonl above all, is a copy that nobody reads. A worktree has a store of its own only where a \
        database is in it, which `bd init --db .beads/beads.db` makes there on purpose. `bd where --explain` \
        shows which store it is, and why.
        """,
      examples: ["bd worktree create fix-login", "bd worktree list", "bd worktree remove fix-login"],
      subcommands: [create, list, remove, info])
  }

  private static var create: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "create", aliases: ["add"], summary: "Add a worktree that shares the store",
      discussion: """
        NAME is where it is made: absolute, or relative to the main checkout. The branch is called like its last \
        part unless --branch says otherwise; one that does not exist starts from the present commit.
        """,
      examples: ["bd worktree create fix-login", "bd worktree create ../review --branch release-2"],
      flags: [.string("branch", short: "b", placeholder: "BRANCH", help: "The branch to check out")],
      positionals: [.required("name")]
    ) { arguments, context in
      try refuseReadOnly("worktree create", context)
      let worktrees = try worktrees(context)
      let branch = try arguments.string("branch").map { text throws(BeadsError) in try BranchName(text) }
      let made = try worktrees.create(
        arguments.positionals[0], branch: branch, sharing: try context.workspace())
      let worktree = made.worktree
      if !context.isQuiet { for note in made.notes { context.output.note("\(note)") } }
      if context.isJSON {
        return context.object { writer in
          writer.member("path", worktree.path)
          writer.member("branch", worktree.branch ?? "")
          writer.member("redirect_to", made.redirectTarget ?? "")
        }
      }
      context.print("✓ Created worktree \(worktree.name, .bold) on branch \(worktree.branch ?? "")")
      context.print("  Path: \(worktree.path)")
      if let target = made.redirectTarget { context.print("  Store: \(target)") }
    }
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", aliases: ["ls"], summary: "List the worktrees and the stores they use"
    ) { _, context in
      let all = try worktrees(context).list()
      if context.isJSON {
        return context.json { writer in writer.array(all) { $0.worktree($1) } }
      }
      var table = Table(["Name", "Branch", "Store", "Path"].map { Table.Column($0) })
      for worktree in all {
        table.add(
          "\(worktree.name, .bold)\(worktree.isMain ? " (main)" : "")", "\(worktree.branch ?? "(no branch)")",
          storeText(worktree), "\(worktree.path)")
      }
      context.output.print(table)
    }
  }

  private static func storeText(_ worktree: Worktree) -> TerminalText {
    if worktree.isMissing { return "directory is gone" }
    let locked = worktree.lockReason == nil ? "" : ", locked"
    return "\(worktree.store.word)\(locked)"
  }

  private static var remove: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "remove", aliases: ["rm"], summary: "Remove a worktree unless work would be lost",
      discussion: """
        Refuses while there are uncommitted changes, untracked files, or commits that no other branch or remote \
        has. The branch always stays.
        """,
      examples: ["bd worktree remove fix-login"],
      flags: [
        .bool("force", short: "f", help: "Give up files that are not committed, as git's own --force does")
      ],
      positionals: [.required("name")]
    ) { arguments, context in
      try refuseReadOnly("worktree remove", context)
      let removed = try worktrees(context).remove(
        arguments.positionals[0], force: arguments.bool("force"))
      if context.isJSON {
        return context.object { writer in
          writer.member("removed", removed.worktree.path)
          if let branch = removed.keptBranch { writer.member("kept_branch", branch.rawValue) }
        }
      }
      context.print("✓ Removed worktree \(removed.worktree.path)")
      if let branch = removed.worktree.branch ?? removed.keptBranch?.rawValue {
        context.print("  Its commits are on branch \(branch)")
      }
    }
  }

  private static var info: CommandTree.BdCommand {
    CommandTree.BdCommand("info", summary: "Show which worktree this is") { _, context in
      let worktrees = try worktrees(context)
      let here = worktrees.current()
      if context.isJSON {
        return context.object { writer in
          writer.member("is_worktree", !here.isMain)
          writer.member("path", here.path)
          writer.member("name", here.name)
          writer.member("branch", here.branch ?? "")
          writer.member("main_repo", worktrees.mainDirectory)
          writer.member("beads_redirected", here.store.redirectTarget != nil)
        }
      }
      context.print(here.isMain ? "This is the main checkout" : "This is the worktree \(here.name, .bold)")
      context.print("  Path: \(here.path)")
      context.print("  Branch: \(here.branch ?? "none, a commit is checked out")")
      if !here.isMain { context.print("  Main checkout: \(worktrees.mainDirectory)") }
      context.print("  Store: \(here.store.redirectTarget.map { "redirected to \($0)" } ?? here.store.word)")
    }
  }

  // MARK: Helpers

  private static func worktrees(_ context: BdContext) throws(BeadsError) -> Worktrees {
    try Worktrees(environment: context.environment, directory: context.arguments.string("directory"))
  }

  private static func refuseReadOnly(_ operation: String, _ context: BdContext) throws(BeadsError) {
    guard context.arguments.bool("readonly") else { return }
    throw BeadsError(.readOnly, "operation '\(operation)' is not allowed in read-only mode")
  }
}

extension JSONWriter {
  fileprivate mutating func worktree(_ worktree: Worktree) {
    object { writer in
      writer.member("name", worktree.name)
      writer.member("path", worktree.path)
      writer.member("branch", worktree.branch ?? "")
      writer.member("is_main", worktree.isMain)
      writer.member("beads_state", worktree.store.word)
      if let target = worktree.store.redirectTarget { writer.member("redirect_to", target) }
    }
  }
}
