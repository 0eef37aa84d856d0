import BeadsKit
import CommandKit
import GasTownKit

/// `gt activity emit` and `gt heartbeat`.
enum ActivityCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "activity", summary: "Report what was done", section: CommandTree.Section.diagnostics,
      examples: ["gt activity emit patrol_started --rig app"], subcommands: [emit])
  }

  private static var emit: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "emit", summary: "Add an event to the feed",
      discussion: "Types: " + Activity.types.map(\.name).joined(separator: ", ") + ".",
      examples: ["gt activity emit polecat_checked --rig app --polecat nux --status working"],
      flags: Activity.members.map {
        .string(
          $0.split(separator: "_").joined(separator: "-"), aliases: $0.contains("_") ? [$0] : [],
          help: "Of the event")
      },
      positionals: [.required("type", values: Activity.types.map(\.name))]
    ) { arguments, context in
      let type = arguments.positionals[0]
      let payload = Activity.members.compactMap { name in
        arguments.string(name.split(separator: "_").joined(separator: "-")).map { (name, $0) }
      }
      try Activity.emit(type, actor: try context.me().text, payload, to: try context.events())
      if context.isJSON {
        return context.object { writer in
          writer.member("type", type)
          writer.key("payload")
          writer.object { writer in for (name, value) in payload { writer.member(optional: name, value) } }
        }
      }
      context.print("\("✓", .green) Reported \(type)")
    }
  }

  static var heartbeat: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "heartbeat", summary: "Say how you are doing", section: CommandTree.Section.diagnostics,
      examples: ["gt heartbeat", "gt heartbeat --state stuck --context \"No access to the registry\""],
      flags: [
        .choice(
          "state", values: ["working", "idle", "exiting", "stuck"], default: "working",
          help: "How you are doing"),
        .string("context", placeholder: "TEXT", help: "More about it"),
      ]
    ) { arguments, context in
      let me = try context.me()
      let state = arguments.string("state") ?? "working"
      let record = try context.database().agent(me)
      try Heartbeat.write(
        state, context: arguments.string("context"), of: me, bead: record?.bead, in: try context.town())
      if let wanted = AgentState(rawValue: state), let record, record.state != wanted, record.bead != nil {
        try context.database().update(me) { $0.state = wanted }
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("agent", me.text)
          writer.member("state", state)
        }
      }
      context.print("\(me) is \(state)")
    }
  }
}
