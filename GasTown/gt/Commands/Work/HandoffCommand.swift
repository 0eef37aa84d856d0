import BeadsKit
import CommandKit
import GasTownKit

/// `gt handoff` and `gt resume`: a fresh session for the same work.
enum HandoffCommand {
  static var all: [CommandTree.GtCommand] { [handoff, resume] }

  private static var handoff: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "handoff", summary: "Go on with the same work in a fresh session", section: CommandTree.Section.work,
      discussion: """
        For an agent whose context has grown long. What the next session has to know is written down first; then the \
        session is replaced. Worktree, branch and hook stay as they are. With an issue, that is put on the hook before; \
        with an agent, the session of that one is replaced.
        """,
      examples: [
        "gt handoff -m \"parser done, tests next\"", "gt handoff app/crew/max --reason \"stuck in a loop\"",
      ],
      flags: flags, positionals: [.optional("issue or agent")]
    ) { arguments, context in
      if let word = arguments.string("finish") { return try finish(context.agent(word), context) }
      var request = Handoff.Request()
      let agent = try read(arguments, &request, context)
      let handoff = try context.handoff()
      if arguments.bool("auto") {
        let isSaved = try handoff.saveState(of: agent, notes: request.message)
        if context.isJSON { return context.object { $0.member("saved", isSaved) } }
        return context.print(
          isSaved ? "✓ State of \(agent) saved" : "\(agent) has no work whose state to save")
      }
      if arguments.bool("dry-run") {
        return context.would("replace the session of \(agent)") { $0.member("agent", agent.text) }
      }
      if !arguments.bool("no-git-check") { try warnAboutChanges(agent, context) }
      let marker = try handoff.prepare(agent, request)
      try replace(agent, marker, context)
    }
  }

  private static var flags: [Flag] {
    [
      .string("subject", short: "s", placeholder: "TEXT", help: "Subject of the note to the next session"),
      .string("message", short: "m", placeholder: "TEXT", help: "What the next session has to know"),
      .bool("stdin", help: "Read that from standard input"),
      .bool("collect", short: "c", help: "Add the state of hook and worktree to it"),
      .string("reason", placeholder: "TEXT", help: "Why"),
      .bool("auto", help: "Only save the state, and go on"),
      .bool("cycle", hidden: true, help: "Replace the session, as is done anyway"),
      .bool("no-git-check", help: "Do not look for changes that are not committed"),
      .bool("force", short: "f", help: "Even if the last one was a moment ago"),
      .bool("watch", short: "w", default: true, hidden: true, help: "Show the new session"),
      .bool("yes", short: "y", hidden: true, help: "Do not ask, as is done anyway"),
      .bool("dry-run", short: "n", help: "Only say what would be done"),
      .string(
        "finish", placeholder: "AGENT", hidden: true, help: "Replace the session of an agent that ends itself"
      ),
    ]
  }

  private static func read(
    _ arguments: Arguments, _ request: inout Handoff.Request, _ context: GtContext
  ) throws(BeadsError) -> AgentAddress {
    request.subject = arguments.string("subject")
    request.message = arguments.bool("stdin") ? try context.standardInput() : arguments.string("message")
    request.reason = arguments.string("reason")
    request.collects = arguments.bool("collect")
    request.isForced = arguments.bool("force")
    guard let word = arguments.positionals.first else { return try context.me() }
    if word.contains("/") || AgentAddress(word) != nil { return try context.agent(word) }
    request.bead = try context.ledgers().resolve(word).id
    return try context.me()
  }

  private static func warnAboutChanges(_ agent: AgentAddress, _ context: GtContext) throws(BeadsError) {
    let record = try context.database().agent(agent)
    guard let bead = record?.bead, let worktree = record?.worktree else { return }
    var checkpoint = Checkpoint(agent, bead: bead)
    checkpoint.observe(worktree: worktree, context.environment)
    if checkpoint.files.isEmpty { return }
    context.warn("\(checkpoint.files.count) files are not committed; they stay in the worktree")
  }

  // MARK: Replacing

  private static func replace(
    _ agent: AgentAddress, _ marker: HandoffMarker, _ context: GtContext
  ) throws(BeadsError) {
    let launcher = try context.launcher()
    let me = try context.me()
    let isOwn = context.environment["GT_RUN"] != nil && me == agent
    var session: String?
    if launcher.sessions.backend == "none" {
      context.warn("gt runs no sessions here: end this one and start the agent anew")
    } else if isOwn {
      try replaceOwn(agent, context)
    } else {
      session = try context.handoff().replaceSession(of: agent, launcher).name
    }
    if context.isJSON {
      return context.object { writer in
        writer.member("agent", agent.text)
        writer.member("subject", marker.subject ?? "")
        writer.member(optional: "mail", marker.mail?.rawValue)
        writer.member(optional: "session", session)
      }
    }
    context.print("✓ \(agent) is handed off\(session.map { " to the session \($0)" } ?? "")")
  }

  /// Lets a process outside of the session replace it when this one has ended: it would end itself.
  private static func replaceOwn(_ agent: AgentAddress, _ context: GtContext) throws(BeadsError) {
    guard let program = context.program() else {
      throw BeadsError(
        .missingProgram, "the file of the program gt is not known", hint: "call gt by its path")
    }
    var variables = context.environment.variables
    for name in ["GT_RUN", "GT_ROLE", "TMUX", "TMUX_PANE"] { variables[name] = nil }
    variables["GT_TOWN_ROOT"] = try context.town().root
    _ = try Subprocess(
      [program, "handoff", "--finish", agent.text], directory: try context.town().root, variables: variables
    ).startDetached()
  }

  private static func finish(_ agent: AgentAddress, _ context: GtContext) throws(BeadsError) {
    do throws(BeadsError) {
      _ = try context.handoff().replaceSession(of: agent, context.launcher())
    } catch {
      try context.events().append("handoff_failed", actor: agent.text, [("reason", error.message)])
      throw error
    }
  }

  // MARK: Resuming

  private static var resume: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "resume", summary: "Show what the session before this one left", section: CommandTree.Section.work,
      examples: ["gt resume"], positionals: [.optional("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals.first)
      let marker = try context.database().lastHandoff(of: agent)
      if context.isJSON {
        return context.object { writer in
          writer.member("agent", agent.text)
          writer.member("has_handoff", marker != nil)
          guard let marker else { return }
          writer.member(optional: "subject", marker.subject)
          writer.member(optional: "message", marker.message)
          writer.member(optional: "reason", marker.reason)
          writer.member(optional: "mail", marker.mail?.rawValue)
          writer.member("timestamp", Timestamp(unixNanoseconds: marker.at).description)
        }
      }
      guard let marker else { return context.print("No session of \(agent) has handed off") }
      context.print("\(marker.subject ?? "Handoff", .bold)  \(Timestamp(unixNanoseconds: marker.at).shown)")
      if let reason = marker.reason { context.print("Reason: \(reason)") }
      if let message = marker.message { context.print("\n\(multiline: message)") }
    }
  }
}

extension GtContext {
  /// Handing off sessions.
  func handoff() throws(BeadsError) -> Handoff {
    Handoff(town: try town(), database: try database(), ledgers: try ledgers())
  }
}
