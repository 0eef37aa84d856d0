import BeadsKit
import CommandKit
import GasTownKit

/// `gt vitals`: whether what the town lives on works, in numbers.
enum VitalsCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "vitals", aliases: ["health"], summary: "Show in numbers whether the town is well",
      section: CommandTree.Section.diagnostics,
      discussion: "`gt status` shows who works on what, `gt doctor` looks for what is wrong.",
      examples: ["gt vitals", "gt health --json"]
    ) { _, context in
      let vitals = try Vitals(
        try context.town(), try context.database(), try context.ledgers(), try context.launcher())
      if context.isJSON { return write(vitals, context) }
      var facts = Table([Table.Column(), Table.Column()])
      let seen = vitals.daemonAge.map { ", looked \(Age.text(nanoseconds: $0)) ago" } ?? ""
      facts.add("Daemon", vitals.daemon.map { "process \($0.pid)\(seen)" } ?? "\("does not run", .yellow)")
      facts.add("Sessions", "\(vitals.runningCount) of \(vitals.sessionCount) run (\(vitals.backend))")
      for problem in vitals.problems { facts.add("", "\(problem, .yellow)") }
      for tracker in vitals.trackers {
        let state: TerminalText =
          tracker.problem.map { "\($0, .red)" }
          ?? "\(tracker.issueCount) issue\(tracker.issueCount == 1 ? "" : "s"), \(kilobytes(tracker.size))"
        facts.add("Tracker \(tracker.name)", state)
      }
      if let free = vitals.freeBytes { facts.add("Disk", "\(free >> 20) MiB free") }
      context.output.print(facts)
    }
  }

  private static func kilobytes(_ size: Int64) -> String { "\((size + 1023) / 1024) KiB" }

  private static func write(_ vitals: Vitals, _ context: GtContext) {
    context.object { writer in
      writer.member("status", vitals.isWell ? "ok" : "degraded")
      writer.key("daemon")
      writer.object { writer in
        writer.member("running", vitals.daemon != nil)
        if let process = vitals.daemon { writer.member("pid", Int(process.pid)) }
        if let age = vitals.daemonAge { writer.member("last_tick_seconds", Int(age / 1_000_000_000)) }
      }
      writer.key("sessions")
      writer.object { writer in
        writer.member("backend", vitals.backend)
        writer.member("total", vitals.sessionCount)
        writer.member("running", vitals.runningCount)
      }
      writer.key("stores")
      writer.array(vitals.trackers) { writer, tracker in
        writer.object { writer in
          writer.member("name", tracker.name)
          writer.member("path", tracker.path)
          writer.member("ok", tracker.problem == nil)
          writer.member("issues", tracker.issueCount)
          writer.member("bytes", Int(tracker.size))
          writer.member(optional: "problem", tracker.problem)
        }
      }
      if let free = vitals.freeBytes { writer.member("disk_free_bytes", Int(free)) }
      writer.member("problems", vitals.problems)
    }
  }
}

/// `gt stale`: whether the daemon runs another program than this one.
enum StaleCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stale", summary: "Tell whether the daemon runs an older gt than this one",
      section: CommandTree.Section.diagnostics,
      discussion: """
        After an update the daemon goes on with the program it was started with until it is started anew. Exits with 0 \
        when it does so, with 1 when it runs this program or none runs, with 2 when that cannot be told.
        """,
      examples: ["gt stale", "gt stale --json"], flags: [.bool("quiet", short: "q", help: "Print nothing")]
    ) { arguments, context in
      let daemon = Daemon(try context.town())
      let isStale = try daemon.process() == nil ? false : daemon.runsOther(program: try context.ownProgram())
      if context.isJSON {
        context.object { writer in
          if let isStale { writer.member("stale", isStale) }
          writer.member("known", isStale != nil)
        }
      } else if !arguments.bool("quiet") {
        switch isStale {
        case true?: context.print("The daemon runs another gt: `gt daemon stop`, then `gt daemon start`")
        case false?: context.print("Nothing runs an older gt")
        case nil: context.print("It cannot be told which gt the daemon runs")
        }
      }
      if isStale != true { throw ExitStatus(isStale == nil ? 2 : 1) }
    }
  }
}
