import BeadsKit
import CommandKit
import GasTownKit

/// `gt orphans`: what nothing leads to any more.
enum OrphansCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "orphans", summary: "List commits and processes that agents have left behind",
      section: CommandTree.Section.work,
      discussion: """
        Lists the commits of the last days that no branch, tag, worktree or saved reference leads to. Nothing is ever \
        deleted: `gt orphans recover` makes a reference that keeps one, `gt orphans kill` puts one into a bundle and lists \
        it no more.
        """,
      examples: ["gt orphans", "gt orphans --rig app --days 30 --json"],
      flags: [
        .string("rig", placeholder: "RIG", help: "Only of this rig"),
        .int("days", in: 1...36_500, default: 7, help: "Made in so many days"),
        .bool("all", help: "However old"),
      ], subcommands: [recover, OrphanKillCommand.command, LeftoverCommands.processes]
    ) { arguments, context in
      let found = try context.orphans(isAll: arguments.bool("all"))
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, one in
            writer.object { writer in
              writer.member("rig", one.rig.name.rawValue)
              writer.member("commit", one.commit.id)
              writer.member("time", one.commit.time.description)
              writer.member("author", one.commit.author)
              writer.member("subject", one.commit.subject)
            }
          }
        }
      }
      if found.isEmpty { return context.print("Every commit is kept by something") }
      for one in found {
        context.print(
          "\(one.rig.name) \(one.commit.id.prefix(12), .bold)  \(one.commit.time)  \(one.commit.author): \(one.commit.subject)"
        )
      }
      context.print("`gt orphans recover RIG COMMIT` keeps one")
    }
  }

  private static var recover: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "recover", summary: "Keep a commit that nothing leads to",
      examples: ["gt orphans recover app 1a2b3c4d5e"],
      positionals: [.required("rig"), .required("commit")]
    ) { arguments, context in
      let rig = try context.town().rig(arguments.positionals[0])
      let reference = try OrphanCommits(rig, in: context.town()).recover(arguments.positionals[1])
      if context.isJSON {
        return context.object { writer in
          writer.member("rig", rig.name.rawValue)
          writer.member("reference", reference)
        }
      }
      context.print("✓ \(reference) keeps it: git -C \(rig.repository) log \(reference)")
    }
  }

  static var pruneBranches: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "prune-branches", summary: "Delete branches of polecats whose commits something else keeps",
      section: CommandTree.Section.work,
      discussion: "Branches of work, of worktrees and with commits of their own stay.",
      examples: ["gt prune-branches --dry-run", "gt prune-branches --pattern 'polecat/nux/*'"],
      flags: [
        .bool("dry-run", short: "n", help: "Only say what would be done"),
        .string(
          "pattern", placeholder: "GLOB", default: "polecat/*",
          help: "Which branches; a * at the end stands for anything"),
        .string("rig", placeholder: "RIG", help: "Only of this rig"),
      ]
    ) { arguments, context in
      let town = try context.town()
      let rigs =
        try arguments.string("rig").map { name throws(BeadsError) in [try town.rig(name)] } ?? town.rigs()
      let pattern = arguments.string("pattern") ?? "polecat/*"
      let start = pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
      var gone: [(rig: Rig, branch: BranchName)] = []
      for rig in rigs {
        let polecats = try context.polecats(rig)
        for branch in try polecats.spentBranches() {
          let text = branch.rawValue
          guard pattern.hasSuffix("*") ? text.hasPrefix(start) : text == start else { continue }
          if try arguments.bool("dry-run") || polecats.worktrees.deleteBranch(branch) {
            gone.append((rig, branch))
          }
        }
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(gone) { writer, one in
            writer.object { writer in
              writer.member("rig", one.rig.name.rawValue)
              writer.member("branch", one.branch.rawValue)
            }
          }
        }
      }
      if gone.isEmpty { return context.print("There is nothing to delete") }
      for one in gone {
        context.print(
          "\(arguments.bool("dry-run") ? "Would delete" : "Deleted") \(one.branch) of \(one.rig.name)")
      }
    }
  }
}

extension GtContext {
  /// The commits that nothing leads to, of the rigs and days that the flags name; those given up only when all are meant.
  func orphans(isAll: Bool) throws(BeadsError) -> [(rig: Rig, commit: OrphanCommits.Commit)] {
    let town = try town()
    var rigs = try town.rigs()
    if let name = arguments.string("rig") { rigs = [try town.rig(name)] }
    let days = Int64(arguments.string("days").flatMap { Int($0) } ?? 7)
    let since = isAll ? nil : town.now.adding(seconds: -days * 86_400)
    var found: [(rig: Rig, commit: OrphanCommits.Commit)] = []
    for rig in rigs {
      let orphans = OrphanCommits(rig, in: town)
      for commit in try orphans.all(since: since) {
        let isHidden = isAll ? false : try orphans.isGivenUp(commit, try database())
        if isHidden { continue }
        found.append((rig, commit))
      }
    }
    return found
  }
}
