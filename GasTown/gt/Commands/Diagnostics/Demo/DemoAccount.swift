import BeadsKit
import CommandKit
import GasTownKit

/// Tells what became of each issue, and whether the project is as it should be.
extension Demo {
  func account() throws(BeadsError) -> Bool {
    let ledgers = Ledgers(town, actor: "overseer", command: "gt demo")
    defer { ledgers.close() }
    let database = try TownDatabase(town, command: "gt demo")
    let standing = try DemoProgress(self).standing()
    let merged = Set(standing.merged)
    say("")
    for id in ids where dice == nil || !merged.contains(id) {
      guard let issue = try ledgers.store(for: id).issue(id) else { continue }
      let sessions = try database.sessionCount(of: id)
      let outcome: TerminalText =
        issue.isClosed
        ? "\("✓", .green) \(issue.closeReason)"
        : standing.givenUp[id] == nil
          ? "\("✗", .red) not finished: \(issue.status)"
          : "\("–", .yellow) given up: its branches break the test"
      say("  \(id)  \(issue.title): \(outcome)\(sessions > 1 ? " (\(sessions) sessions)" : "")")
    }
    try git("fetch", "--quiet", "origin", in: checkout)
    let listed = try GitCommand(checkout, environment).ask("rev-list", "--reverse", "origin/main")
    let commits = listed.text.split(separator: "\n").map(String.init)
    let runs = chaos.map { _ in countLines(Path.join(folder, "gate-runs")) }
    var broken: [String] = []
    for commit in dice == nil ? commits.suffix(1) : commits[...] {
      try git("checkout", "--quiet", "--force", "--detach", commit, in: checkout)
      let isGood = try Subprocess(["sh", "test.sh"], directory: checkout).run().succeeded
      if !isGood { broken.append(commit) }
    }
    if let chaos, let runs {
      try tabulate(standing, chaos, commits: commits.count - 1, gateRuns: runs, database)
    }
    say("")
    if broken.isEmpty {
      say(dice == nil ? "main passes its test." : "Every commit of main passes its test.")
    } else {
      let shown = broken.map { String($0.prefix(10)) }.joined(separator: ", ")
      say(
        dice == nil
          ? "\("main does not pass its test.", .red)" : "\("These do not pass the test:", .red) \(shown)")
    }
    return broken.isEmpty && standing.isOver
  }

  private func countLines(_ path: String) -> Int {
    ((try? FileSystem.readIfPresent(path)) ?? []).count { $0 == UInt8(ascii: "\n") }
  }

  private func tabulate(
    _ standing: DemoProgress.Standing, _ chaos: Chaos, commits: Int, gateRuns: Int, _ database: TownDatabase
  ) throws(BeadsError) {
    let times = try chaos.times(database)
    var table = Table([.init(), .init(isFlexible: true)])
    table.add(
      "issues",
      "\(ids.count): \(standing.merged.count) merged, \(standing.givenUp.count) given up with a reason, "
        + "\(ids.count - standing.merged.count - standing.givenUp.count) not finished")
    table.add("sessions", "\(try database.sessionCount(of: nil))")
    table.add("killed", "\(chaos.summary)")
    table.add("deaths noticed after", "\(Self.spread(times.noticed))")
    table.add("first started again after", "\(Self.spread(times.restarted))")
    table.add("merges", "\(commits) commits of main in \(gateRuns) runs of the test")
    say("")
    context.output.print(table)
  }

  /// Median and 99th percentile of times in nanoseconds.
  private static func spread(_ times: [Int64]) -> String {
    let sorted = times.sorted()
    guard let last = sorted.last else { return "nothing to measure" }
    func seconds(_ time: Int64) -> String { "\(time / 1_000_000_000).\(time / 100_000_000 % 10) s" }
    let rank = min(sorted.count - 1, sorted.count * 99 / 100)
    return
      "\(seconds(sorted[sorted.count / 2])) (median), \(seconds(sorted[rank])) (p99), \(seconds(last)) (longest) "
      + "of \(sorted.count)"
  }
}

extension TownDatabase {
  /// How many sessions an issue had, or all had together.
  fileprivate func sessionCount(of bead: IssueID?) throws(BeadsError) -> Int {
    Int(
      try connection.int64("SELECT count(*) FROM sessions WHERE ?1 IS NULL OR bead = ?1", bead?.rawValue) ?? 0
    )
  }
}
