import BeadsKit
import CommandKit
import GasTownKit

/// `gt warrant`: orders to end sessions, which the daemon carries out.
enum WarrantCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "warrant", aliases: ["warrants"], summary: "Order that the session of an agent be ended",
      section: CommandTree.Section.agents,
      discussion: """
        Work and worktree of the agent stay; a session that shall run is started anew. `gt boot triage` carries out what \
        is ordered, and so does `gt warrant execute`.
        """,
      subcommands: [file, list, execute])
  }

  private static var file: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "file", summary: "Order that a session be ended",
      examples: ["gt warrant file app/polecats/nux --reason \"it loops\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why"), GtContext.stdinFlag],
      positionals: [.required("target")]
    ) { arguments, context in
      let target = try context.agent(arguments.positionals[0])
      guard let reason = try context.text(flag: "reason"), !reason.isEmpty else {
        throw BeadsError(.invalid, "a warrant needs a reason", hint: "add --reason \"...\"")
      }
      let (warrant, isNew) = try Warrant.file(
        target, reason: reason, by: try context.me(), in: try context.town())
      if context.isJSON { return context.object { $0.warrantMembers(warrant) } }
      context.print(
        isNew ? "✓ \(warrant.id, .bold) is filed against \(target)" : "\(warrant.id, .bold) waits already")
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "Show what is ordered",
      examples: ["gt warrant list", "gt warrant list --all"],
      flags: [.bool("all", short: "a", help: "Also what was carried out")]
    ) { arguments, context in
      let all = try Warrant.list(in: try context.town())
      let shown = arguments.bool("all") ? all : all.filter { $0.executedAt == nil }
      if context.isJSON {
        return context.json { writer in
          writer.array(shown) { writer, warrant in writer.object { $0.warrantMembers(warrant) } }
        }
      }
      for warrant in shown {
        let state = warrant.executedAt.map { "carried out at \($0)" } ?? "waits"
        context.print("\(warrant.id, .bold)  \(warrant.target)  \(state)  \(warrant.reason)")
      }
      if shown.isEmpty { context.print("Nothing is ordered") }
    }
  }

  private static var execute: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "execute", summary: "Carry out the warrant against an agent",
      examples: ["gt warrant execute app/polecats/nux"],
      flags: [
        .bool("force", short: "f", help: "Also without a warrant"),
        .string("reason", short: "r", placeholder: "TEXT", help: "Why, with --force"),
      ], positionals: [.required("target")]
    ) { arguments, context in
      let target = try context.agent(arguments.positionals[0])
      let waiting = try Warrant.list(in: try context.town()).first {
        $0.target == target && $0.executedAt == nil
      }
      if waiting == nil, !arguments.bool("force") {
        throw BeadsError(
          .notFound, "there is no warrant against \(target)", hint: "`gt warrant list` shows what is ordered")
      }
      var warrant: Warrant
      if let waiting {
        warrant = waiting
      } else {
        let reason = arguments.string("reason") ?? "by force"
        warrant = try Warrant.file(target, reason: reason, by: try context.me(), in: try context.town())
          .warrant
      }
      let ran = try warrant.execute(try context.launcher())
      if context.isJSON { return context.object { $0.warrantMembers(warrant) } }
      context.print(ran ? "✓ The session of \(target) has ended" : "✓ Carried out; \(target) had no session")
    }
  }
}

extension JSONWriter {
  fileprivate mutating func warrantMembers(_ warrant: Warrant) {
    member("id", warrant.id)
    member("target", warrant.target.text)
    member("reason", warrant.reason)
    member("filed_by", warrant.filedBy)
    member("filed_at", warrant.filedAt)
    member("executed", warrant.executedAt != nil)
    member(optional: "executed_at", warrant.executedAt)
  }
}
