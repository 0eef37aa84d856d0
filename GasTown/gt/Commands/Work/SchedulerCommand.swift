import BeadsKit
import CommandKit
import GasTownKit

/// `gt scheduler`: work that waits for its turn.
enum SchedulerCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "scheduler", aliases: ["sched"], summary: "Look after work that waits for its turn",
      section: CommandTree.Section.work,
      discussion: """
        With the setting scheduler.max_polecats at most so many polecats run at once. What `gt sling` is given when all \
        places are taken waits, and the daemon gives it out, first come, first served, as places become free. What \
        cannot be given out three times is given up and escalated.
        """,
      examples: [
        "gt config set scheduler.max_polecats 3", "gt scheduler status", "gt scheduler run --dry-run",
      ],
      subcommands: [status, list, pause, resume, clear, run])
  }

  // MARK: Views

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show how much waits, and for what", examples: ["gt scheduler status --json"]
    ) { _, context in
      let scheduler = try context.scheduler()
      let waiting = try scheduler.entries().filter { $0.state != .settled }
      let ready = waiting.count { $0.state == .ready }
      let (pause, last) = (try scheduler.currentPause(), try scheduler.lastDispatch())
      let admission = try Admission(context.town(), context.database())
      let active = admission.limits.working - (try admission.room())
      if context.isJSON {
        return context.object { writer in
          writer.member("paused", pause != nil)
          writer.member(optional: "paused_by", pause?.by)
          writer.member("max_polecats", admission.limits.isScheduled ? admission.limits.working : -1)
          writer.member("queued_total", waiting.count)
          writer.member("queued_ready", ready)
          writer.member("active_polecats", active)
          writer.member(optional: "last_dispatch_at", last?.description)
          writer.key("beads")
          writer.array(waiting) { write($1, &$0) }
        }
      }
      if let pause { context.print("\("Paused", .yellow) by \(pause.by) since \(pause.at.shown)") }
      let limit = admission.limits.isScheduled ? "of \(admission.limits.working) " : ""
      context.print("\(active) \(limit)polecats at work, \(waiting.count) issues wait, \(ready) ready")
      if let last { context.print("Last given out at \(last.shown)") }
      if !admission.limits.isScheduled {
        context.print("Nothing waits as long as scheduler.max_polecats is not set")
      }
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List what waits, the next one first", examples: ["gt scheduler list"]
    ) { _, context in
      let entries = try context.scheduler().entries()
      if context.isJSON { return context.json { $0.array(entries) { write($1, &$0) } } }
      if entries.isEmpty { return context.print("Nothing waits") }
      var table = Table([
        .init("ISSUE"), .init("RIG"), .init("STATE"), .init("SINCE"), .init("TITLE", isFlexible: true),
      ])
      for entry in entries {
        let since = Timestamp(unixNanoseconds: entry.context.enqueuedAt)
        table.add(
          "\(entry.context.work)", "\(entry.context.rig)", "\(entry.state.rawValue)", "\(since)",
          "\(entry.issue?.title ?? "")")
      }
      context.output.print(table)
      for entry in entries {
        guard let reason = entry.context.lastFailure else { continue }
        context.print("\(entry.context.work) failed \(entry.context.failures) times: \(reason)")
      }
    }
  }

  private static func write(_ entry: Scheduler.Entry, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", entry.context.work.rawValue)
      writer.member("title", entry.issue?.title ?? "")
      writer.member("status", entry.issue?.status.rawValue ?? "")
      writer.member("target_rig", entry.context.rig.rawValue)
      if entry.state == .blocked { writer.member("blocked", true) }
      writer.member("state", entry.state.rawValue)
      writer.member("context", entry.context.id.rawValue)
      writer.member("enqueued_at", Timestamp(unixNanoseconds: entry.context.enqueuedAt).description)
      writer.member("enqueued_by", entry.context.caller.text)
      writer.member("failures", entry.context.failures)
      writer.member(optional: "last_failure", entry.context.lastFailure)
    }
  }

  // MARK: Controls

  private static var pause: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "pause", summary: "Give out nothing that waits until it is resumed", examples: ["gt scheduler pause"]
    ) { _, context in
      let isNew = try context.scheduler().setPaused(by: context.me())
      if context.isJSON { return answer(isPaused: true, isNew, context) }
      context.print(isNew ? "✓ What waits goes on waiting" : "It was paused already")
    }
  }

  private static var resume: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "resume", summary: "Give out what waits again", examples: ["gt scheduler resume"]
    ) { _, context in
      let isNew = try context.scheduler().setPaused(by: nil)
      if context.isJSON { return answer(isPaused: false, isNew, context) }
      context.print(isNew ? "✓ What waits is given out again" : "It was not paused")
    }
  }

  private static func answer(isPaused: Bool, _ isNew: Bool, _ context: GtContext) {
    context.object { writer in
      writer.member("paused", isPaused)
      writer.member("changed", isNew)
    }
  }

  private static var clear: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "clear", summary: "Let nothing wait any more; the issues stay as they are",
      examples: ["gt scheduler clear --bead ap-3fk", "gt scheduler clear"],
      flags: [.string("bead", placeholder: "ID", help: "Only this issue")]
    ) { arguments, context in
      let bead = try arguments.string("bead").map { text throws(BeadsError) in
        try context.ledgers().resolve(text).id
      }
      let gone = try context.scheduler().clear(bead)
      if context.isJSON {
        return context.object { writer in
          writer.member("cleared", gone.count)
          writer.member("beads", gone.map(\.work.rawValue))
        }
      }
      if gone.isEmpty { return context.print("Nothing waits") }
      for one in gone { context.print("✓ \(one.work) does not wait any more") }
    }
  }

  private static var run: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "run", summary: "Give out now what there is room for",
      discussion: "The daemon does so by itself. What failed a moment ago is tried again at once.",
      examples: ["gt scheduler run --dry-run", "gt scheduler run --batch 5"],
      flags: [
        .int("batch", in: 1...1000, help: "So many at the most (default: scheduler.batch_size)"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ]
    ) { arguments, context in
      let isDryRun = arguments.bool("dry-run")
      let run = try context.scheduler().run(arguments.int("batch"), isPatient: true, isDryRun: isDryRun)
      if context.isJSON {
        context.object { writer in
          writer.member("dry_run", isDryRun)
          writer.member("dispatched", run.dispatches.count { $0.error == nil && !isDryRun })
          writer.member("failed", run.dispatches.count { $0.error != nil })
          writer.member("waiting", run.waiting)
          writer.member(optional: "reason", run.reason)
          writer.key("results")
          writer.array(run.dispatches) { write($1, isDryRun, &$0) }
        }
      } else {
        show(run, isDryRun, context)
      }
      if run.dispatches.contains(where: { $0.error != nil }) { throw ExitStatus(1) }
    }
  }

  private static func show(_ run: Scheduler.Run, _ isDryRun: Bool, _ context: GtContext) {
    for dispatch in run.dispatches {
      let (work, rig) = (dispatch.context.work, dispatch.context.rig)
      if let error = dispatch.error {
        let end = dispatch.isGivenUp ? "; it is given up" : ""
        context.print("\("✗", .red) \(work): \(error.message)\(end)")
      } else if isDryRun {
        context.print("Would give \(work) to \(rig)")
      } else {
        context.print("\("✓", .green) \(work) → \(dispatch.outcome?.agent?.text ?? rig.rawValue)")
      }
    }
    let why = run.reason.map { ": \($0)" } ?? ""
    if run.waiting > 0 || run.dispatches.isEmpty { context.print("\(run.waiting) wait\(why)") }
  }

  private static func write(_ dispatch: Scheduler.Dispatch, _ isDryRun: Bool, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("bead", dispatch.context.work.rawValue)
      writer.member("rig", dispatch.context.rig.rawValue)
      let done =
        isDryRun
        ? "planned" : dispatch.isGivenUp ? "given_up" : dispatch.error == nil ? "dispatched" : "failed"
      writer.member("action", done)
      writer.member(optional: "target", dispatch.outcome?.agent?.text)
      writer.member(optional: "error", dispatch.error?.message)
    }
  }
}

extension GtContext {
  /// What gives out work that waits.
  func scheduler() throws(BeadsError) -> Scheduler {
    Scheduler(
      town: try town(), database: try database(), ledgers: try ledgers(), launcher: try launcher())
  }
}
