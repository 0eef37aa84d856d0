import BeadsKit
import CommandKit

/// `bd slot`: what agents hold (contract 5.11).
enum SlotCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "slot", summary: "Show and set what an agent holds", section: CommandTree.Section.coordination,
      discussion: """
        An agent has a hook, which holds the issue it works on, and a role. The hook takes one issue at a time.
        """,
      examples: [
        "bd slot set gt-mayor hook bd-a3f8", "bd slot show gt-mayor --json", "bd slot clear gt-mayor hook",
      ],
      subcommands: [set, clear, show])
  }

  private static var slotArgument: Positional {
    .required("slot", values: AgentSlot.allCases.map(\.rawValue), help: "hook or role")
  }

  private static var set: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "set", summary: "Put an issue into a slot",
      positionals: [.issue("agent"), slotArgument, .required("bead")]
    ) { arguments, context in
      let slot = try AgentSlot(userInput: arguments.positionals[1])
      let agent = try context.resolve(arguments.positionals[0])
      let bead = try EdgeInput.target(arguments.positionals[2], context)
      try context.change("slot set") { transaction throws(BeadsError) in
        transaction.summary = "\(agent) \(slot.rawValue) \(bead)"
        try transaction.setSlot(slot, of: agent, to: bead)
      }
      write(agent, slot, bead.rawValue, context)
      context.print("✓ The \(slot.rawValue) of \(agent) holds \(bead)")
    }
  }

  private static var clear: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "clear", summary: "Empty a slot", positionals: [.issue("agent"), slotArgument]
    ) { arguments, context in
      let slot = try AgentSlot(userInput: arguments.positionals[1])
      let agent = try context.resolve(arguments.positionals[0])
      try context.change("slot clear") { transaction throws(BeadsError) in
        transaction.summary = "\(agent) \(slot.rawValue)"
        try transaction.clearSlot(slot, of: agent)
      }
      write(agent, slot, nil, context)
      context.print("✓ The \(slot.rawValue) of \(agent) is empty")
    }
  }

  private static func write(_ agent: IssueID, _ slot: AgentSlot, _ bead: String?, _ context: BdContext) {
    guard context.isJSON else { return }
    context.object { writer in
      writer.member("agent", agent.rawValue)
      writer.member("slot", slot.rawValue)
      writer.optional("bead", bead)
    }
  }

  private static var show: CommandTree.BdCommand {
    CommandTree.BdCommand("show", summary: "Show the slots of an agent", positionals: [.issue("agent")]) {
      arguments, context in
      let agent = try context.store().agent(try context.resolve(arguments.positionals[0]))
      if context.isJSON {
        return context.object { writer in
          writer.member("agent", agent.id.rawValue)
          writer.key("slots")
          writer.object { writer in
            writer.optional("hook", agent.bead(in: .hook))
            writer.optional("role", agent.bead(in: .role))
          }
        }
      }
      context.print("\(agent.id, .bold)")
      for slot in AgentSlot.allCases {
        context.print("  \(slot.rawValue)  \(agent.bead(in: slot) ?? "(empty)")")
      }
    }
  }
}

extension JSONWriter {
  /// A member whose value is a string or null.
  mutating func optional(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }
}
