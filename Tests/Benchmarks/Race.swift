import BeadsKit
import BeadsTesting
import BenchmarkKit

/// Processes that claim, create and update at once; each command is a process of its own.
struct Race {
  static let names = ["race claim", "race ready", "race mixed"]

  let contender: Contender
  let tracker: Tracker

  /// Runs the race of that name; what keeps it from being run is its loss.
  func result(_ name: String) -> RaceResult {
    do throws(BeadsError) { return try run(name) } catch {
      return RaceResult(
        name: name, contender: contender.name, limit: nil,
        summary: "not finished",
        losses: [error.message])
    }
  }

  /// Runs the race of that name on a fresh store.
  private func run(_ name: String) throws(BeadsError) -> RaceResult {
    let project = try contender.makeProject("race")
    if tracker.size > 0 { try contender.run(["import", tracker.file], in: project) }
    switch name {
    case "race claim": return try claimByID(project)
    case "race ready": return try claimReady(project)
    default: return try mixed(project)
    }
  }

  /// Every process wants the same issues in the same order.
  private func claimByID(_ project: String) throws(BeadsError) -> RaceResult {
    let ids = Array(tracker.openIssues.prefix(20))
    var winners: [String: Int] = [:]
    var position = [Int](repeating: 0, count: RaceBudget.processes)
    var losses: [String] = []
    let timings = try loop(project) { slot in
      position[slot] < ids.count
        ? ["update", ids[position[slot]], "--claim", "--actor", "worker-\(slot)", "--json"] : nil
    } ended: { slot, run in
      let id = ids[position[slot]]
      position[slot] += 1
      if run.status == 0 { winners[id, default: 0] += 1 }
      if run.status != 0, !run.errorText.contains("already claimed") {
        losses.append(Contender.failure(run, ["claim", id]).message)
      }
    }
    losses += ids.filter { winners[$0] != 1 }.map { "\($0) was won \(winners[$0] ?? 0) times" }
    return RaceResult(
      name: "race claim", contender: contender.name, timings: timings, limit: RaceBudget.claimMilliseconds,
      summary: "\(ids.count) issues, each won once", losses: losses)
  }

  /// Every process takes whatever is ready.
  private func claimReady(_ project: String) throws(BeadsError) -> RaceResult {
    var left = 600
    var winners: [String: Int] = [:]
    var losses: [String] = []
    let timings = try loop(project) { slot in
      left -= 1
      return left >= 0 ? ["ready", "--claim", "--actor", "worker-\(slot)", "--json"] : nil
    } ended: { slot, run in
      guard run.status == 0, let claimed = JSONValue(parsing: run.text)?.arrayValue else {
        return losses.append(Contender.failure(run, ["ready", "--claim"]).message)
      }
      for issue in claimed {
        winners[issue["id"]?.stringValue ?? "", default: 0] += 1
        if issue["assignee"]?.stringValue != "worker-\(slot)" {
          losses.append("a claim shows another's name")
        }
      }
    }
    losses += winners.filter { $0.value > 1 }.map { "\($0.key) was won \($0.value) times" }
    return RaceResult(
      name: "race ready", contender: contender.name, timings: timings, limit: RaceBudget.claimMilliseconds,
      summary: "\(winners.count) issues, each won once", losses: losses)
  }

  /// Every process creates an issue, renames it, claims it, and again.
  private func mixed(_ project: String) throws(BeadsError) -> RaceResult {
    var work = [Worker](repeating: Worker(), count: RaceBudget.processes)
    var losses: [String] = []
    let timings = try loop(project) { slot in
      work[slot].next(slot)
    } ended: { slot, run in
      if run.status != 0 { losses.append(Contender.failure(run, ["mixed"]).message) }
      work[slot].finish(run)
    }
    let made = work.flatMap(\.finished)
    losses += try check(made, project)
    return RaceResult(
      name: "race mixed", contender: contender.name, timings: timings, limit: nil,
      summary: "\(made.count) issues created, renamed, claimed; list, export and file agree", losses: losses)
  }

  private func loop(
    _ project: String, next: (Int) -> [String]?, ended: (Int, ObservedProgram.Run) -> Void
  ) throws(BeadsError) -> Timings {
    var timings = Timings()
    try ProgramPool().run(width: RaceBudget.processes) { slot throws(BeadsError) in
      next(slot).map { contender.request($0, in: project) }
    } ended: { slot, run throws(BeadsError) in
      timings.add(run)
      ended(slot, run)
    }
    return timings
  }

  /// Compares what was acknowledged with what `list`, `export` and the file say afterwards.
  private func check(_ made: [Worker.Item], _ project: String) throws(BeadsError) -> [String] {
    let listed = try contender.run(["list", "--json", "--all", "--limit", "0"], in: project)
    try contender.run(["export", "--output", tracker.output], in: project)
    let exported = try FileSystem.readText(tracker.output)
    let file = try FileSystem.readText(Path.join(project, ".beads", "issues.jsonl"))
    var losses: [String] = []
    let rows = JSONValue(parsing: listed.text)?.arrayValue ?? []
    let lines = exported.split(separator: "\n").compactMap { JSONValue(parsing: String($0)) }
    for (place, issues) in [("list", rows), ("export", lines)] {
      let byID = Dictionary(issues.map { ($0["id"]?.stringValue ?? "", $0) }, uniquingKeysWith: { $1 })
      for item in made {
        let found = byID[item.id]
        if found?["title"]?.stringValue != item.title || found?["assignee"]?.stringValue != item.actor {
          losses.append("\(place) does not have \(item.id) as it was acknowledged")
        }
      }
    }
    if exported != file { losses.append("export and issues.jsonl differ") }
    return losses
  }
}

/// What one process of the mixed race does in turn.
private struct Worker {
  struct Item {
    var id = ""
    var title = ""
    var actor = ""
  }

  private(set) var finished: [Item] = []
  private var item = Item()
  private var step = 0

  mutating func next(_ slot: Int) -> [String]? {
    guard finished.count < 5 else { return nil }
    item.actor = "worker-\(slot)"
    let tail = ["--actor", item.actor, "--json"]
    switch step {
    case 0: return ["create", "Draft \(slot).\(finished.count)"] + tail
    case 1:
      item.title = "Title \(slot).\(finished.count)"
      return ["update", item.id, "--title", item.title] + tail
    default: return ["update", item.id, "--claim"] + tail
    }
  }

  mutating func finish(_ run: ObservedProgram.Run) {
    if step == 0 { item.id = JSONValue(parsing: run.text)?["id"]?.stringValue ?? "" }
    step += 1
    if step == 3 {
      finished.append(item)
      (item, step) = (Item(), 0)
    }
  }
}
