import BeadsKit
import CommandKit
import GasTownKit

/// `gt dog`: the maintenance jobs of the town.
enum DogCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "dog", aliases: ["dogs"], summary: "See and control the maintenance jobs of the town",
      section: CommandTree.Section.services,
      discussion: """
        A dog is a job of the daemon: code, no agent; it costs no tokens. Each runs on a schedule in a process of its \
        own, and what it did is on record. The settings lifecycle.NAME.enabled and lifecycle.NAME.interval drive it.
        """,
      examples: ["gt dog list", "gt dog call backup", "gt config set lifecycle.backup.interval 12h"],
      subcommands: [list, status, add, remove, call, clear, done, healthCheck])
  }

  // MARK: Looking

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List the jobs, when they ran and how that went",
      examples: ["gt dog list", "gt dog list --json"]
    ) { _, context in
      let views = try MaintenanceJob.all.map { job in try DogView(job, context) }
      if context.isJSON {
        return context.json { writer in
          writer.array(views) { writer, view in writer.object { view.write(to: &$0) } }
        }
      }
      var table = Table([
        .init("JOB"), .init("STATE"), .init("LAST"), .init("RESULT"), .init("NEXT"), .init("WHAT IT DOES"),
      ])
      for view in views {
        table.add(
          "\(view.job.name, .bold)", "\(view.state)", "\(view.lastText)", "\(view.record.result ?? "-")",
          "\(view.nextText)", "\(view.job.summary)")
      }
      context.output.print(table)
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show a job and its last runs", examples: ["gt dog status backup", "gt dog status"],
      positionals: [.zeroOrMore("name", help: "All jobs unless some are named")]
    ) { arguments, context in
      let jobs =
        arguments.positionals.isEmpty
        ? MaintenanceJob.all : try arguments.positionals.map(MaintenanceJob.named)
      let views = try jobs.map { job in try DogView(job, context) }
      if context.isJSON {
        if views.count == 1 { return try context.object { try views[0].writeAll(to: &$0, context) } }
        return try context.json { writer in
          try writer.array(views) { writer, view in try writer.object { try view.writeAll(to: &$0, context) }
          }
        }
      }
      for view in views {
        context.print("\(view.job.name, .bold)  \(view.state): \(view.job.summary)")
        context.print("  every \(view.intervalText), next \(view.nextText)")
        for run in try context.database().jobRuns(view.job.name, limit: 5) {
          let at = Timestamp(unixNanoseconds: run.startedAt).shown
          context.print(
            "  \(at)  \((run.endedAt - run.startedAt) / 1_000_000) ms  \(run.result)  \(run.detail)")
        }
      }
    }
  }

  private static var healthCheck: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "health-check", summary: "Tell whether a job hangs, or failed when it ran last",
      discussion: "Exits with 1 when one needs a look.",
      examples: ["gt dog health-check", "gt dog health-check --auto-clear"],
      flags: [
        .bool("auto-clear", help: "End what hangs"),
        DeaconHealthCommands.duration("max-inactivity", "10m", "How long a job may run"),
      ], positionals: [.zeroOrMore("name")]
    ) { arguments, context in
      let limit = try context.duration("max-inactivity", default: "10m").components.seconds
      let jobs =
        arguments.positionals.isEmpty
        ? MaintenanceJob.all : try arguments.positionals.map(MaintenanceJob.named)
      var rows: [(job: MaintenanceJob, problem: String?, cleared: Bool)] = []
      for job in jobs {
        let record = try context.database().job(job.name)
        var problem: String?
        var cleared = false
        if record.wasInterrupted { problem = "its last run ended in the middle" }
        if record.isRunning, let began = record.startedAt {
          let seconds = (context.environment.clock() - began) / 1_000_000_000
          if seconds > limit { problem = "it has been running for \(seconds) s" }
        }
        if problem != nil, arguments.bool("auto-clear") {
          cleared = try JobRunner(try context.launcher()).clear(job) != nil
        }
        if problem == nil, record.result == "failed" { problem = "it failed: \(record.detail ?? "")" }
        rows.append((job, problem, cleared))
      }
      if context.isJSON {
        context.json { writer in
          writer.array(rows) { writer, row in
            writer.object {
              $0.member("name", row.job.name)
              $0.member("healthy", row.problem == nil)
              $0.member("problem", row.problem ?? "")
              $0.member("cleared", row.cleared)
            }
          }
        }
      } else {
        for row in rows {
          let state = row.problem.map { "\($0)\(row.cleared ? "; cleared" : "")" } ?? "well"
          context.print("\(row.problem == nil ? "✓" : "!") \(row.job.name, .bold)  \(state)")
        }
      }
      if rows.contains(where: { $0.problem != nil && !$0.cleared }) { throw ExitStatus(1) }
    }
  }

  // MARK: Doing

  private static var call: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "call", aliases: ["run"], summary: "Run a job here and now",
      examples: ["gt dog call doctor", "gt dog call reaper --dry-run"],
      flags: [.bool("dry-run", short: "n", help: "Only tell what it would do")],
      positionals: [.required("name", values: MaintenanceJob.all.map(\.name))]
    ) { arguments, context in
      let job = try MaintenanceJob.named(arguments.positionals[0])
      try context.run(job, isDryRun: arguments.bool("dry-run"))
    }
  }

  private static var add: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "add", summary: "Have the daemon run a job", examples: ["gt dog add backup"],
      positionals: [.oneOrMore("name")]
    ) { arguments, context in try switchOn(true, arguments, context) }
  }

  private static var remove: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "remove", aliases: ["rm"], summary: "Have the daemon run a job no longer",
      examples: ["gt dog remove doctor"],
      flags: [.bool("force", short: "f", hidden: true, help: "A job that runs goes on to its end")],
      positionals: [.oneOrMore("name")]
    ) { arguments, context in try switchOn(false, arguments, context) }
  }

  private static func switchOn(_ isOn: Bool, _ arguments: Arguments, _ context: GtContext) throws {
    let jobs = try arguments.positionals.map(MaintenanceJob.named)
    for job in jobs {
      try TownSettings.set(
        "lifecycle.\(job.name).enabled", to: isOn ? "true" : "false", in: try context.town(),
        command: context.command)
      context.print("✓ The daemon \(isOn ? "runs" : "does not run") \(job.name, .bold)")
    }
    if context.isJSON {
      let views = try jobs.map { job in try DogView(job, context) }
      context.json { writer in
        writer.array(views) { writer, view in writer.object { view.write(to: &$0) } }
      }
    }
  }

  private static var clear: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "clear", summary: "End a run that hangs", examples: ["gt dog clear doctor"],
      flags: [.bool("force", short: "f", hidden: true, help: "A run is ended in any case")],
      positionals: [.required("name")]
    ) { arguments, context in
      let job = try MaintenanceJob.named(arguments.positionals[0])
      let how = try JobRunner(try context.launcher()).clear(job)
      if context.isJSON { return context.object { $0.member("cleared", how != nil) } }
      context.print(how.map { "✓ \(job.name): \($0)" } ?? "\(job.name) does not run")
    }
  }

  private static var done: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "done", summary: "Nothing: a job ends by itself", hidden: true, positionals: [.optional("name")]
    ) { _, context in
      if context.isJSON { return context.object { $0.member("done", true) } }
      context.print("A job ends by itself; `gt dog list` shows how")
    }
  }
}

/// A job as people and programs see it.
struct DogView {
  let job: MaintenanceJob
  let record: JobRecord
  private let isEnabled: Bool
  private let interval: Int64
  private let now: Int64

  init(_ job: MaintenanceJob, _ context: GtContext) throws(BeadsError) {
    self.job = job
    let settings = try TownSettings.load(try context.town())
    record = try context.database().job(job.name)
    isEnabled = job.isEnabled(settings)
    interval = job.interval(settings)
    now = context.environment.clock()
  }

  var state: String { record.isRunning ? "working" : isEnabled ? "idle" : "off" }
  var intervalText: String { GoDuration.text(nanoseconds: interval) }

  var lastText: String {
    guard let at = record.startedAt else { return "never" }
    return "\(GoDuration.text(nanoseconds: (now - at) / 1_000_000_000 * 1_000_000_000)) ago"
  }

  var nextText: String {
    guard isEnabled else { return "-" }
    guard let next = record.nextAt else { return "when the daemon runs" }
    let left = (next - now) / 1_000_000_000
    return left <= 0 ? "due" : "in \(GoDuration.text(nanoseconds: left * 1_000_000_000))"
  }

  func write(to writer: inout JSONWriter) {
    writer.member("name", job.name)
    writer.member("state", record.isRunning ? "working" : "idle")
    writer.member("enabled", isEnabled)
    writer.member("summary", job.summary)
    writer.member("interval", intervalText)
    writer.member(
      optional: "last_active", record.startedAt.map { Timestamp(unixNanoseconds: $0).description })
    writer.member(optional: "result", record.result)
    writer.member(optional: "detail", record.detail)
    writer.member("failures", record.failures)
    writer.member(optional: "next_at", record.nextAt.map { Timestamp(unixNanoseconds: $0).description })
  }

  func writeAll(to writer: inout JSONWriter, _ context: GtContext) throws(BeadsError) {
    write(to: &writer)
    writer.key("runs")
    writer.array(try context.database().jobRuns(job.name)) { writer, run in
      writer.object {
        $0.member("started_at", Timestamp(unixNanoseconds: run.startedAt).description)
        $0.member("duration_ms", Int((run.endedAt - run.startedAt) / 1_000_000))
        $0.member("result", run.result)
        $0.member("detail", run.detail)
      }
    }
  }
}

extension GtContext {
  /// Runs a job and tells what it did; exits with 1 when something needs a person.
  func run(_ job: MaintenanceJob, isDryRun: Bool) throws {
    var runner = JobRunner(try launcher())
    runner.isDryRun = isDryRun
    show(try runner.run(job), job.name, isDryRun: isDryRun)
  }

  /// Shows what a job did.
  func show(_ report: JobReport, _ name: String, isDryRun: Bool) {
    if isJSON {
      return object { writer in
        writer.member("name", name)
        writer.member("dry_run", isDryRun)
        writer.key("counts")
        writer.object { writer in
          for count in report.counts {
            writer.key(count.what.split(separator: " ").joined(separator: "_"))
            writer.int(Int64(count.number))
          }
        }
        writer.member("problems", report.problems)
      }
    }
    let mark: TerminalText = report.problems.isEmpty ? "✓" : "\("!", .yellow)"
    print("\(mark) \(name, .bold)\(isDryRun ? " (nothing was changed)" : "")")
    for count in report.counts where count.number > 0 { print("  \(count.number) \(count.what)") }
    if report.counts.allSatisfy({ $0.number == 0 }) { print("  nothing to do") }
    for problem in report.problems { print("  \("!", .yellow) \(problem)") }
  }
}
