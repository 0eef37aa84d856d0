import BeadsKit
import BeadsTesting
import BenchmarkKit
import CommandKit

/// The program `bd-bench`.
enum BenchCommand {
  static func main(_ arguments: [String]) -> Int32 {
    let output = Output.process()
    return CommandRunner(root, jsonFlag: nil).run(arguments: arguments, context: output, output: output)
  }

  static let root = Command<Output>(
    "bd-bench", summary: "Measure bd against its budgets",
    discussion: """
      Makes trackers of several sizes, runs each command as a whole process in each, in turn with every other \
      bd given, and compares medians with the budgets. Then a formula of a thousand steps is walked to its end, \
      and 30 processes race on one store; what they were told is compared with what is there afterwards.
      """,
    examples: [
      "bd-bench --sizes 10000 --filter update", "bd-bench --against old=/tmp/old/bd --json out.json",
    ],
    flags: BenchmarkRun.flags("bd") + [
      .list("sizes", placeholder: "N,...", default: "0,1000,10000,100000", help: "Numbers of issues")
    ],
    subcommands: [generate], run: measure)

  private static let generate = Command<Output>(
    "generate", summary: "Write a tracker as issues.jsonl, the same for the same arguments",
    flags: [
      .int("seed", in: 0...Int.max, default: 1, help: "Choose another tracker"),
      .string("prefix", placeholder: "WORD", default: "bench", help: "What the IDs start with"),
      .string("output", short: "o", placeholder: "FILE", help: "Write there instead of to standard output"),
      .bool("edits", hidden: true, help: "Also write ours.jsonl and theirs.jsonl beside it, for merges"),
      .int("sample", in: 0...100_000, default: 0, hidden: true, help: "Print IDs for measurements"),
    ],
    positionals: [.required("count")]
  ) { arguments, output in
    guard let count = Int(arguments.positionals[0]), (0...10_000_000).contains(count) else {
      throw BeadsError(.invalid, "the number of issues must be between 0 and 10000000")
    }
    let generator = TrackerGenerator(
      count: count, seed: UInt64(try arguments.int("seed") ?? 1),
      prefix: arguments.string("prefix") ?? "bench")
    try GenerateCommand.run(
      generator, path: arguments.string("output"), writesEdits: arguments.bool("edits"),
      sample: try arguments.int("sample") ?? 0, output: output)
  }

  @Sendable private static func measure(_ arguments: Arguments, _ output: Output) throws {
    let sizes = try sizes(arguments)
    try BenchmarkRun.run("bd", arguments, output) { try measure($0, sizes: sizes) }
  }

  private static func measure(_ run: BenchmarkRun, sizes: [Int]) throws -> Report {
    var report = try run.makeReport()
    report.raceHeading = "\(RaceBudget.processes) processes at once"
    for size in sizes {
      let probes = Probe.all.filter { probe in
        run.isWanted(probe.name)
          && (probe.needsStore ? size > 0 || !probe.needsIssues : size == sizes.first)
      }
      if probes.isEmpty { continue }
      run.note("Preparing \(size) issues ...")
      let files = Path.join(run.scratch, "files-\(size)")
      let tracker = try Tracker(size: size, in: files, sample: 5 * run.rounds + 10)
      var measurer = Measurer(contenders: run.contenders, tracker: tracker, rounds: run.rounds)
      try measurer.prepare()
      for probe in probes {
        run.note("  \(probe.name)")
        report.measurements.append(measurer.measure(probe))
      }
    }
    if run.isWanted(Endurance.name) {
      run.note("  \(Endurance.name)")
      let walked = Endurance(contenders: run.contenders, rounds: run.rounds).run()
      report.measurements += walked.rows
      report.remarks += walked.remarks
    }
    try race(run, sizes.max() ?? 0, &report)
    return report
  }

  /// Races come last: reading what they left takes memory that later measurements would show.
  private static func race(_ run: BenchmarkRun, _ largest: Int, _ report: inout Report) throws {
    let names = Race.names.filter(run.isWanted)
    if names.isEmpty || largest == 0 { return }
    let files = Path.join(run.scratch, "race-files")
    let tracker = try Tracker(size: min(largest, 10_000), in: files, sample: 20)
    for name in names {
      for contender in run.contenders {
        run.note("  \(name), \(contender.name)")
        report.races.append(Race(contender: contender, tracker: tracker).result(name))
      }
    }
  }

  private static func sizes(_ arguments: Arguments) throws -> [Int] {
    try arguments.list("sizes").map { word in
      guard let size = Int(word), (0...10_000_000).contains(size) else {
        throw BeadsError(.invalid, "\(word) is not a number of issues")
      }
      return size
    }
  }
}
