import BeadsKit
import CommandKit

/// `bd admin reset`: takes a project out of use; nothing of it is deleted.
enum ResetCommand {
  static func command(section: String = "", hidden: Bool = false) -> CommandTree.BdCommand {
    CommandTree.BdCommand(
      "reset", summary: "Take the project out of use, keeping all of it aside", section: section,
      hidden: hidden,
      discussion: """
        Without --force it only says what would happen, and exits with status 1. .beads gets another name beside the \
        old one, with all issues in it: giving it the old name back undoes the reset. What bd wrote outside of it goes, \
        as with `bd uninstall`.
        """,
      examples: ["bd admin reset", "bd admin reset --force"],
      flags: [
        .bool("force", help: "Do it, instead of saying what would happen"),
        .bool("dry-run", help: "Say what would happen, even with --force"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let isPreview = arguments.bool("dry-run") || !arguments.bool("force")
    if !isPreview { try HooksCommand.refuseReadOnly("reset", context) }
    let workspace = try context.workspace()
    let reset = ProjectReset(workspace, environment: try context.environmentOfDirectory())
    let items = try reset.plan().filter { !$0.isKept }
    let kept = try isPreview ? nil : reset.run()
    if context.isJSON {
      context.object { writer in
        if let kept {
          writer.member("reset", true)
          writer.member("success", true)
          writer.member("set_aside", kept)
        } else {
          writer.member("dry_run", true)
        }
        writer.key("items")
        writer.beginArray()
        writer.resetItem("directory", workspace.beadsDirectory, "set aside with all issues in it")
        for item in items { writer.resetItem("outside", item.path, item.detail) }
        writer.endArray()
      }
    } else if let kept {
      context.print("\("✓", .green) \(workspace.beadsDirectory) is now \(kept, .bold), with all issues in it")
      for item in items { context.print("  \(item.path): \(item.detail), removed") }
      context.print("Giving it the old name back undoes the reset")
    } else {
      context.print("Would set \(workspace.beadsDirectory) aside, with all issues in it")
      for item in items { context.print("Would remove \(item.detail) from \(item.path)") }
    }
    if isPreview, !arguments.bool("dry-run") {
      context.output.note("Nothing is changed; --force does it")
      throw ExitStatus(1)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func resetItem(_ type: String, _ path: String, _ description: String) {
    object { writer in
      writer.member("type", type)
      writer.member("path", path)
      writer.member("description", description)
    }
  }
}
