import BeadsKit
import CommandKit
import GasTownKit

/// `gt nudge` and `gt broadcast`: messages that are typed into sessions.
enum NudgeCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "nudge", summary: "Type a message into an agent's session", section: CommandTree.Section.communication,
      discussion: """
        The message is written down first, then typed as one piece once the agent waits for input, and said to be \
        delivered only when the agent was seen to take it. It is never typed into a session whose agent has ended, where \
        a shell would run it. Mail is for what can wait.
        """,
      examples: [
        "gt nudge app/nux \"main is red, please rebase\"",
        "gt nudge mayor -m \"three beads are ready\" --mode queue",
        "git diff | gt nudge app/crew/max --stdin",
      ],
      flags: textFlags + [
        .bool("force", short: "f", help: "Also an agent that does not want to be disturbed"),
        .bool("if-fresh", help: "Only if one's own session is younger than a minute; else do nothing"),
        .choice(
          "mode", values: Nudge.Mode.allCases.map(\.rawValue), default: "wait-idle", help: "When to type it"),
        .choice("priority", values: ["normal", "urgent"], default: "normal", help: "How urgent it is"),
      ],
      positionals: [.required("target", help: "mayor, app/nux, app/crew/max"), .zeroOrMore("message")],
      run: run)
  }

  private static var textFlags: [Flag] {
    [
      .string("message", short: "m", placeholder: "TEXT", help: "The message"),
      .bool("stdin", help: "Read the message from standard input"),
    ]
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: GtContext) throws {
    let target = try context.agent(arguments.positionals[0])
    let text = try message(arguments, Array(arguments.positionals.dropFirst()))
    if arguments.bool("if-fresh"), try !isFresh(context) {
      return context.print("Not sent: this session is older than a minute")
    }
    let nudge = try context.nudges().send(
      to: target, from: try context.me(), text: text, urgent: arguments.string("priority") == "urgent",
      mode: arguments.string("mode").flatMap(Nudge.Mode.init) ?? .waitIdle, force: arguments.bool("force"))
    if context.isJSON { return context.json { $0.nudge(nudge) } }
    say(nudge, context)
  }

  private static func say(_ nudge: Nudge, _ context: GtContext) {
    switch nudge.state {
    case .observed: context.print("✓ \(nudge.target) took the message (#\(nudge.id))")
    case .queued, .typing: context.print("Queued for \(nudge.target) (#\(nudge.id))")
    case .typed:
      context.print("Typed for \(nudge.target) (#\(nudge.id))")
      context.warn("it was not seen to be taken; `gt peek \(nudge.target)` shows the session")
    case .expired, .refused: context.print("Not delivered to \(nudge.target) (#\(nudge.id))")
    }
  }

  private static func message(_ arguments: Arguments, _ words: [String]) throws -> String {
    if arguments.bool("stdin") {
      let bytes = try File("/dev/stdin", .read).readToEnd()
      return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
    let text = arguments.string("message") ?? words.joined(separator: " ")
    if text.isEmpty { throw UsageError(.missingArguments(["<message>"])) }
    return text
  }

  private static func isFresh(_ context: GtContext) throws(BeadsError) -> Bool {
    guard let session = try context.database().openSession(of: try context.me()) else { return true }
    return try context.town().environment.clock() &- session.startedAt < 60_000_000_000
  }

  // MARK: - Broadcast

  static var broadcast: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "broadcast", summary: "Type a message into the sessions of many agents",
      section: CommandTree.Section.communication,
      discussion: "Reaches the crew and polecats that run; --all the mayor too. Never oneself.",
      examples: [
        "gt broadcast \"main is frozen until noon\"", "gt broadcast --rig app -m \"please commit\"",
      ],
      flags: textFlags + [
        .string("rig", placeholder: "RIG", help: "Only agents of this rig"),
        .bool("all", help: "The mayor too"),
        .bool("dry-run", short: "n", help: "Only say who would get it"),
        .choice(
          "mode", values: Nudge.Mode.allCases.map(\.rawValue), default: "queue", help: "When to type it"),
      ], positionals: [.zeroOrMore("message")]
    ) { arguments, context in
      let text = try message(arguments, arguments.positionals)
      let rig = try arguments.string("rig").map { name throws(BeadsError) in try context.town().rig(name).name
      }
      let me = try context.me()
      let launcher = try context.launcher()
      let known = try context.database().openSessions().map(\.address).filter { address in
        (rig == nil || address.rig == rig) && (address.role != .mayor || arguments.bool("all"))
          && address != me
      }
      let alive = launcher.liveness(of: known)
      let targets = known.filter { alive[$0]?.isAlive == true }.sorted()
      var sent: [Nudge] = []
      var failures: [(AgentAddress, BeadsError)] = []
      if !arguments.bool("dry-run") {
        for target in targets {
          do throws(BeadsError) {
            sent.append(
              try context.nudges().send(
                to: target, from: me, text: text,
                mode: arguments.string("mode").flatMap(Nudge.Mode.init) ?? .queue))
          } catch { failures.append((target, error)) }
        }
      }
      if context.isJSON {
        context.object { writer in
          writer.member("targets", targets.map(\.text))
          writer.key("nudges")
          writer.array(sent) { $0.nudge($1) }
        }
      } else {
        if targets.isEmpty { context.print("No agent to tell") }
        for nudge in sent { say(nudge, context) }
        if arguments.bool("dry-run") { for target in targets { context.print("Would tell \(target)") } }
      }
      for (target, error) in failures { context.warn("\(target): \(error.message)") }
      if !failures.isEmpty { throw ExitStatus(1) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func nudge(_ nudge: Nudge) {
    object { writer in
      writer.member("id", Int(nudge.id))
      writer.member("target", nudge.target.text)
      writer.member("sender", nudge.sender)
      writer.member("message", nudge.body)
      writer.member("priority", nudge.isUrgent ? "urgent" : "normal")
      writer.member("state", nudge.state.rawValue)
      writer.member("timestamp", Timestamp(unixNanoseconds: nudge.createdAt).description)
      writer.member("expires_at", Timestamp(unixNanoseconds: nudge.expiresAt).description)
      writer.member(optional: "note", nudge.note)
    }
  }
}
