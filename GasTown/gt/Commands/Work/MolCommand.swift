import BeadsKit
import CommandKit
import GasTownKit

/// `gt mol`: the steps of an agent's work.
enum MolCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mol", aliases: ["molecule"], summary: "Show and finish the steps of the work on the hook",
      section: CommandTree.Section.work,
      subcommands: [status, current, progress, step] + MolAwaitCommands.all + MolChangeCommands.all)
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show all steps",
      examples: ["gt mol status", "gt mol status app/polecats/nux --json"],
      positionals: [.optional("agent")]
    ) { arguments, context in
      let (work, view) = try context.molecule(arguments.positionals.first)
      if context.isJSON {
        return context.object { writer in
          writer.member("bead", work.issue.id.rawValue)
          writer.member("molecule", view.rootID.rawValue)
          writer.member(optional: "formula", view.formula)
          writer.key("progress")
          writer.object { MolText.progress(view, &$0) }
          writer.key("steps")
          writer.array(view.steps) { writer, step in writer.object { MolText.step(step, &$0) } }
        }
      }
      context.print(
        "\(context.named(work.issue))  \(view.formula ?? view.rootID.rawValue), \(view.doneCount) of \(view.steps.count)"
      )
      for step in view.steps { context.print("  \(MolText.line(step))") }
    }
  }

  private static var current: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "current", summary: "Show the step to work on, in full", examples: ["gt mol current"],
      positionals: [.optional("agent")]
    ) { arguments, context in
      let (work, view) = try context.molecule(arguments.positionals.first)
      if context.isJSON {
        return context.object { writer in
          writer.member("bead", work.issue.id.rawValue)
          writer.member("molecule", view.rootID.rawValue)
          writer.member("complete", view.isComplete)
          guard let step = view.current else { return }
          writer.key("step")
          writer.object { MolText.step(step, &$0) }
        }
      }
      guard let step = view.current else {
        return context.print(
          view.isComplete ? "Every step of \(view.rootID) is done: `gt done`" : "Every step left is blocked")
      }
      context.print("\(step.title, .bold) (\(step.id)), \(view.doneCount) of \(view.steps.count) done")
      if !step.text.isEmpty { context.print("\n\(multiline: step.text)") }
      if !step.acceptance.isEmpty { context.print("\n\("Done when:", .bold) \(multiline: step.acceptance)") }
    }
  }

  private static var progress: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "progress", summary: "Show how far the work is", examples: ["gt mol progress --json"],
      positionals: [.optional("agent")]
    ) { arguments, context in
      let (_, view) = try context.molecule(arguments.positionals.first)
      if context.isJSON { return context.object { MolText.progress(view, &$0) } }
      context.print("\(view.doneCount) of \(view.steps.count) steps done, \(view.percent) %")
    }
  }

  private static var step: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "step", summary: "Finish steps, and wait between them",
      subcommands: [
        CommandTree.GtCommand(
          "done", summary: "Finish a step and go on to the next",
          examples: ["gt mol step done", "gt mol step done implement"], positionals: [.optional("step")]
        ) { arguments, context in
          let result = try context.hook().finishStep(arguments.positionals.first, of: context.me())
          let view = result.molecule
          if context.isJSON {
            return context.object { writer in
              writer.member("step", result.step)
              writer.member("was_done", result.wasDone)
              writer.member("complete", view.isComplete)
              writer.member(optional: "next", view.current?.id)
              writer.key("progress")
              writer.object { MolText.progress(view, &$0) }
            }
          }
          context.print("✓ \(result.step)\(result.wasDone ? " was done already" : "")")
          if let next = view.current {
            context.print("\nNext: \(next.title, .bold) (\(next.id))\n\n\(multiline: next.text)")
          } else {
            context.print(view.isComplete ? "Every step is done: `gt done`" : "Every step left is blocked")
          }
        }
      ] + MolAwaitCommands.all)
  }
}

extension GtContext {
  /// An agent's work and its molecule.
  func molecule(_ agent: String?) throws(BeadsError) -> (HookedWork, MoleculeView) {
    let agent = try self.agent(agent)
    guard let work = try hook().current(of: agent) else {
      throw BeadsError(.notFound, "nothing is on the hook of \(agent)")
    }
    guard let view = try MoleculeView.of(work, ledgers()) else {
      throw BeadsError(.notFound, "\(work.issue.id) has no steps", hint: "`gt hook` shows the work")
    }
    return (work, view)
  }
}
