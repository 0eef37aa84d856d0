import BeadsKit
import CommandKit

/// `bd agent`: the issues that stand for agents (contract 5.11).
enum AgentCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "agent", summary: "Keep track of what agents do", section: CommandTree.Section.coordination,
      discussion: """
        Agents are issues of the type agent. They stay in this clone, and neither lists nor ready work show them.
        """,
      examples: [
        "bd agent state gt-gastown-polecat-nux working", "bd agent heartbeat gt-gastown-polecat-nux",
        "bd agent show gt-gastown-polecat-nux --json",
      ],
      subcommands: [state, heartbeat, show, backfill])
  }

  private static var state: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "state", summary: "Say what an agent is doing; a new agent is made",
      positionals: [
        .issue("agent"),
        .required(
          "state", values: ["idle", "spawning", "running", "working", "stuck", "done", "stopped", "dead"]),
      ]
    ) { arguments, context in
      let (word, state) = (arguments.positionals[0], arguments.positionals[1].lowercased())
      let id = try agentID(word, context)
      let agent = try context.change("agent state") { transaction throws(BeadsError) in
        transaction.summary = "\(id) \(state)"
        return try transaction.setAgentState(state, of: id)
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("agent", agent.id.rawValue)
          writer.member("agent_state", agent.agentState)
          writer.optional("last_activity", agent.lastActivity?.description)
        }
      }
      context.print("✓ Agent \(agent.id) is \(agent.agentState)")
    }
  }

  /// An agent that exists, or the ID of a new one.
  private static func agentID(_ word: String, _ context: BdContext) throws(BeadsError) -> IssueID {
    do throws(BeadsError) { return try context.resolve(word) } catch {
      let prefixes = try context.store().prefixes()
      guard error.code == .notFound, let id = IssueID(rawValue: word), prefixes.known(id) != nil else {
        throw error
      }
      return id
    }
  }

  private static var heartbeat: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "heartbeat", summary: "Note that an agent is alive", positionals: [.issue("agent")]
    ) { arguments, context in
      let id = try context.resolve(arguments.positionals[0])
      let agent = try context.change("agent heartbeat") { transaction throws(BeadsError) in
        transaction.summary = id.rawValue
        return try transaction.recordHeartbeat(of: id)
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("agent", agent.id.rawValue)
          writer.optional("last_activity", agent.lastActivity?.description)
        }
      }
      context.print("✓ Agent \(agent.id) was seen")
    }
  }

  private static var show: CommandTree.BdCommand {
    CommandTree.BdCommand("show", summary: "Show an agent", positionals: [.issue("agent")]) {
      arguments, context in
      let agent = try context.store().agent(try context.resolve(arguments.positionals[0]))
      let facts: [(key: String, name: String, value: String)] = [
        ("agent_state", "State", agent.agentState),
        ("last_activity", "Last seen", agent.lastActivity?.description ?? ""),
        ("hook_bead", "Hook", agent.hookBead), ("role_bead", "Role bead", agent.roleBead),
        ("role_type", "Role", agent.roleType), ("rig", "Rig", agent.rig),
      ]
      if context.isJSON {
        return context.object { writer in
          writer.member("id", agent.id.rawValue)
          writer.member("title", agent.title)
          for fact in facts { writer.optional(fact.key, fact.value.isEmpty ? nil : fact.value) }
        }
      }
      context.print("\(agent.id, .bold) \(agent.title)")
      var table = Table([.init(), .init()])
      for fact in facts where !fact.value.isEmpty { table.add("  \(fact.name)", "\(fact.value)") }
      context.output.print(table)
    }
  }

  private static var backfill: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "backfill-labels", summary: "Label agents with their role and rig",
      discussion: "Agents get the labels role_type:ROLE and rig:RIG, by which lists find them.",
      flags: [.bool("dry-run", help: "Show what would be labelled")]
    ) { arguments, context in
      let isTrial = arguments.bool("dry-run")
      let agents = isTrial ? try context.store().unlabelledAgents() : try label(context)
      if context.isJSON {
        return context.object { writer in
          writer.member("dry_run", isTrial)
          writer.member("updated", agents.count)
          writer.member("agents", agents.map(\.agent.id.rawValue))
        }
      }
      if agents.isEmpty { return context.print("All agents have their labels") }
      for found in agents {
        context.print(
          "\(isTrial ? "○" : "✓") \(found.agent.id, .bold) \(found.labels.joined(separator: ", "))")
      }
      context.print("\(isTrial ? "Would label" : "Labelled") \(counted(agents.count, "agent"))")
    }
  }

  private static func label(
    _ context: BdContext
  ) throws(BeadsError) -> [(agent: Issue, labels: [String])] {
    try context.change("agent backfill-labels") { transaction throws(BeadsError) in
      let labelled = try transaction.labelAgents()
      transaction.summary = labelled.map(\.agent.id.rawValue).joined(separator: " ")
      return labelled
    }
  }
}
