import BeadsKit
import CommandKit

/// `bd rename-prefix`: gives all issues IDs that begin with something else.
enum RenamePrefixCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "rename-prefix", summary: "Let the IDs of all issues begin with another prefix",
      section: CommandTree.Section.issues,
      discussion: """
        Edges, child numbers and texts that name the issues follow. Comments are records and stay as they are. The old \
        IDs stay as tombstones, so that other clones follow too. `bd undo` takes it back.

        Where issues have several prefixes, --repair gives all of them the new one; an issue whose ID would be that \
        of another gets a fresh one.
        """,
      examples: [
        "bd rename-prefix web --dry-run", "bd rename-prefix web", "bd rename-prefix web --repair --json",
      ],
      flags: [
        .bool("dry-run", help: "Say what would be done"),
        .bool("repair", help: "Give the prefix to issues with any other prefix too"),
      ],
      positionals: [.required("prefix", help: "At most 8 letters, digits and hyphens")], run: run)
  }

  private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let prefix = try PrefixRenaming.prefix(arguments.positionals[0])
    let folds = arguments.bool("repair")
    let store = try context.store()
    if arguments.bool("dry-run") {
      return show(try store.prefixRenaming(to: prefix, folding: folds), isTrial: true, context)
    }
    let last = try LastTouched.read(context)
    let renaming = try context.change("rename-prefix") { transaction throws(BeadsError) in
      let renaming = try store.prefixRenaming(to: prefix, folding: folds)
      transaction.summary = "\(renaming.previous) \(prefix)"
      try transaction.perform(renaming)
      return renaming
    }
    do throws(BeadsError) { try context.configuration().record(prefix) } catch {
      context.warn("the issues are renamed, but issue-prefix in config.yaml is not: \(error.message)")
    }
    if let last, let name = renaming.names[last] { LastTouched.write(name, context) }
    show(renaming, isTrial: false, context)
  }

  private static func show(_ renaming: PrefixRenaming, isTrial: Bool, _ context: BdContext) {
    let count = renaming.names.count
    if context.isJSON { return printJSON(renaming, isTrial: isTrial, context) }
    if count == 0, renaming.previous == renaming.prefix {
      return context.print("All issues have the prefix \(renaming.prefix, .bold) already")
    }
    let verb = isTrial ? "Would rename" : "✓ Renamed"
    context.print("\(verb) \(counted(count, "issue")); new ones begin with \(renaming.prefix, .bold)-")
    let examples = renaming.names.sorted { $0.key < $1.key }.prefix(isTrial ? 10 : 0)
    for (old, new) in examples { context.print("  \(old) → \(new)") }
    if isTrial, count > examples.count { context.print("  and \(count - examples.count) more") }
    if !renaming.rehashed.isEmpty {
      context.print("Fresh IDs, because theirs were taken:")
      for old in renaming.rehashed { context.print("  \(old) → \(renaming.names[old] ?? old)") }
    }
  }

  private static func printJSON(_ renaming: PrefixRenaming, isTrial: Bool, _ context: BdContext) {
    context.object { writer in
      if isTrial { writer.member("dry_run", true) }
      if context.arguments.bool("repair") {
        writer.member("target_prefix", renaming.prefix.rawValue)
        writer.member("prefixes_found", renaming.found.count)
        writer.member("issues_repaired", renaming.names.count)
        writer.member("issues_unchanged", renaming.unchangedCount)
      } else {
        writer.member("old_prefix", renaming.previous.rawValue)
        writer.member("new_prefix", renaming.prefix.rawValue)
        writer.member("issues_count", renaming.names.count)
      }
    }
  }
}
