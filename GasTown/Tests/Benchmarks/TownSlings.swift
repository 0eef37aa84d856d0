import BeadsKit
import BeadsTesting
import BenchmarkKit
import GasTownKit

/// Giving out work and handing it in, beside the time that git alone needs for its part.
struct TownSlings {
  static let names = [
    "sling", "git fetch", "git worktree add", "sling at once", "sling of one", "done", "git push",
  ]
  private static let atOnce = 20

  private let run: BenchmarkRun
  private let towns: [BenchTown]
  private let rounds: Int

  init(_ run: BenchmarkRun, _ towns: [BenchTown]) {
    self.run = run
    self.towns = towns
    rounds = max(2, run.rounds / 2)
  }

  func measure(into report: inout Report) throws(BeadsError) {
    report.raceHeading = "\(Self.atOnce) processes at once"
    var issues: [[Issue]] = []
    for town in towns { issues.append(try town.makeIssues(rounds + 1, "One by one")) }
    let slings = one(by: "sling", issues)
    report.measurements += slings
    let limit = slings[0].first.flatMap { $0.failure == nil ? $0 : nil }.map {
      Double(Self.atOnce) * $0.timings.wall.median
    }
    for town in towns {
      run.note("  \(Self.atOnce) slings at once, \(town.contender.name)")
      report.races.append(result("sling at once", town) { () throws(BeadsError) in try atOnce(town, limit) })
      report.races.append(result("sling of one", town) { () throws(BeadsError) in try ofOne(town) })
    }
    report.measurements += one(by: "done", issues)
  }

  /// Measures a step of gt and that of git beside it; what gt may take is half a second more.
  private func one(by name: String, _ issues: [[Issue]]) -> [[Measurement]] {
    run.note("  \(name)")
    let git = name == "sling" ? ["git fetch", "git worktree add"] : ["git push"]
    let parts = git.map { part in
      measureInTurn(rows(part), rounds: rounds) { index, round throws(BeadsError) in
        try self.git(part, towns[index], round)
      }
    }
    var ours = measureInTurn(rows(name), rounds: rounds) { index, round throws(BeadsError) in
      name == "sling"
        ? try sling(issues[index][round], towns[index]) : try done(issues[index][round], towns[index])
    }
    for index in ours.indices {
      ours[index].limit = 500 + parts.map { $0[index].timings.wall.median }.reduce(0, +)
    }
    return [ours] + parts
  }

  private func rows(_ name: String) -> [Measurement] {
    towns.map { Measurement(name, contender: $0.contender.name) }
  }

  // MARK: Single steps

  private func sling(_ issue: Issue, _ town: BenchTown) throws(BeadsError) -> ObservedProgram.Run {
    try town.gt("sling", issue.id.rawValue, BenchTown.rig)
  }

  /// Hands in the work on an issue: a file that is committed beforehand.
  private func done(_ issue: Issue, _ town: BenchTown) throws(BeadsError) -> ObservedProgram.Run {
    let agent = try town.worker(on: issue)
    guard let worktree = agent.worktree else {
      throw BeadsError(.notFound, "\(agent.address) has no worktree")
    }
    try commit("\(issue.id).txt", in: worktree, town)
    return try town.contender.run(["done"], in: worktree, BenchTown.variables(of: agent))
  }

  private func commit(_ name: String, in worktree: String, _ town: BenchTown) throws(BeadsError) {
    try FileSystem.replace(Path.join(worktree, name), with: Array("\(name)\n".utf8))
    try town.contender.git(["add", name], in: worktree)
    try town.contender.git(["commit", "--quiet", "-m", "Add \(name)"], in: worktree)
  }

  /// What git alone takes: in a repository like the rig's, beside it.
  private func git(_ part: String, _ town: BenchTown, _ round: Int) throws(BeadsError) -> ObservedProgram.Run
  {
    let repository = Path.join(Path.directory(of: town.root), "git-alone.git")
    if !FileSystem.exists(repository) {
      try town.contender.git(["clone", "--quiet", "--bare", town.origin, repository], in: town.root)
      try town.contender.git(
        ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"], in: repository)
    }
    let worktree = "\(repository)-\(round)"
    switch part {
    case "git fetch": return try town.contender.git(["fetch", "--quiet", "origin", "main"], in: repository)
    case "git worktree add":
      return try town.contender.git(
        ["worktree", "add", "--quiet", "-b", "alone/\(round)", worktree, "main"], in: repository)
    default:
      try commit("alone\(round).txt", in: worktree, town)
      return try town.contender.git(["push", "--quiet", "origin", "alone/\(round)"], in: worktree)
    }
  }

  // MARK: At once

  /// The result of a race; what keeps it from being run is its loss.
  private func result(
    _ name: String, _ town: BenchTown, _ body: () throws(BeadsError) -> RaceResult
  ) -> RaceResult {
    do throws(BeadsError) { return try body() } catch {
      return RaceResult(
        name: name, contender: town.contender.name, limit: nil, summary: "not finished",
        losses: [error.message])
    }
  }

  /// Runs slings side by side, one for each issue.
  private func race(
    _ ids: [IssueID], _ town: BenchTown, ended: (ObservedProgram.Run) -> Void
  ) throws(BeadsError) -> Timings {
    var timings = Timings()
    var waiting = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($0.offset, $0.element) })
    try ProgramPool().run(width: ids.count) { slot throws(BeadsError) in
      waiting.removeValue(forKey: slot).map {
        town.contender.request(["sling", $0.rawValue, BenchTown.rig], in: town.root)
      }
    } ended: { _, run throws(BeadsError) in
      timings.add(run)
      ended(run)
    }
    return timings
  }

  /// Different issues: each gets a polecat of its own, with a worktree and a session.
  private func atOnce(_ town: BenchTown, _ limit: Double?) throws(BeadsError) -> RaceResult {
    let issues = try town.makeIssues(Self.atOnce, "At once")
    var losses: [String] = []
    let timings = try race(issues.map(\.id), town) { run in
      if run.status != 0 { losses.append(Contender.failure(run, ["sling"]).message) }
    }
    let database = try town.database()
    var names: Set<AgentAddress> = []
    for issue in issues {
      guard let agent = try database.agent(on: issue.id) else {
        losses.append("nobody has \(issue.id)")
        continue
      }
      names.insert(agent.address)
      if agent.worktree.map(FileSystem.isDirectory) != true {
        losses.append("\(agent.address) has no worktree")
      }
      if try database.openSession(of: agent.address) == nil {
        losses.append("\(agent.address) has no session")
      }
    }
    return RaceResult(
      name: "sling at once", contender: town.contender.name, timings: timings, limit: limit,
      summary: "\(names.count) polecats with a worktree and a session each", losses: losses)
  }

  /// One issue for all: one polecat gets it.
  private func ofOne(_ town: BenchTown) throws(BeadsError) -> RaceResult {
    let issue = try town.makeIssues(1, "For one")[0]
    let timings = try race([IssueID](repeating: issue.id, count: Self.atOnce), town) { _ in }
    let holders = try town.database().agents().filter { $0.bead == issue.id }.map(\.address)
    let open = try town.database().openSessions().filter { $0.bead == issue.id.rawValue }
    var losses: [String] = []
    if holders.count != 1 { losses.append("\(issue.id) was given to \(holders.count) polecats") }
    if open.count != 1 { losses.append("\(issue.id) has \(open.count) sessions") }
    return RaceResult(
      name: "sling of one", contender: town.contender.name, timings: timings, limit: nil,
      summary: "one polecat has it", losses: losses)
  }
}
