import BeadsKit
import CommandKit
import GasTownKit

/// `gt hook`: what an agent is to work on.
enum HookCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "hook", aliases: ["work"], summary: "Show or set what an agent is to work on",
      section: CommandTree.Section.work,
      discussion: """
        Without an issue it shows the hook of the agent one is; with one it puts the issue there, without starting \
        anything. `gt sling` does both: it assigns and starts.
        """,
      examples: [
        "gt hook", "gt hook ap-3fk", "gt hook ap-3fk app/crew/max", "gt hook show app/polecats/nux",
      ],
      flags: flags, positionals: [.optional("bead"), .optional("agent")],
      subcommands: [show, attach, clear]
    ) { arguments, context in
      if arguments.bool("clear") { return try clear(arguments.positionals, context) }
      guard let bead = arguments.positionals.first else { return try show(try context.me(), context) }
      try attach(bead, arguments.positionals.dropFirst().first, context)
    }
  }

  private static var flags: [Flag] {
    [
      .string("subject", short: "s", placeholder: "TEXT", help: "Subject of a note to the agent"),
      .string("message", short: "m", placeholder: "TEXT", help: "A note to the agent"),
      .bool("dry-run", short: "n", help: "Only say what would be done"),
      .bool("force", short: "f", help: "Replace what is on the hook"),
      .bool("clear", hidden: true, help: "Empty the hook"),
    ]
  }

  // MARK: Subcommands

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", aliases: ["status"], summary: "Show the hook of an agent",
      examples: ["gt hook show app/crew/max"],
      positionals: [.optional("agent")]
    ) { arguments, context in
      try show(try context.agent(arguments.positionals.first), context)
    }
  }

  private static var attach: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "attach", summary: "Put an issue on the hook", examples: ["gt hook attach ap-3fk"], flags: flags,
      positionals: [.required("bead"), .optional("agent")]
    ) { arguments, context in
      try attach(arguments.positionals[0], arguments.positionals.dropFirst().first, context)
    }
  }

  private static var clear: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "clear", aliases: ["detach"], summary: "Take the issue off the hook", examples: ["gt hook clear"],
      flags: [
        .bool("force", short: "f", help: "Also when work on it has begun"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ], positionals: [.optional("bead"), .optional("agent")]
    ) { arguments, context in try clear(arguments.positionals, context) }
  }

  // MARK: Showing

  static func show(_ agent: AgentAddress, _ context: GtContext) throws(BeadsError) {
    let work: HookedWork?
    do throws(BeadsError) { work = try context.hook().current(of: agent) } catch {
      throw BeadsError(
        error.code, "the hook of \(agent) could not be read: \(error.message)",
        hint: "this does not mean that it is empty; try again before anything is closed or begun")
    }
    var view: MoleculeView?
    do throws(BeadsError) {
      view = try work.flatMap { work throws(BeadsError) in try MoleculeView.of(work, context.ledgers()) }
    } catch { context.warn("the steps could not be read: \(error.message)") }
    if context.isJSON { return json(agent, work, view, context) }
    guard let work else { return context.print("Nothing on the hook of \(agent)") }
    context.print("\("Hook", .bold) of \(agent): \(context.named(work.issue))  [\(work.issue.status)]")
    if let formula = work.attachment.formula { context.print("  Formula: \(formula)") }
    if let arguments = work.attachment.arguments { context.print("  Instructions: \(arguments)") }
    if let view {
      context.print("  Steps: \(view.doneCount) of \(view.steps.count) done")
      if let step = view.current { context.print("  Next: \(step.title) (\(step.id))") }
    }
  }

  private static func json(
    _ agent: AgentAddress, _ work: HookedWork?, _ view: MoleculeView?, _ context: GtContext
  ) {
    context.object { writer in
      writer.member("target", agent.text)
      writer.member("role", agent.role.rawValue)
      writer.member("agent_bead_id", agent.text)
      writer.member("has_work", work != nil)
      if let work {
        GtContext.member("pinned_bead", work.issue, &writer)
        let attachment = work.attachment
        writer.member(optional: "attached_molecule", attachment.molecule?.rawValue)
        writer.member(optional: "attached_formula", attachment.formula)
        writer.member(optional: "attached_at", attachment.attachedAt?.description)
        writer.member(optional: "attached_args", attachment.arguments)
        writer.member("attached_vars", attachment.variables)
        writer.member("is_wisp", view?.isWisp ?? false)
      }
      if let view {
        writer.key("progress")
        writer.object { MolText.progress(view, &$0) }
      }
      writer.member("next_action", nextAction(work, view))
    }
  }

  private static func nextAction(_ work: HookedWork?, _ view: MoleculeView?) -> String {
    guard let work else { return "look at `gt mail inbox` and `gt ready`" }
    if let step = view?.current { return "do the step \(step.id), then `gt mol step done`" }
    if let view, !view.isComplete { return "wait: every step left is blocked" }
    let isPolecat = AgentAddress(work.issue.assignee)?.role == .polecat
    return "work on \(work.issue.id), then `\(isPolecat ? "gt done" : "bd close \(work.issue.id)")`"
  }

  // MARK: Changing

  private static func attach(_ bead: String, _ agent: String?, _ context: GtContext) throws(BeadsError) {
    let arguments = context.arguments
    let target = try context.agent(agent)
    let id = try context.ledgers().resolve(bead).id
    if arguments.bool("dry-run") {
      return context.would("put \(id) on the hook of \(target)") { writer in
        writer.member("bead", id.rawValue)
        writer.member("target", target.text)
      }
    }
    let issue = try context.hook().attach(id, to: target, force: arguments.bool("force")) { attachment in
      attachment.subject = arguments.string("subject") ?? attachment.subject
      attachment.message = arguments.string("message") ?? attachment.message
    }
    if context.isJSON { return try show(target, context) }
    context.print("✓ \(context.named(issue)) is on the hook of \(target)")
  }

  private static func clear(_ words: [String], _ context: GtContext) throws(BeadsError) {
    let hook = try context.hook()
    var id: IssueID?
    var agent: AgentAddress?
    for word in words {
      if word.contains("/") || AgentAddress(word) != nil {
        agent = try context.agent(word)
      } else {
        id = try context.ledgers().resolve(word).id
      }
    }
    if id == nil {
      let owner = try context.agent(agent?.text)
      guard let present = try hook.current(of: owner)?.issue.id else { return try show(owner, context) }
      id = present
    }
    if let id { try UnslingCommand.takeBack(id, from: agent, context) }
  }
}
