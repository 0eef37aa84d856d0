import BeadsKit
import CommandKit
import GasTownKit

/// `gt orphans kill`: gives up commits that nothing leads to, one by one.
enum OrphanKillCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "kill", summary: "Put commits that nothing leads to into bundles, and list them no more",
      discussion: """
        Asks for each commit, unless it is named. Each is written to .runtime/bundles/COMMIT.bundle of its rig and \
        verified; `git fetch BUNDLE` brings it back. Objects of the repository stay, because clones borrow them.
        """,
      examples: ["gt orphans kill", "gt orphans kill 1a2b3c4d5e", "gt orphans kill --dry-run"],
      flags: [
        .string("rig", placeholder: "RIG", help: "Only of this rig"),
        .int("days", in: 1...36_500, default: 7, help: "Made in so many days"),
        .bool("all", help: "However old"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
        .bool("force", short: "f", hidden: true, help: "Accepted; commits that are named are not asked for"),
      ], positionals: [.zeroOrMore("commit")]
    ) { arguments, context in
      let isNamed = !arguments.positionals.isEmpty
      let listed = try context.orphans(isAll: arguments.bool("all") || isNamed)
      let chosen = isNamed ? try arguments.positionals.map { try named($0, in: listed) } : listed
      var done: [(commit: OrphanCommits.Commit, bundle: String)] = []
      for one in chosen {
        if arguments.bool("dry-run") {
          done.append((one.commit, one.rig.path(".runtime/bundles/\(one.commit.id).bundle")))
          continue
        }
        if try !isNamed && !isWanted(one.rig, one.commit, context) { continue }
        let orphans = OrphanCommits(one.rig, in: try context.town())
        done.append((one.commit, try orphans.giveUp(one.commit, context.database())))
      }
      show(done, context)
    }
  }

  private static func named(
    _ text: String, in listed: [(rig: Rig, commit: OrphanCommits.Commit)]
  ) throws(BeadsError) -> (rig: Rig, commit: OrphanCommits.Commit) {
    let found = text.utf8.count < 4 ? [] : listed.filter { $0.commit.id.hasPrefix(text.lowercased()) }
    if found.count == 1 { return found[0] }
    throw BeadsError(
      found.isEmpty ? .notFound : .ambiguous,
      found.isEmpty
        ? "no commit \(quoted(text)) is without anything that leads to it"
        : "\(quoted(text)) may mean \(found.count) commits",
      hint: "`gt orphans --all` lists them")
  }

  private static func isWanted(
    _ rig: Rig, _ commit: OrphanCommits.Commit, _ context: GtContext
  ) throws(BeadsError) -> Bool {
    try context.ask(
      "\(rig.name) \(commit.id.prefix(12)) \(commit.author): \(commit.subject)\nGive it up?",
      otherwise: "name the commits: `gt orphans` lists them")
  }

  private static func show(
    _ done: [(commit: OrphanCommits.Commit, bundle: String)], _ context: GtContext
  ) {
    if context.isJSON {
      return context.json { writer in
        writer.array(done) { writer, one in
          writer.object { writer in
            writer.member("commit", one.commit.id)
            writer.member("bundle", one.bundle)
          }
        }
      }
    }
    let would = context.arguments.bool("dry-run")
    for one in done {
      context.print("\(would ? "Would put" : "✓ Put") \(one.commit.id.prefix(12), .bold) into \(one.bundle)")
    }
    if done.isEmpty { context.print("Nothing was given up") }
  }
}
