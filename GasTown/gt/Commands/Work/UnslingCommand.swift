import BeadsKit
import CommandKit
import GasTownKit

/// `gt unsling`: takes work back.
enum UnslingCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "unsling", aliases: ["unhook"], summary: "Take work back: the issue is open again and nobody's",
      section: CommandTree.Section.work,
      discussion: """
        What is in the agent's worktree stays there. Work that has begun is taken back only with --force. The session of \
        a polecat ends, because it has nothing to do any more.
        """,
      examples: ["gt unsling ap-3fk", "gt unsling ap-3fk app/polecats/nux --force"],
      flags: [
        .bool("dry-run", short: "n", help: "Only say what would be done"),
        .bool("force", short: "f", help: "Also when work on it has begun"),
      ], positionals: [.optional("bead"), .optional("agent")]
    ) { arguments, context in
      let hook = try context.hook()
      if let bead = arguments.positionals.first, !bead.contains("/") {
        let agent = try arguments.positionals.dropFirst().first.map { word in try context.agent(word) }
        return try takeBack(context.ledgers().resolve(bead).id, from: agent, context)
      }
      let agent = try context.agent(arguments.positionals.first)
      guard let work = try hook.current(of: agent) else {
        return try HookCommand.show(agent, context)
      }
      try takeBack(work.issue.id, from: agent, context)
    }
  }

  /// Takes an issue back; from somebody else than the agent named it is refused.
  static func takeBack(_ id: IssueID, from agent: AgentAddress?, _ context: GtContext) throws(BeadsError) {
    let holder = try context.ledgers().store(for: id).issue(id)?.assignee ?? ""
    if let agent, holder != agent.text, try context.database().agent(on: id)?.address != agent {
      throw BeadsError(
        .conflict, "\(id) is not on the hook of \(agent)\(holder.isEmpty ? "" : ", but of \(holder)")")
    }
    if context.arguments.bool("dry-run") {
      return context.would("take \(id) back from \(holder)") { writer in
        writer.member("bead", id.rawValue)
        writer.member("target", holder)
      }
    }
    let worker = try context.worker(on: id)
    let issue = try context.hook().takeBack(id, force: context.arguments.bool("force"))
    try context.stop(worker, because: "\(id) was taken back")
    if context.isJSON { return context.object { $0.issueMembers(issue) } }
    context.print("✓ \(context.named(issue)) is open again")
  }
}

extension GtContext {
  /// The polecat that has an issue, unless that is the caller.
  func worker(on id: IssueID) throws(BeadsError) -> AgentAddress? {
    guard let agent = try database().agent(on: id)?.address, agent.role == .polecat else { return nil }
    return try agent == me() ? nil : agent
  }

  /// Ends the session of a polecat that has nothing to do any more.
  func stop(_ worker: AgentAddress?, because reason: String) throws(BeadsError) {
    guard let worker else { return }
    do throws(BeadsError) { try launcher().stop(worker, reason: reason) } catch {
      warn("the session of \(worker) could not be ended: \(error.message)")
    }
  }
}
