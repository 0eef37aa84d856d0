import BeadsKit
import CommandKit
import GasTownKit

/// `gt polecat stale`, `gc` and `prune`: what polecats leave behind.
enum PolecatCleanupCommand {
  private static let dryRun = Flag.bool("dry-run", short: "n", help: "Only say what would be done")

  static var stale: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stale", summary: "List polecats without work whose worktrees have fallen behind",
      examples: ["gt polecat stale app"],
      flags: [
        .string("threshold", placeholder: "N", help: "Commits behind the default branch (20)"),
        .bool("cleanup", help: "Remove the worktrees of those that hold nothing of their own"), dryRun,
      ], positionals: [.required("rig")]
    ) { arguments, context in
      let text = arguments.string("threshold") ?? "20"
      guard let threshold = Int(text), threshold >= 0 else {
        throw BeadsError(.invalid, "\(quoted(text)) is no number of commits")
      }
      let polecats = try context.polecats(try context.town().rig(arguments.positionals[0]))
      let found = try polecats.stale(threshold: threshold)
      if arguments.bool("cleanup"), !arguments.bool("dry-run") {
        for one in found where one.isSafe { try polecats.nuke(one.record.address, reason: "stale") }
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, one in
            writer.object { writer in
              writer.member("name", one.record.address.name?.rawValue ?? "")
              writer.member("commits_behind", one.behind)
              writer.member("safe", one.isSafe)
            }
          }
        }
      }
      if found.isEmpty { return context.print("No polecat has fallen behind") }
      for one in found {
        let note = one.isSafe ? "" : ", holds something of its own"
        context.print("\(one.record.address)  \(one.behind) commits behind\(note)")
      }
    }
  }

  static var gc: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "gc", summary: "Delete branches of polecats that nobody works on and whose commits are kept elsewhere",
      examples: ["gt polecat gc app --dry-run"], flags: [dryRun], positionals: [.required("rig")]
    ) { arguments, context in
      let polecats = try context.polecats(try context.town().rig(arguments.positionals[0]))
      let branches = try polecats.spentBranches()
      if !arguments.bool("dry-run") {
        for branch in branches { try polecats.worktrees.deleteBranch(branch) }
      }
      report(branches.map(\.rawValue), "branch", context)
    }
  }

  static var prune: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "prune",
      summary:
        "Remove worktrees that hold nothing of their own; with --remote, merged branches on the origin",
      examples: ["gt polecat prune app --dry-run", "gt polecat prune app --remote"],
      flags: [dryRun, .bool("remote", help: "Merged branches on the origin instead of worktrees")],
      positionals: [.required("rig")]
    ) { arguments, context in
      let polecats = try context.polecats(try context.town().rig(arguments.positionals[0]))
      if arguments.bool("remote") {
        try polecats.worktrees.fetch(polecats.rig.defaultBranch)
        let branches = try polecats.mergedRemoteBranches()
        if !arguments.bool("dry-run") { for branch in branches { try polecats.deleteRemoteBranch(branch) } }
        return report(branches.map(\.rawValue), "branch", context)
      }
      let idle = try polecats.disposable()
      if !arguments.bool("dry-run") {
        for record in idle { try polecats.nuke(record.address, reason: "pruned") }
      }
      report(idle.map(\.address.text), "worktree", context)
    }
  }

  private static func report(_ names: [String], _ kind: String, _ context: GtContext) {
    if context.isJSON { return context.json { $0.strings(names) } }
    let verb = context.arguments.bool("dry-run") ? "Would remove" : "Removed"
    if names.isEmpty { return context.print("Nothing to remove") }
    for name in names { context.print("\(verb) the \(kind) \(name)") }
  }
}
