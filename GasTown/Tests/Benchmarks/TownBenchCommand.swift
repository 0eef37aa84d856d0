import BeadsKit
import BenchmarkKit
import CommandKit
import GasTownKit

/// The program `gt-bench`.
enum TownBenchCommand {
  static func main(_ arguments: [String]) -> Int32 {
    let output = Output.process()
    return CommandRunner(root, jsonFlag: nil).run(arguments: arguments, context: output, output: output)
  }

  static let root = Command<Output>(
    "gt-bench", summary: "Measure gt against its budgets",
    discussion: """
      Makes a town with a real repository, a real tracker and agents at work (scripted ones, without a model), and \
      runs commands in it as whole processes, in turn with every other gt given. Then it looks what the daemon \
      costs while nothing happens and how soon it notices a death, gives out work one by one and at once, and \
      counts how often gates are run. Everything it started ends with it.
      """,
    examples: ["gt-bench --filter sling", "gt-bench --against old=/tmp/old/gt --json out.json"],
    flags: BenchmarkRun.flags("gt") + [
      .int("agents", in: 1...60, default: 30, help: "How many agents the town has"),
      .int("issues", in: 10...10_000, default: 400, help: "How many issues its tracker has besides"),
      .int("seconds", in: 1...600, default: 12, help: "How long the idle daemon is watched"),
    ],
    subcommands: [fill], run: measure)

  private static let fill = Command<Output>(
    "fill", summary: "Take issues into the tracker of the town one is in", hidden: true,
    positionals: [.required("count")]
  ) { arguments, _ in
    try BenchTown.fill(Town.find(.process), count: Int(arguments.positionals[0]) ?? 0)
  }

  @Sendable private static func measure(_ arguments: Arguments, _ output: Output) throws {
    StopSignal.install()
    let scale = TownScale(
      agents: try arguments.int("agents") ?? 30, issues: try arguments.int("issues") ?? 400,
      seconds: try arguments.int("seconds") ?? 12)
    try BenchmarkRun.run("gt", arguments, output) { run in
      var report = try run.makeReport()
      let before = MachineLoad.now
      try measureAgents(run, scale, &report)
      if Tmux(Town(root: run.scratch, environment: .process)).isInstalled {
        try measureDaemon(run, scale, "tmux", &report)
      }
      if TownMerging.names.contains(where: run.isWanted) {
        for contender in run.contenders { report.observations += try TownMerging(run, contender).observe() }
      }
      try report.measureFloor()
      if let before, let after = MachineLoad.now {
        report.remarks.append(
          "Processes that wanted to run on this machine: \(before) before, \(after) at the end.")
      }
      return report
    }
  }

  /// What needs a town of headless agents.
  private static func measureAgents(
    _ run: BenchmarkRun, _ scale: TownScale, _ report: inout Report
  ) throws {
    let probes = TownProbe.all.filter { run.isWanted($0.name) }
    let slings = TownSlings.names.contains(where: run.isWanted)
    let daemon = TownDaemon.names("headless").contains(where: run.isWanted)
    guard !probes.isEmpty || slings || daemon else { return }
    try withTowns(run, scale, "headless") { towns in
      if !probes.isEmpty {
        for town in towns { try town.addTalk() }
        report.measurements += try TownProbe.measure(probes, in: towns, run)
      }
      if daemon { for town in towns { report.observations += try TownDaemon(run, town, scale).observe() } }
      if slings { try TownSlings(run, towns).measure(into: &report) }
    }
  }

  private static func measureDaemon(
    _ run: BenchmarkRun, _ scale: TownScale, _ backend: String, _ report: inout Report
  ) throws {
    guard TownDaemon.names(backend).contains(where: run.isWanted) else { return }
    // One after the other: the agents of one would be a load for the other.
    for contender in run.contenders {
      try withTowns(run, scale, backend, [contender]) { towns in
        for town in towns { report.observations += try TownDaemon(run, town, scale).observe() }
      }
    }
  }

  /// Makes a town for each contender, and ends them whatever happens.
  private static func withTowns(
    _ run: BenchmarkRun, _ scale: TownScale, _ backend: String, _ contenders: [Contender]? = nil,
    _ body: ([BenchTown]) throws -> Void
  ) throws {
    var towns: [BenchTown] = []
    defer { for town in towns { town.end() } }
    for contender in contenders ?? run.contenders {
      run.note("Preparing a town of \(scale.agents) agents (\(backend)), \(contender.name) ...")
      let town = try BenchTown(contender, backend: backend)
      towns.append(town)
      try town.populate(scale)
    }
    try body(towns)
  }
}

/// How large a town is, and how long it is looked at.
struct TownScale {
  var agents: Int
  var issues: Int
  var seconds: Int
}

/// How many processes wanted to run during the last minute, as the system counts them.
enum MachineLoad {
  static var now: String? {
    let text = try? FileSystem.readText("/proc/loadavg")
    return text?.split(separator: " ").first.map(String.init)
  }
}
