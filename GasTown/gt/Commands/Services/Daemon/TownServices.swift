import BeadsKit
import CommandKit
import GasTownKit

/// `gt up` and `gt down`: the town as a whole.
enum TownServices {
  static var up: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "up", summary: "Start the town", section: CommandTree.Section.services,
      discussion: """
        Starts the daemon, which brings about the rest: it starts every agent that has work. Calling it again changes \
        nothing.
        """, examples: ["gt up", "gt up --json"], flags: [.bool("quiet", short: "q", help: "Say nothing")]
    ) { arguments, context in
      let (process, isNew) = try Daemon(try context.town()).start(program: try context.ownProgram())
      if context.isJSON {
        return context.object { writer in
          writer.member("success", true)
          writer.key("services")
          writer.array([process]) { writer, process in
            writer.object {
              $0.member("name", "daemon")
              $0.member("type", "daemon")
              $0.member("ok", true)
              $0.member("detail", isNew ? "started, process \(process.pid)" : "runs, process \(process.pid)")
            }
          }
          writer.key("summary")
          writer.object {
            $0.member("total", 1)
            $0.member("started", isNew ? 1 : 0)
            $0.member("failed", 0)
          }
        }
      }
      if arguments.bool("quiet") { return }
      context.print("✓ Daemon \(isNew ? "started" : "runs"), process \(process.pid)")
      context.print("  `gt status` shows the town, `gt feed` what happens, `gt down` stops everything")
    }
  }

  static var down: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "down", summary: "Stop the town", section: CommandTree.Section.services,
      discussion: """
        Ends the daemon, then every session that gt started, and looks that nothing of it is left. Assignments, \
        worktrees and everything in them stay: `gt up` goes on where it was. Nobody else's processes are touched.
        """, examples: ["gt down", "gt down --dry-run"],
      flags: [.bool("dry-run", short: "n", help: "Only tell what would be stopped")]
    ) { arguments, context in
      let town = try context.town()
      let daemon = Daemon(town)
      let database = try context.database()
      let open = try database.openSessions()
      if arguments.bool("dry-run") {
        if try daemon.process() != nil { context.print("Would end the daemon") }
        for session in open { context.print("Would end \(session.name) (\(session.address))") }
        return
      }
      try FileSystem.makeDirectory(town.path("daemon"))
      try FileSystem.replace(daemon.shutdownPath, with: Array("\(town.now)\n".utf8))
      defer { _ = try? FileSystem.remove(daemon.shutdownPath) }
      let hadDaemon = try daemon.stop()
      let launcher = try context.launcher()
      var left: [(SessionRecord, String)] = []
      for session in open {
        do throws(BeadsError) { try launcher.stop(session.address, reason: "gt down") } catch {
          left.append((session, error.message))
        }
      }
      // Panes whose program has ended keep the server of the sessions running.
      for pane in try launcher.sessions.inventory() where pane.isDead {
        try launcher.sessions.stop(pane.name, nonce: nil, grace: .zero)
      }
      for session in open {
        let processes = ProcessIdentity.all(nonce: session.nonce).filter { $0 != ProcessIdentity.own }
        if !processes.isEmpty {
          left.append((session, "left: \(processes.map { String($0.pid) }.joined(separator: ", "))"))
        }
      }
      if context.isJSON {
        context.object { writer in
          writer.member("success", left.isEmpty)
          writer.member("daemon", hadDaemon)
          writer.key("stopped")
          writer.array(open) { $0.string($1.address.text) }
          writer.key("left")
          writer.array(left) { $0.string("\($1.0.address): \($1.1)") }
        }
      } else {
        context.print(hadDaemon ? "✓ Daemon ended" : "No daemon ran")
        context.print("✓ \(open.count) session\(open.count == 1 ? "" : "s") ended")
        for (session, reason) in left { context.print("\("✗", .red) \(session.address): \(reason)") }
      }
      if !left.isEmpty { throw ExitStatus(1) }
    }
  }

  static var why: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "why", summary: "Tell what the daemon did about an agent or an issue, and why",
      section: CommandTree.Section.diagnostics,
      examples: ["gt why app/polecats/nux", "gt why app-3fk", "gt why"],
      flags: [.int("limit", short: "n", in: 1...1000, default: 20, help: "How many decisions")],
      positionals: [.optional("subject", help: "An agent, an issue, or nothing for all")]
    ) { arguments, context in
      var subject = arguments.positionals.first
      if let text = subject, let agent = try? context.town().address(text) { subject = agent.text }
      let found = try context.database().decisions(about: subject, limit: try arguments.int("limit") ?? 20)
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, decision in
            writer.object {
              $0.member("at", Timestamp(unixNanoseconds: decision.at).description)
              $0.member("subject", decision.subject)
              $0.member("finding", decision.finding)
              $0.member("action", decision.action)
              $0.member("evidence", decision.evidence)
            }
          }
        }
      }
      if found.isEmpty { context.print("Nothing was decided\(subject.map { " about \($0)" } ?? "") yet") }
      for decision in found {
        context.print(
          "\(Timestamp(unixNanoseconds: decision.at).description.prefix(19), .dim)  \(decision.subject, .bold)"
        )
        context.print("  found    \(decision.finding)")
        context.print("  did      \(decision.action)")
        if !decision.evidence.isEmpty { context.print("  because  \(decision.evidence)") }
      }
    }
  }
}
