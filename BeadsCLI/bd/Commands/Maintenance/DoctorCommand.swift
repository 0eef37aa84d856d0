import BeadsKit
import CommandKit

/// `bd doctor`: what is wrong with a project, and what to do about it.
enum DoctorCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "doctor", summary: "Examine the project, and repair it on request",
      section: CommandTree.Section.maintenance,
      discussion: """
        Reads files, database and git and changes nothing. Exit status 1 when something is an error; warnings are \
        worth a look. `bd config set doctor.suppress.NAME true` leaves a check out, where NAME is that of the check \
        in small letters with hyphens.

        With --plan it shows what it would repair, and an ID; --apply ID does exactly that, or nothing if the \
        findings have changed since. Issues are changed in one operation, which `bd undo` takes back; files are \
        copied first.
        """,
      examples: [
        "bd doctor", "bd doctor --deep --json", "bd doctor --plan", "bd doctor --apply 1a2b3c4d",
        "bd doctor --check=pollution",
      ],
      flags: flags, positionals: [.optional("path")]
    ) { arguments, context in
      let doctor = Doctor(
        environment: context.environment, databasePath: arguments.string("db"),
        directory: arguments.positionals.first ?? arguments.string("directory"))
      defer { doctor.close() }
      if let mode = DoctorRepair.Mode(arguments) {
        return try DoctorRepair.run(mode, doctor, arguments, context)
      }
      if arguments.string("check") == "pollution" {
        return try PollutionReport.run(doctor, arguments, context)
      }
      let report = doctor.examine(scope(arguments))
      if let path = arguments.string("output") { try write(report, to: path, arguments, context) }
      let style = HealthText(showsAll: arguments.bool("verbose"), showsTimes: arguments.bool("perf"))
      if arguments.bool("check-health") {
        if !context.isJSON { return try complain(report, context) }
      } else if !context.isJSON {
        context.output.print(arguments.bool("agent") ? style.agentLines(report) : style.lines(report))
      }
      if context.isJSON { context.object { $0.health(report, showsTimes: arguments.bool("perf")) } }
      if !report.isHealthy { throw ExitStatus(1) }
    }
  }

  private static let flags: [Flag] = [
    .bool("plan", aliases: ["dry-run"], help: "Show what can be repaired, and the plan's ID"),
    .string("apply", placeholder: "ID", help: "Carry out the plan, or the one repair, of that ID"),
    .bool("fix", help: "Show the plan; with --yes also carry it out"),
    .bool("interactive", short: "i", help: "Ask for each repair of the plan"),
    .bool("fix-child-parent", help: "As --fix, only for children that wait for their own parent"),
    .bool("yes", short: "y", help: "Do not ask"),
    .bool("deep", help: "Also look at every issue and edge, and at all that bd fsck proves"),
    .bool("quick", hidden: true, help: "Only what costs next to nothing"),
    .bool("check-health", help: "For hooks: quick, and silent when nothing is wrong"),
    .choice(
      "check", placeholder: "WHAT", values: ["validate", "pollution", "artifacts", "conventions"],
      help: "Only one group of checks"),
    .bool("clean", help: "With --check=pollution: delete what tests left (needs --yes)"),
    .bool("perf", help: "Add how long each check took"),
    .bool("agent", help: "For agents: each problem with all that is known of it"),
    .string("output", short: "o", placeholder: "FILE", help: "Also write the report to a file, as JSON"),
    .string("source", hidden: true, help: "Ignored"),
    .bool("gastown", aliases: ["orchestrator"], hidden: true, help: "Ignored"),
    .int(
      "gastown-duplicates-threshold", aliases: ["orchestrator-duplicates-threshold"], default: 1000,
      hidden: true,
      help: "Ignored"),
    .bool("server", hidden: true, help: "Ignored: there is no server"),
    .string("migration", hidden: true, help: "Ignored"),
    .bool("force", hidden: true, help: "Ignored"),
  ]

  private static func scope(_ arguments: Arguments) -> Doctor.Scope {
    switch arguments.string("check") {
    case "validate": .named(Doctor.validation)
    case "artifacts": .named(Doctor.artifacts)
    case "conventions": .named(Doctor.conventions)
    default:
      arguments.bool("deep")
        ? .deep : arguments.bool("quick") || arguments.bool("check-health") ? .quick : .normal
    }
  }

  /// One line for a hook's output; exit status 1 only for errors.
  private static func complain(_ report: HealthReport, _ context: BdContext) throws {
    let problems = report.problems
    if problems.isEmpty { return }
    let names = problems.map(\.name).joined(separator: ", ")
    context.output.warn("the beads project needs attention (\(names)); see `bd doctor`")
    if !report.isHealthy { throw ExitStatus(1) }
  }

  private static func write(
    _ report: HealthReport, to path: String, _ arguments: Arguments, _ context: BdContext
  ) throws(BeadsError) {
    var writer = JSONWriter(.pretty)
    writer.object { $0.health(report, showsTimes: arguments.bool("perf")) }
    let target = Path.absolute(path, in: context.environment.currentDirectory)
    try FileSystem.replace(target, with: writer.bytes + [UInt8(ascii: "\n")])
  }
}

extension JSONWriter {
  /// The members of a report, as contract 6.9 has them.
  fileprivate mutating func health(_ report: HealthReport, showsTimes: Bool) {
    member("path", report.path)
    key("checks")
    array(report.checks) { writer, check in
      writer.object { writer in
        writer.member("name", check.name)
        writer.member("status", check.status.rawValue)
        writer.member("message", check.message)
        if !check.details.isEmpty { writer.member("detail", check.details.joined(separator: "\n")) }
        if let fix = check.fix { writer.member("fix", fix) }
        writer.member("category", check.category.rawValue)
        if showsTimes {
          writer.key("duration_ms")
          writer.double(check.duration)
        }
      }
    }
    member("overall_ok", report.isHealthy)
    member("cli_version", beadsVersion)
    member("timestamp", report.time)
    if report.suppressedCount > 0 { member("suppressed_count", report.suppressedCount) }
  }
}
