import BeadsKit
import BeadsTesting
import BenchmarkKit

/// Runs probes on one tracker.
struct Measurer {
  let contenders: [Contender]
  let tracker: Tracker
  let rounds: Int
  private var nextOpenIssue = 1

  init(contenders: [Contender], tracker: Tracker, rounds: Int) {
    self.contenders = contenders
    self.tracker = tracker
    self.rounds = rounds
  }

  var label: String { "issues-\(tracker.size)" }

  /// Makes every contender's store of the tracker.
  func prepare() throws(BeadsError) {
    for contender in contenders {
      let project = try contender.makeProject(label)
      if tracker.size > 0 { try contender.run(["import", tracker.file], in: project) }
    }
  }

  /// Measures one probe.
  mutating func measure(_ probe: Probe) -> [Measurement] {
    let rounds = probe.isSlow && tracker.size >= 10_000 ? max(3, self.rounds / 5) : self.rounds
    let lines = (0...rounds).map { arguments(of: probe, round: $0) }
    return measureInTurn(
      contenders.map { probe.row(size: tracker.size, contender: $0.name) }, rounds: rounds
    ) { index, round throws(BeadsError) in try runOnce(probe, lines[round], contenders[index]) }
  }

  private func runOnce(
    _ probe: Probe, _ arguments: [String], _ contender: Contender
  ) throws(BeadsError) -> ObservedProgram.Run {
    let project = contender.project(label)
    switch probe.preparation {
    case .none: break
    case .emptyStore: try contender.makeStore(in: project)
    case .removedDatabase: try contender.removeDatabase(in: project)
    }
    return try contender.run(arguments, in: project)
  }

  private mutating func arguments(of probe: Probe, round: Int) -> [String] {
    var target = ""
    if probe.arguments.contains("{open}"), tracker.openIssues.count > 1 {
      target = tracker.openIssues[1 + (nextOpenIssue - 1) % (tracker.openIssues.count - 1)]
      nextOpenIssue += 1
    }
    return probe.arguments.map { word -> String in
      switch word {
      case "{issue}": tracker.richIssue
      case "{leaf}": tracker.openIssues.first ?? ""
      case "{open}": target
      case "{file}": tracker.file
      case "{ours}": tracker.ours
      case "{theirs}": tracker.theirs
      case "{out}": tracker.output
      case "{title}": "Measured in round \(round)"
      default: word
      }
    }
  }
}
