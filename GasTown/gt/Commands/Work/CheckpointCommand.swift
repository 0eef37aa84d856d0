import BeadsKit
import CommandKit
import GasTownKit

/// `gt checkpoint`: what the next session has to know if this one ends.
enum CheckpointCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "checkpoint", summary: "Keep what the next session has to know if this one ends",
      section: CommandTree.Section.work,
      discussion: """
        A checkpoint belongs to an agent and its present assignment. `gt prime` shows it to the session that takes over, \
        for a day. `gt mol step done` writes one too.
        """,
      subcommands: [write, read, clear])
  }

  private static var write: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "write", summary: "Write a checkpoint",
      examples: ["gt checkpoint write --notes \"parser done, tests next\""],
      flags: [
        .string("notes", short: "m", placeholder: "TEXT", help: "What was reached, what is next"),
        .string("step", placeholder: "ID", help: "The step (default: the current one)"),
        .string("title", placeholder: "TEXT", help: "The step's title"),
        .string("molecule", placeholder: "ID", hidden: true, help: "Ignored: it is that of the assignment"),
      ]
    ) { arguments, context in
      let agent = try context.me()
      let checkpoint = try context.hook().checkpoint(
        agent, step: arguments.string("step"), title: arguments.string("title"),
        notes: arguments.string("notes"))
      try context.database().save(checkpoint)
      if context.isJSON { return json(checkpoint, context) }
      context.print("✓ Checkpoint of \(agent) about \(checkpoint.bead) written")
    }
  }

  private static var read: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "read", aliases: ["show"], summary: "Show the checkpoint", examples: ["gt checkpoint read --json"],
      positionals: [.optional("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals.first)
      let checkpoint = try context.database().checkpoint(of: agent)
      if context.isJSON { return json(checkpoint, context) }
      guard let checkpoint else { return context.print("\(agent) has no checkpoint") }
      context.print("\("Checkpoint", .bold) of \(agent) about \(checkpoint.bead)")
      for (name, value) in [
        ("Step", checkpoint.step), ("Title", checkpoint.title), ("Branch", checkpoint.branch),
        ("Commit", checkpoint.commit.map { String($0.prefix(7)) }), ("Notes", checkpoint.notes),
      ] {
        if let value { context.print("  \(name): \(value)") }
      }
      for file in checkpoint.files { context.print("  Changed: \(file)") }
    }
  }

  private static var clear: CommandTree.GtCommand {
    CommandTree.GtCommand("clear", summary: "Forget the checkpoint", positionals: [.optional("agent")]) {
      arguments, context in
      let agent = try context.agent(arguments.positionals.first)
      let existed = try context.database().removeCheckpoint(of: agent)
      if context.isJSON { return context.object { $0.member("cleared", existed) } }
      context.print(existed ? "✓ Checkpoint of \(agent) forgotten" : "\(agent) has no checkpoint")
    }
  }

  private static func json(_ checkpoint: Checkpoint?, _ context: GtContext) {
    context.object { writer in
      guard let checkpoint else { return }
      writer.member(optional: "molecule_id", checkpoint.molecule?.rawValue)
      writer.member(optional: "current_step", checkpoint.step)
      writer.member(optional: "step_title", checkpoint.title)
      writer.member("modified_files", checkpoint.files)
      writer.member(optional: "last_commit", checkpoint.commit)
      writer.member(optional: "branch", checkpoint.branch)
      writer.member("hooked_bead", checkpoint.bead.rawValue)
      writer.member("timestamp", Timestamp(unixNanoseconds: checkpoint.at).description)
      writer.member(optional: "session_id", checkpoint.session)
      writer.member(optional: "notes", checkpoint.notes)
    }
  }
}
