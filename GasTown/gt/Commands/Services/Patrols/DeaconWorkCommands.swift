import BeadsKit
import CommandKit
import GasTownKit

/// `gt deacon stale-hooks`, `redispatch` and `feed-stranded`: work whose agent is lost.
enum DeaconWorkCommands {
  static var all: [CommandTree.GtCommand] { [staleHooks, redispatch, feedStranded] }

  private static var staleHooks: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stale-hooks", summary: "Free issues whose agent has been gone for long",
      discussion:
        "Worktrees stay as they are. An agent of whom it cannot be told whether it lives keeps its issue.",
      examples: ["gt deacon stale-hooks --dry-run", "gt deacon stale-hooks --max-age 4h --json"],
      flags: [
        DeaconHealthCommands.duration("max-age", "1h", "How long nothing was done about them"),
        .bool("dry-run", short: "n", help: "Only show them"),
      ]
    ) { arguments, context in
      let age = try context.duration("max-age", default: "1h")
      let hooks = StaleHooks(try context.launcher(), try context.ledgers())
      let (total, stale) = try hooks.run(
        olderThan: age.components.seconds, frees: !arguments.bool("dry-run"))
      if context.isJSON { return write(total, stale, context) }
      for found in stale {
        let state = found.isFreed ? "is open again" : found.problem ?? "would be open again"
        let files = found.state.map { $0.isDisposable ? "" : ", unsaved work in the worktree" } ?? ""
        context.print("\(context.named(found.issue))  \(found.issue.assignee) is gone\(files): \(state)")
      }
      context.print("\(total) hooked, \(stale.count) stale, \(stale.count(where: \.isFreed)) freed")
    }
  }

  private static func write(_ total: Int, _ stale: [StaleHooks.Found], _ context: GtContext) {
    context.object { writer in
      writer.member("scanned_at", Timestamp(unixNanoseconds: context.environment.clock()).description)
      writer.member("total_hooked", total)
      writer.member("stale_count", stale.count)
      writer.member("unhooked", stale.count { $0.isFreed })
      writer.key("results")
      writer.array(stale) { writer, found in
        writer.object { writer in
          writer.member("bead_id", found.issue.id.rawValue)
          writer.member("title", found.issue.title)
          writer.member("assignee", found.issue.assignee)
          writer.member("age", "\(found.age)s")
          writer.member("agent_alive", found.isAlive ?? true)
          writer.member("unhooked", found.isFreed)
          if let state = found.state {
            writer.member("partial_work", !state.isDisposable)
            writer.member("worktree_dirty", !state.isClean)
            writer.member("unpushed_count", state.unpushed)
          }
          writer.member(optional: "error", found.problem)
        }
      }
    }
  }

  private static var redispatch: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "redispatch", summary: "Give out an issue again whose agent was lost",
      discussion: """
        Exits with 0 when it was given out, or when it was given out too often and a person is asked to look; with 1 on \
        an error, 2 while it rests, and 3 when it is not open.
        """,
      examples: ["gt deacon redispatch app-3fk", "gt deacon redispatch app-3fk --rig app --max-attempts 5"],
      flags: [
        .string("rig", placeholder: "RIG", help: "The project that gets it (default: its own)"),
        .int("max-attempts", in: 1...1000, default: 3, help: "How often, before a person has to look"),
        DeaconHealthCommands.duration("cooldown", "5m", "How long it rests in between"),
      ], positionals: [.required("bead")]
    ) { arguments, context in
      let id = try context.ledgers().resolve(arguments.positionals[0]).id
      var again = Redispatch(try context.launcher(), try context.ledgers(), caller: try context.me())
      again.limit = try arguments.int("max-attempts") ?? 3
      again.cooldown = try context.duration("cooldown", default: "5m")
      let rig = try arguments.string("rig").map { name throws(BeadsError) in try context.town().rig(name).name
      }
      let (action, note, status) = describe(try again.run(id, rig: rig))
      if context.isJSON {
        context.object {
          $0.member("bead", id.rawValue)
          $0.member("action", action)
          $0.member("note", note)
        }
      } else {
        context.print("\(status == 0 ? "✓" : "○") \(id) \(action): \(note)")
      }
      if status != 0 { throw ExitStatus(status) }
    }
  }

  private static func describe(_ outcome: Redispatch.Outcome) -> (String, String, Int32) {
    switch outcome {
    case .dispatched(let agent): ("dispatched", agent.text, 0)
    case .escalated(let id): ("escalated", id.rawValue, 0)
    case .coolingDown(let seconds): ("cooldown", "\(seconds) s are left", 2)
    case .skipped(let reason): ("skipped", reason, 3)
    }
  }

  private static var feedStranded: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "feed-stranded", summary: "Give out the next issue of convoys that nobody works on",
      examples: ["gt deacon feed-stranded", "gt deacon feed-stranded --max-feeds 1 --json"],
      flags: [
        .int("max-feeds", in: 1...1000, default: 3, help: "How many convoys at once"),
        DeaconHealthCommands.duration("cooldown", "10m", "How long a convoy rests in between"),
      ]
    ) { arguments, context in
      var feeding = FeedStranded(try context.launcher(), try context.ledgers(), caller: try context.me())
      feeding.limit = try arguments.int("max-feeds") ?? 3
      feeding.cooldown = try context.duration("cooldown", default: "10m")
      let details = try feeding.run()
      let count: (String) -> Int = { action in details.count { $0.action == action } }
      if context.isJSON {
        return context.object { writer in
          writer.member("fed", count("fed"))
          writer.member("closed", count("closed"))
          writer.member("skipped", count("skipped"))
          writer.member("needs_attention", count("needs_attention"))
          writer.member("errors", count("error"))
          writer.key("details")
          writer.array(details) { writer, detail in
            writer.object {
              $0.member("convoy_id", detail.convoy.rawValue)
              $0.member("action", detail.action)
              $0.member(optional: "bead", detail.bead?.rawValue)
              $0.member("note", detail.note)
            }
          }
        }
      }
      for detail in details {
        let bead = detail.bead.map { " \($0)" } ?? ""
        context.print("\(detail.convoy.rawValue, .bold)  \(detail.action)\(bead): \(detail.note)")
      }
      if details.isEmpty { context.print("✓ No convoy stands still") }
    }
  }
}
