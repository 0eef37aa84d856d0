import BeadsKit
import CommandKit
import GasTownKit

/// `gt deacon health-check`, `force-kill`, `cleanup-orphans`, `zombie-scan` and the counters.
enum DeaconHealthCommands {
  static var all: [CommandTree.GtCommand] {
    [
      healthCheck, state("health-state", .health, "silent agents"), forceKill, cleanupOrphans, zombieScan,
      state("redispatch-state", .redispatch, "issues that were given out again"),
      state("feed-stranded-state", .feeding, "convoys that were fed"),
    ]
  }

  private static var healthCheck: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "health-check", summary: "Ask an agent to show that it is there",
      discussion: """
        What counts is what it does: processor time, its worktree, commands, what it prints. Exits with 0 when it did \
        something or is left alone for now, with 1 when it did not or could not be asked, and with 2 when it has been \
        silent so often that its session should be ended.
        """,
      examples: ["gt deacon health-check app/polecats/nux", "gt deacon health-check mayor --timeout 5s"],
      flags: [
        duration("timeout", "30s", "How long it has to do something"),
        .int("failures", in: 1...1000, default: 3, help: "How many silent checks in a row are too many"),
        duration("cooldown", "5m", "How long it is left alone after its session was ended"),
      ], positionals: [.required("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals[0])
      var check = HealthCheck(try context.launcher())
      check.timeout = try context.duration("timeout", default: "30s")
      check.limit = try arguments.int("failures") ?? 3
      check.cooldown = try context.duration("cooldown", default: "5m")
      let result = try check.run(agent, from: try context.me())
      if context.isJSON {
        context.object {
          $0.member("agent", agent.text)
          $0.member("verdict", result.verdict.rawValue)
          $0.member("evidence", result.evidence)
          $0.member("consecutive_failures", result.failures)
        }
      } else {
        switch result.verdict {
        case .responded: context.print("✓ \(agent) is there: \(result.evidence)")
        case .coolingDown: context.print("○ \(agent) is left alone: \(result.evidence)")
        case .silent: context.print("! \(agent): \(result.evidence) (\(result.failures) in a row)")
        case .shouldEnd:
          context.print("\("✗", .red) \(agent): \(result.evidence), \(result.failures) times in a row")
        }
      }
      switch result.verdict {
      case .responded, .coolingDown: return
      case .silent: throw ExitStatus(1)
      case .shouldEnd: throw ExitStatus(2)
      }
    }
  }

  private static var forceKill: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "force-kill", summary: "End the session of an agent that does not answer",
      discussion: """
        Its work and its worktree stay, and the daemon starts a new session in them. An agent whose session was ended \
        less than the cool-down ago is left alone.
        """,
      examples: ["gt deacon force-kill app/polecats/nux --reason \"silent for an hour\""],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", help: "Why"),
        .bool("skip-notify", help: "Do not write to the mayor"),
        duration("cooldown", "5m", "How long it is left alone after its session was ended"),
      ], positionals: [.required("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals[0])
      let reason = arguments.string("reason") ?? "it does not answer"
      var check = HealthCheck(try context.launcher())
      check.cooldown = try context.duration("cooldown", default: "5m")
      guard try check.end(agent, reason: reason, by: try context.me()) else {
        throw BeadsError(
          .refused, "the session of \(agent) was ended a short while ago",
          hint: "`gt deacon health-state` tells when")
      }
      if !arguments.bool("skip-notify"), try context.me() != .mayor {
        let mail = MailDraft(to: .mayor, subject: "The session of \(agent) was ended", body: reason)
        try Mailbox(try context.ledgers(), try context.database()).send(mail)
      }
      if context.isJSON { return context.object { $0.member("ended", true) } }
      context.print("✓ The session of \(agent) has ended; the daemon starts it again if it shall run")
    }
  }

  private static func state(
    _ name: String, _ kind: PatrolCounters.Kind, _ what: String
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(name, summary: "Show the counters of \(what)", examples: ["gt deacon \(name)"]) {
      _, context in
      let document = try PatrolCounters(kind, in: try context.town()).document()
      let text = String(decoding: JSONEdit.pretty(document), as: UTF8.self)
      if context.isJSON { return context.json { $0.raw(document.compactText) } }
      context.print("\(text)")
    }
  }

  static var cleanupOrphans: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "cleanup-orphans", summary: "End processes that ended sessions have left behind",
      discussion: """
        Only processes that carry the nonce of a session of this town that has ended: nothing is told by its name.
        """,
      examples: ["gt deacon cleanup-orphans", "gt deacon cleanup-orphans --dry-run"],
      flags: [.bool("dry-run", short: "n", help: "Only show them")]
    ) { arguments, context in try context.endLeftovers(isDryRun: arguments.bool("dry-run")) }
  }

  private static var zombieScan: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "zombie-scan", summary: "Find sessions that have ended and are still on record, and put them away",
      examples: ["gt deacon zombie-scan --dry-run", "gt deacon zombie-scan"],
      flags: [.bool("dry-run", short: "n", help: "Only show them")]
    ) { arguments, context in
      let launcher = try context.launcher()
      let audit = try SessionAudit(launcher)
      let isDryRun = arguments.bool("dry-run")
      var rows: [(finding: SessionAudit.Finding, isCleared: Bool)] = []
      for finding in audit.findings {
        var isCleared = false
        if !isDryRun, finding.kind == "dead" || finding.kind == "gone", let address = finding.address {
          try launcher.stop(address, reason: "ended by itself")
          isCleared = true
        }
        rows.append((finding, isCleared))
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("sessions", audit.sessionCount)
          writer.key("zombies")
          writer.array(rows) { writer, row in
            writer.object {
              $0.member("session", row.finding.session)
              $0.member(optional: "agent", row.finding.address?.text)
              $0.member("kind", row.finding.kind)
              $0.member("message", row.finding.message)
              $0.member("cleared", row.isCleared)
            }
          }
        }
      }
      for row in rows { context.print("\(row.isCleared ? "✓" : "○") \(row.finding.message)") }
      if rows.isEmpty { context.print("✓ \(audit.sessionCount) sessions, all as they should be") }
    }
  }

  static func duration(_ name: String, _ value: String, _ help: String) -> Flag {
    .string(name, placeholder: "DURATION", default: value, help: help)
  }
}

extension GtContext {
  /// The time span of a flag.
  func duration(_ name: String, default value: String) throws(BeadsError) -> Duration {
    .nanoseconds(try GoDuration.nanoseconds(arguments.string(name) ?? value))
  }

  /// Ends what ended sessions have left, and tells it.
  func endLeftovers(isDryRun: Bool, grace: Duration = .seconds(2)) throws {
    let found = try Leftovers(try database()).find()
    let lines = found.map(\.commandLine)
    let left = isDryRun ? [] : Leftovers.end(found, grace: grace)
    if isJSON {
      object { writer in
        writer.member("found", found.count)
        writer.member("ended", isDryRun ? 0 : found.count - left.count)
        writer.key("processes")
        writer.array(zip(found, lines)) { writer, one in
          writer.object {
            $0.member("pid", Int(one.0.process.pid))
            $0.member("owner", one.0.owner)
            $0.member("command", one.1)
            $0.member("ended", !isDryRun && !left.contains(one.0))
          }
        }
      }
    } else {
      for (one, line) in zip(found, lines) {
        let state = isDryRun ? "would be ended" : left.contains(one) ? "does not end" : "ended"
        print("\(one.process.pid)  left by \(one.owner): \(line.prefix(80))  \(state)")
      }
      if found.isEmpty { print("✓ Nothing was left behind") }
    }
    if !left.isEmpty { throw ExitStatus(1) }
  }
}
