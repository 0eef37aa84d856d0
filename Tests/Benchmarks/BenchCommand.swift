import BeadsKit
import BeadsTesting
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
    flags: [
      .string("bd", placeholder: "PATH", help: "The bd to measure (default: beside this program)"),
      .list("against", placeholder: "[NAME=]PATH,...", help: "Another bd to measure beside it"),
      .list("sizes", placeholder: "N,...", default: "0,1000,10000,100000", help: "Numbers of issues"),
      .int("rounds", in: 1...1000, default: 15, help: "Runs of each command; slow ones run a fifth as often"),
      .list("filter", placeholder: "WORD,...", help: "Only commands and races whose name contains a word"),
      .string("json", placeholder: "FILE", help: "Write the results there too"),
      .string(
        "directory", placeholder: "DIR", help: "Work in this directory (default: a new one in $TMPDIR)"),
      .bool("check", help: "Exit with status 1 when a budget is not kept"),
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
    let scratch = try scratchDirectory(arguments)
    let result = Result { try measure(arguments, output, in: scratch) }
    try Contender.removeTree(scratch)
    let report = try result.get()
    report.print(to: output)
    if let path = arguments.string("json") {
      try FileSystem.remove(path)
      try File(path, .create(mode: 0o644)).write(report.json)
    }
    if arguments.bool("check"), !report.passes { throw ExitStatus(1) }
  }

  private static func measure(_ arguments: Arguments, _ output: Output, in scratch: String) throws -> Report {
    let contenders = try contenders(arguments, scratch)
    let rounds = try arguments.int("rounds") ?? 15
    let words = arguments.list("filter")
    let isWanted = { (name: String) in words.isEmpty || words.contains { name.contains($0) } }
    let sizes = try sizes(arguments)
    var report = Report(contenders: contenders, rounds: rounds, floor: try measureFloor(rounds: rounds))
    for size in sizes {
      let probes = Probe.all.filter { probe in
        isWanted(probe.name) && (probe.needsStore ? size > 0 || !probe.needsIssues : size == sizes.first)
      }
      if probes.isEmpty { continue }
      output.note("Preparing \(size) issues ...")
      let tracker = try Tracker(size: size, in: Path.join(scratch, "files-\(size)"), sample: 5 * rounds + 10)
      var measurer = Measurer(contenders: contenders, tracker: tracker, rounds: rounds)
      try measurer.prepare()
      for probe in probes {
        output.note("  \(probe.name)")
        report.measurements.append(measurer.measure(probe))
      }
    }
    if isWanted(Endurance.name) {
      output.note("  \(Endurance.name)")
      let walked = Endurance(contenders: contenders, rounds: rounds).run()
      report.measurements += walked.rows
      report.remarks += walked.remarks
    }
    try race(contenders, scratch, sizes.max() ?? 0, isWanted, output, &report)
    return report
  }

  /// Races come last: reading what they left takes memory that later measurements would show.
  private static func race(
    _ contenders: [Contender], _ scratch: String, _ largest: Int, _ isWanted: (String) -> Bool,
    _ output: Output, _ report: inout Report
  ) throws {
    let names = Race.names.filter(isWanted)
    if names.isEmpty || largest == 0 { return }
    let tracker = try Tracker(size: min(largest, 10_000), in: Path.join(scratch, "race-files"), sample: 20)
    for name in names {
      for contender in contenders {
        output.note("  \(name), \(contender.name)")
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

  private static func contenders(_ arguments: Arguments, _ scratch: String) throws -> [Contender] {
    let own = Path.join(Path.directory(of: CommandLine.arguments.first ?? ""), "bd")
    let others = arguments.list("against").enumerated().map { index, word in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : ("other\(index + 1)", word)
    }
    return try ([("bd", arguments.string("bd") ?? own)] + others).map { name, path in
      try Contender(name: name, program: path, root: Path.join(scratch, name))
    }
  }

  private static func scratchDirectory(_ arguments: Arguments) throws -> String {
    let root = arguments.string("directory") ?? Environment.process["TMPDIR"] ?? "/tmp"
    let path = Path.join(root, "bd-bench-\(String(UInt64.random(in: .min ... .max), radix: 36))")
    try FileSystem.makeDirectory(path)
    return path
  }
}
