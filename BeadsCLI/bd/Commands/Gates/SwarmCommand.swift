import BeadsKit
import CommandKit

/// `bd swarm`: several agents on one epic (contract 5.8).
enum SwarmCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "swarm", summary: "Have several agents work on an epic", section: CommandTree.Section.coordination,
      discussion: """
        The children of an epic fall into waves: all of a wave can be worked on at the same time, when the waves before \
        it are done. A swarm is the issue that stands for the agents at work.
        """,
      examples: ["bd swarm validate bd-a3f8", "bd swarm create bd-a3f8 --coordinator joe", "bd swarm list"],
      subcommands: [validate, create, status, list])
  }

  private static var validate: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "validate", summary: "Show in which waves an epic can be done, and what is wrong with it",
      discussion: "Exits with status 1 when the children wait for each other in a circle.",
      examples: ["bd swarm validate bd-a3f8", "bd swarm validate bd-a3f8 --verbose --json"],
      positionals: [.issue("epic")]
    ) { arguments, context in
      let analysis = try context.store().swarmAnalysis(of: try context.resolve(arguments.positionals[0]))
      let isVerbose = arguments.bool("verbose")
      if context.isJSON {
        context.object { SwarmText.write(analysis, isVerbose: isVerbose, &$0) }
      } else {
        for line in SwarmText.lines(analysis) { context.print(line) }
      }
      if !analysis.isSwarmable {
        try context.fail(
          BeadsError(
            .conflict, "\(analysis.epic.id) cannot be swarmed",
            hint: "remove one edge of each circle with `bd dep remove`"))
      }
    }
  }

  private static var create: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "create", summary: "Make the swarm of an epic",
      discussion: "An issue that is no epic is put into a new one first.",
      examples: ["bd swarm create bd-a3f8", "bd swarm create bd-a3f8 --coordinator gastown/witness --json"],
      flags: [
        .string("coordinator", placeholder: "NAME", help: "Who looks after it"),
        .bool("force", help: "Make another swarm although there is one"),
      ], positionals: [.issue("epic")]
    ) { arguments, context in
      let id = try context.resolve(arguments.positionals[0])
      let coordinator = arguments.string("coordinator") ?? ""
      let force = arguments.bool("force")
      if !force, let other = try context.store().openSwarm(of: id) { return try refuse(id, other, context) }
      let made = try context.change("swarm create") { transaction throws(BeadsError) in
        let made = try transaction.createSwarm(of: id, coordinator: coordinator, force: force)
        transaction.summary = "\(made.swarm.id) for \(made.epic.id)"
        return made
      }
      LastTouched.write(made.swarm.id, context)
      let analysis = try context.store().swarmAnalysis(of: made.epic.id)
      if context.isJSON {
        return context.object { writer in
          writer.member("swarm_id", made.swarm.id.rawValue)
          writer.member("epic_id", made.epic.id.rawValue)
          writer.member("coordinator", made.swarm.assignee)
          writer.key("analysis")
          writer.object { SwarmText.write(analysis, isVerbose: false, &$0) }
        }
      }
      if made.epic.id != id { context.print("✓ Created epic \(try context.named(made.epic)) with \(id)") }
      context.print("✓ Created swarm \(try context.named(made.swarm))")
      for line in SwarmText.lines(analysis) { context.print(line) }
    }
  }

  /// In JSON the existing swarm is part of the answer, which programs use instead.
  private static func refuse(_ id: IssueID, _ swarm: Issue, _ context: BdContext) throws {
    let error = BeadsError(
      .exists, "\(id) has the swarm \(swarm.id) already", hint: "--force makes another one")
    guard context.isJSON else { throw error }
    context.object { writer in
      writer.member("error", error.message)
      writer.member("existing_id", swarm.id.rawValue)
      writer.member("existing_title", swarm.title)
    }
    try context.fail(error)
  }

  private static var status: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "status", summary: "Show how far an epic or a swarm is", examples: ["bd swarm status bd-a3f8 --json"],
      positionals: [.issue()]
    ) { arguments, context in
      let store = try context.store()
      let (epic, status) = try store.swarmStatus(of: try context.resolve(arguments.positionals[0]))
      if context.isJSON { return context.object { SwarmText.write(epic, status, &$0) } }
      context.print(IssueText.line(epic, store.rules.vocabulary))
      for line in SwarmText.lines(status) { context.print(line) }
    }
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand("list", summary: "List all swarms", examples: ["bd swarm list --json"]) {
      _, context in
      let store = try context.store()
      let swarms = try store.swarms()
      if context.isJSON {
        return context.object { writer in
          writer.key("swarms")
          writer.array(swarms) { SwarmText.write($1, &$0) }
        }
      }
      if swarms.isEmpty { return context.print("No swarms") }
      for swarm in swarms {
        context.print(IssueText.line(swarm.issue, store.rules.vocabulary))
        let status = swarm.status
        context.print(
          """
              \(swarm.epic.map { "epic \($0.id)" } ?? "its epic is gone"): \(status.completed.count) of \
          \(status.total) closed (\(status.percent)%), \(status.active.count) active
          """)
      }
    }
  }
}
