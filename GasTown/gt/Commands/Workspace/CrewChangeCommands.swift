import BeadsKit
import CommandKit
import GasTownKit

/// `gt crew refresh`, `pristine` and `rename`.
enum CrewChangeCommands {
  static var refresh: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "refresh", summary: "Give a crew member a fresh session that knows where the old one was",
      discussion: """
        As `gt handoff` for somebody else: what the next session has to know is written into its mail, then the session \
        is replaced. The clone stays as it is, with everything in it.
        """,
      examples: ["gt crew refresh max", "gt crew refresh max -m \"the parser is done, tests are next\""],
      flags: [
        CrewCommand.rigFlag,
        .string("message", short: "m", placeholder: "TEXT", help: "What the next session has to know"),
      ], positionals: [.required("name")]
    ) { arguments, context in
      let rig = try context.crewRig(arguments.positionals[0], arguments.string("rig"))
      let address = try context.crew(rig).find(arguments.positionals[0]).record.address
      if context.environment["GT_RUN"] != nil, try context.me() == address {
        throw BeadsError(.refused, "this is the session of \(address) itself", hint: "`gt handoff -m TEXT`")
      }
      let launcher = try context.launcher()
      try RigState.requireOperational(rig, in: try context.database())
      var request = Handoff.Request()
      request.message = arguments.string("message")
      request.reason = "gt crew refresh"
      (request.collects, request.isForced) = (true, true)
      let handoff = try context.handoff()
      let marker = try handoff.prepare(address, request)
      let isManual = launcher.sessions.backend == "none"
      let session = isManual ? nil : try handoff.replaceSession(of: address, launcher).name
      if isManual { context.warn("gt runs no sessions here: end the old one and start the agent anew") }
      if context.isJSON {
        return context.object { writer in
          writer.member("address", address.text)
          writer.member(optional: "mail", marker.mail?.rawValue)
          writer.member(optional: "session", session)
        }
      }
      context.print("✓ \(address.text, .bold) \(session.map { "goes on in \($0)" } ?? "is handed off")")
    }
  }

  static var pristine: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "pristine", summary: "Bring the clones of crew members to what the remote repository has",
      discussion: """
        Only forward: a clone with changes that are not committed, or with commits of its own, is left alone. Exits with \
        1 when one was.
        """,
      examples: ["gt crew pristine", "gt crew pristine max"],
      flags: [CrewCommand.rigFlag], positionals: [.zeroOrMore("name", help: "All of the project by default")]
    ) { arguments, context in
      let rows = try pull(arguments, context)
      if context.isJSON {
        context.json { writer in
          writer.array(rows) { writer, row in
            writer.object { writer in
              writer.member("name", row.member.name.rawValue)
              writer.member("rig", row.rig.name.rawValue)
              writer.member("had_changes", row.pulled.hasChanges)
              writer.member("pulled", row.pulled.outcome == .updated)
              writer.member("outcome", row.pulled.outcome.rawValue)
              writer.member("commits", row.pulled.commits)
              writer.member(optional: "pull_error", row.pulled.reason)
            }
          }
        }
      }
      for row in rows {
        let address = row.member.record.address.text
        switch row.pulled.outcome {
        case .updated: context.print("✓ \(address, .bold) has \(row.pulled.commits) more commits")
        case .current: context.print("○ \(address, .bold) has everything")
        case .kept:
          context.print("\("!", .yellow) \(address, .bold) is left alone: \(row.pulled.reason ?? "")")
        }
      }
      if rows.isEmpty { context.print("There is nobody") }
      if rows.contains(where: { $0.pulled.outcome == .kept }) { throw ExitStatus(1) }
    }
  }

  private static func pull(
    _ arguments: Arguments, _ context: GtContext
  ) throws(BeadsError) -> [(rig: Rig, member: Crew.Member, pulled: Crew.Pulled)] {
    var chosen: [(rig: Rig, member: Crew.Member)] = []
    for name in arguments.positionals {
      let rig = try context.crewRig(name, arguments.string("rig"))
      chosen.append((rig, try context.crew(rig).find(name)))
    }
    if arguments.positionals.isEmpty {
      let rig = try context.rig(arguments.string("rig"))
      chosen = try context.crew(rig).members().map { (rig, $0) }
    }
    return try chosen.map { rig, member throws(BeadsError) in
      (rig, member, try context.crew(rig).pull(member))
    }
  }

  static var rename: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "rename", summary: "Give a crew member another name; its clone and its mail move along",
      examples: ["gt crew rename max maxine"], flags: [CrewCommand.rigFlag],
      positionals: [.required("name"), .required("new-name")]
    ) { arguments, context in
      let (old, new) = (arguments.positionals[0], arguments.positionals[1])
      let rig = try context.crewRig(old, arguments.string("rig"))
      let member = try context.crew(rig).rename(old, to: new, try context.ledgers())
      if context.isJSON {
        return context.object { writer in
          writer.member("old", "\(rig.name)/crew/\(old)")
          writer.member("address", member.record.address.text)
          writer.member("path", member.path)
        }
      }
      context.print("✓ \(rig.name.rawValue)/crew/\(old) is \(member.record.address.text, .bold) now")
      context.print("  Clone: \(member.path)")
    }
  }
}
