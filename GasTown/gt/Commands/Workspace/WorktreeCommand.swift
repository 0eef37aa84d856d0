import BeadsKit
import CommandKit
import GasTownKit

/// `gt worktree`: work in the project of another rig without becoming somebody else.
enum WorktreeCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "worktree", summary: "Give a crew member a worktree of another project",
      section: CommandTree.Section.workspace,
      discussion: """
        Makes RIG/crew/OWN-NAME on a branch crew/OWN-NAME that begins at the default branch of that project, or tells \
        where it is. Commits, issues and mail from there are still those of the crew member.
        """,
      examples: ["gt worktree web", "cd \"$(gt worktree web --no-cd)\"", "gt worktree list"],
      flags: [.bool("no-cd", help: "Print the path alone")],
      positionals: [.required("rig")], subcommands: [list, remove]
    ) { arguments, context in
      let host = try context.town().rig(arguments.positionals[0])
      let (visit, isNew) = try RigVisits(try context.town()).open(try context.me(), in: host)
      if context.isJSON {
        return context.object { writer in
          write(visit, &writer)
          writer.member("created", isNew)
        }
      }
      if arguments.bool("no-cd") { return context.print("\(visit.path)") }
      context.print("\(isNew ? "✓ Made" : "○") \(visit.path, .bold)")
      context.print("  cd \(visit.path)")
    }
  }

  private static func write(_ visit: RigVisits.Visit, _ writer: inout JSONWriter) {
    writer.member("rig", visit.host.name.rawValue)
    writer.member("crew", visit.visitor.text)
    writer.member("path", visit.path)
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List the worktrees in other projects: yours, or all for the person",
      examples: ["gt worktree list --json"]
    ) { _, context in
      let me = try context.me()
      let visits = try RigVisits(try context.town()).all().filter { me.role != .crew || $0.visitor == me }
      if context.isJSON {
        return context.json { writer in
          writer.array(visits) { writer, visit in writer.object { write(visit, &$0) } }
        }
      }
      if visits.isEmpty { return context.print("There are no worktrees in other projects") }
      for visit in visits { context.print("\(visit.visitor.text, .bold)  \(visit.host.name)  \(visit.path)") }
    }
  }

  private static var remove: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "remove", aliases: ["rm"], summary: "Remove your worktree in another project",
      discussion: """
        Refuses while it holds something that no remote repository has. With --force that is saved under refs/gt/salvage \
        in that project's repository first.
        """,
      examples: ["gt worktree remove web"],
      flags: [.bool("force", short: "f", help: "Also with unsaved work, which is kept in the repository")],
      positionals: [.required("rig")]
    ) { arguments, context in
      let host = try context.town().rig(arguments.positionals[0])
      let saved = try RigVisits(try context.town()).close(
        try context.me(), in: host, isForced: arguments.bool("force"))
      if context.isJSON {
        return context.object { writer in
          writer.member("rig", host.name.rawValue)
          writer.member("saved", saved.places)
        }
      }
      context.print("✓ Removed the worktree in \(host.name.rawValue, .bold)")
      for place in saved.places { context.print("  What was not pushed is in \(place)") }
    }
  }
}
