import BeadsKit
import CommandKit
import GasTownKit

/// `gt polecat nuke`: takes the worktree of a polecat away.
enum PolecatNukeCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "nuke", aliases: ["remove"],
      summary: "End a polecat's session, take back its work and remove its worktree",
      discussion: """
        Refuses when something in the worktree is nowhere else. Even with --force everything is saved first, under \
        refs/gt/salvage in the rig's repository. The name and its history stay.
        """,
      examples: ["gt polecat nuke app/nux", "gt polecat nuke app --all --dry-run"],
      flags: [
        .bool("all", help: "All polecats of the rigs named"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
        .bool(
          "force", short: "f", help: "Also with unsaved changes, unpushed commits or an open merge request"),
        .bool(
          "nuclear", help: "Also with stashes or a shell in the worktree, but not with an open merge request"),
      ], positionals: [.oneOrMore("polecat")]
    ) { arguments, context in
      let force: RemovalForce =
        arguments.bool("nuclear") ? .nuclear : arguments.bool("force") ? .force : .none
      var gone: [(address: AgentAddress, places: [String])] = []
      var failure: BeadsError?
      if arguments.bool("dry-run") { return describe(try plans(force, context), context) }
      for (polecats, record) in try chosen(context) {
        do throws(BeadsError) {
          let saved = try polecats.nuke(record.address, force: force)
          gone.append((record.address, saved.places))
        } catch {
          // The others are looked after all the same.
          if let failure { context.warn("\(failure.description)") }
          failure = error
        }
      }
      report(gone, context)
      if let failure { throw failure }
    }
  }

  private static func chosen(
    _ context: GtContext
  ) throws(BeadsError) -> [(polecats: Polecats, record: AgentRecord)] {
    var found: [(polecats: Polecats, record: AgentRecord)] = []
    for word in context.arguments.positionals {
      if context.arguments.bool("all") {
        let polecats = try context.polecats(try context.town().rig(word))
        found += try polecats.all().filter { $0.state != .nuked }.map { (polecats, $0) }
      } else {
        found.append(try context.polecat(word))
      }
    }
    return found
  }

  /// What would become of a polecat, and why.
  private struct Plan {
    let address: AgentAddress
    let isRemovable: Bool
    let obstacles: [String]
  }

  private static func plans(_ force: RemovalForce, _ context: GtContext) throws(BeadsError) -> [Plan] {
    try chosen(context).map { (polecats, record) throws(BeadsError) in
      let obstacles = try polecats.obstacles(to: record)
      return Plan(
        address: record.address, isRemovable: obstacles.allSatisfy { $0.isOverruled(by: force) },
        obstacles: obstacles.map(\.text))
    }
  }

  private static func describe(_ plans: [Plan], _ context: GtContext) {
    if context.isJSON {
      return context.json { writer in
        writer.array(plans) { writer, plan in
          writer.object { writer in
            writer.member("address", plan.address.text)
            writer.member("removable", plan.isRemovable)
            writer.member("obstacles", plan.obstacles)
          }
        }
      }
    }
    for plan in plans {
      context.print("\(plan.address) would \(plan.isRemovable ? "" : "not ")be removed")
      for obstacle in plan.obstacles { context.print("  \(obstacle)") }
    }
  }

  private static func report(_ gone: [(address: AgentAddress, places: [String])], _ context: GtContext) {
    if context.isJSON {
      return context.json { writer in
        writer.array(gone) { writer, one in
          writer.object { writer in
            writer.member("address", one.address.text)
            writer.member("saved", one.places)
          }
        }
      }
    }
    for (address, places) in gone {
      context.print("✓ \(address) was removed")
      for place in places { context.print("  saved: \(place)") }
    }
  }
}
