import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig reset`: clears away what agents of a project left for sessions that will not come.
enum RigResetCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "reset", summary: "Clear handoff notes, old mail and abandoned work of a project",
      discussion: """
        --handoff forgets what sessions left for their successors (the mail with it stays), --mail puts away read mail, \
        --stale frees issues that have been on the hook of an agent who is certainly gone for five minutes. Without any of them all three. \
        Worktrees stay as they are.
        """,
      examples: [
        "gt rig reset shop --dry-run", "gt rig reset shop --stale", "gt rig reset --handoff --role crew",
      ],
      flags: [
        .bool("handoff", help: "Forget notes to the next session"),
        .bool("mail", help: "Put away mail that was read"),
        .bool("stale", help: "Free issues of agents who are gone"),
        .choice(
          "role", placeholder: "ROLE", values: ["crew", "polecat"], help: "Only of agents of this role"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let parts = ["handoff", "mail", "stale"].filter(arguments.bool)
      let chosen = Set(parts.isEmpty ? ["handoff", "mail", "stale"] : parts)
      let role = arguments.string("role").flatMap(AgentRole.init)
      let agents = try context.database().agents(rig: rig.name, role: role).map(\.address)
        .filter(\.role.hasSession)
      var done: [(what: String, subject: String)] = []
      if chosen.contains("handoff") { try resetHandoffs(agents, &done, context) }
      if chosen.contains("mail") { try resetMail(agents, &done, context) }
      if chosen.contains("stale") { try free(agents, &done, context) }
      show(done, rig, context)
    }
  }

  private static func resetHandoffs(
    _ agents: [AgentAddress], _ done: inout [(what: String, subject: String)], _ context: GtContext
  ) throws(BeadsError) {
    let database = try context.database()
    for agent in agents where try database.handoffMarker(of: agent) != nil {
      if !context.arguments.bool("dry-run") { try database.setHandoffMarker(nil, of: agent) }
      done.append(("handoff", agent.text))
    }
  }

  private static func resetMail(
    _ agents: [AgentAddress], _ done: inout [(what: String, subject: String)], _ context: GtContext
  ) throws(BeadsError) {
    let mailbox = Mailbox(try context.ledgers(), try context.database())
    for agent in agents {
      let read = try mailbox.inbox(of: agent).filter { $0.isRead && !$0.isPinned }.map(\.id)
      if !context.arguments.bool("dry-run") { try mailbox.archive(read, by: agent) }
      done += read.map { ("mail", $0.rawValue) }
    }
  }

  private static func free(
    _ agents: [AgentAddress], _ done: inout [(what: String, subject: String)], _ context: GtContext
  ) throws(BeadsError) {
    var hooks = StaleHooks(try context.launcher(), try context.ledgers())
    let names = Set(agents.map(\.text))
    hooks.includes = { names.contains($0.assignee) }
    for found in try hooks.run(olderThan: 300, frees: !context.arguments.bool("dry-run")).stale {
      if found.isFreed || (context.arguments.bool("dry-run") && found.isAlive == false) {
        done.append(("stale", found.issue.id.rawValue))
      } else {
        context.warn(
          "\(found.issue.id) stays with \(found.issue.assignee): \(found.problem ?? "it may live")")
      }
    }
  }

  private static func show(
    _ done: [(what: String, subject: String)], _ rig: Rig, _ context: GtContext
  ) {
    func subjects(_ what: String) -> [String] { done.filter { $0.what == what }.map(\.subject) }
    if context.isJSON {
      return context.object { writer in
        writer.member("rig", rig.name.rawValue)
        writer.member("dry_run", context.arguments.bool("dry-run"))
        writer.member("handoff", subjects("handoff"))
        writer.member("mail", subjects("mail"))
        writer.member("stale", subjects("stale"))
      }
    }
    let would = context.arguments.bool("dry-run") ? "would be " : ""
    for (what, text) in [("handoff", "forgotten: note of"), ("mail", "put away:"), ("stale", "free again:")] {
      for subject in subjects(what) { context.print("✓ \(would)\(text) \(subject)") }
    }
    if done.isEmpty { context.print("There is nothing to clear in \(rig.name.rawValue)") }
  }
}
