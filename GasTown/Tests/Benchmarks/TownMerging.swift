import BeadsKit
import BeadsTesting
import BenchmarkKit
import GasTownKit

/// How often gates are run for what is merged, and how long it takes to stack branches.
struct TownMerging {
  static let sizes = [8, 16, 32]
  static let names = ["50 branches stacked", "gate runs for 5 branches"] + sizes.map(culprit)

  private static func culprit(_ size: Int) -> String { "gate runs to find 1 culprit of \(size)" }

  private let run: BenchmarkRun
  private let contender: Contender

  init(_ run: BenchmarkRun, _ contender: Contender) {
    self.run = run
    self.contender = contender
  }

  func observe() throws(BeadsError) -> [Observation] {
    run.note("Preparing a town with branches to merge, \(contender.name) ...")
    // Written by the gate each time it is run: the commit it looks at.
    let record = Path.join(contender.project("merging"), "gate-runs")
    let town = try BenchTown(
      contender, backend: "none", label: "merging",
      files: ["gate.sh": "git rev-parse HEAD >>'\(record)'\nls broken* 2>/dev/null && exit 1\nexit 0\n"])
    for (key, value) in [("test_command", "sh gate.sh"), ("batch.max_batch_size", "50")] {
      try town.gt("rig", "settings", "set", BenchTown.rig, "merge_queue.\(key)", value)
    }
    var found: [Observation] = []
    // The stack is built in this process: what another gt would take is not seen here.
    if contender.name == run.contenders.first?.name, run.isWanted(Self.names[0]) {
      found.append(try stack(town))
    }
    if run.isWanted(Self.names[1]) { found.append(try five(town, record)) }
    for size in Self.sizes where run.isWanted(Self.culprit(size)) {
      found.append(try findCulprit(town, record, size))
    }
    return found
  }

  // MARK: Stacking

  private func stack(_ town: BenchTown) throws(BeadsError) -> Observation {
    run.note("  \(Self.names[0])")
    let rig = try town.town.rig(BenchTown.rig)
    let issues = try town.makeIssues(50, "Stacked")
    var history = FastImport()
    for (number, issue) in issues.enumerated() {
      history.commit(
        on: "polecat/bench/\(issue.id)", from: "main",
        ["src/d\(number % 20)/f\(number).txt": "changed\n", "new\(number).txt": "new\n"])
    }
    try town.add(history)
    try town.contender.git(
      ["fetch", "--quiet", town.origin, "+refs/heads/*:refs/bench/*"], in: rig.repository)
    let main = try town.contender.git(["rev-parse", "main"], in: town.origin).text
    guard let base = GitID(String(main.prefix(40))) else { throw BeadsError(.io, "main is \(main)") }
    var candidates: [MergeCandidate] = []
    for (issue, head) in try town.heads(of: issues) {
      guard let head = GitID(head) else { continue }
      candidates.append(
        MergeCandidate(
          id: issue.id, branch: try BranchName("polecat/bench/\(issue.id)"), head: head, issue: issue.id,
          title: issue.title))
    }
    var times: [Double] = []
    for round in 0..<max(3, run.rounds / 3) {
      let start = monotonicNanoseconds()
      let stack = try MergeStack(
        candidates, on: base, in: GitRepository(at: rig.repository), style: .squash,
        committer: GitPerson(name: "bench", mail: "bench@example.org"), time: 1_772_442_000 + Int64(round))
      times.append(Double(monotonicNanoseconds() - start) / 1e6)
      guard stack.layers.count == 50 else {
        throw BeadsError(.corrupt, "only \(stack.layers.count) of 50 branches fitted")
      }
    }
    let values = Statistics(times)
    return Observation(
      Self.names[0], contender: contender.name, values.maximum, "ms", limit: 1000,
      note: "the slowest of \(times.count), median \(decimal(values.median))")
  }

  // MARK: Gate runs

  /// What merging came to.
  private struct Outcome {
    /// The commits that gates looked at, once for each run.
    let runs: [String]
    let milliseconds: Double
    /// How many merge requests are left.
    let left: Int
  }

  /// Has branches merged; those in `broken` do not pass the gate.
  private func merge(
    _ town: BenchTown, _ record: String, _ count: Int, broken: Int? = nil
  ) throws(BeadsError) -> Outcome {
    let issues = try town.makeIssues(count, "Merged")
    try town.submit(issues) { number in
      [number == broken ? "broken\(count).txt" : "merged\(count)-\(number).txt": "x\n"]
    }
    try FileSystem.remove(record)
    let waitingBefore = try waiting(town)
    let start = monotonicNanoseconds()
    let merging = try ObservedProgram(
      town.contender.request(["mq", "run", BenchTown.rig], in: town.root)
    ).wait()
    let took = Double(monotonicNanoseconds() - start) / 1e6
    guard merging.status == (broken == nil ? 0 : 1) else { throw Contender.failure(merging, ["mq", "run"]) }
    let left = try waiting(town) - (waitingBefore - count)
    let runs = try FileSystem.readText(record).split(separator: "\n").map(String.init)
    return Outcome(runs: runs, milliseconds: took, left: left)
  }

  private func waiting(_ town: BenchTown) throws(BeadsError) -> Int {
    let ledgers = town.ledgers()
    defer { ledgers.close() }
    return try MergeRequests(try town.town.rig(BenchTown.rig), ledgers).open().count
  }

  private func five(_ town: BenchTown, _ record: String) throws(BeadsError) -> Observation {
    run.note("  \(Self.names[1])")
    let outcome = try merge(town, record, 5)
    return Observation(
      Self.names[1], contender: contender.name, Double(outcome.runs.count), "runs", limit: 1,
      note: "merged in \(decimal(outcome.milliseconds)) ms",
      failure: outcome.left == 0 ? nil : "\(outcome.left) of them were not merged")
  }

  /// Counts the commits that were tested because one branch is bad: all but the first stack and the one that is pushed.
  private func findCulprit(_ town: BenchTown, _ record: String, _ size: Int) throws(BeadsError) -> Observation
  {
    let name = Self.culprit(size)
    run.note("  \(name)")
    let outcome = try merge(town, record, size, broken: size * 2 / 3)
    let commits = Set(outcome.runs).count
    var steps = 0
    while 1 << steps < size { steps += 1 }
    return Observation(
      name, contender: contender.name, Double(commits - 2), "commits tested", limit: Double(steps + 1),
      note: "\(outcome.runs.count - commits) gate runs repeated, which rules out chance; "
        + "\(decimal(outcome.milliseconds)) ms in all",
      failure: outcome.left == 1 ? nil : "\(outcome.left) instead of 1 were not merged")
  }
}
