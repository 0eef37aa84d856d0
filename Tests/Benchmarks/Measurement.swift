import BeadsKit
import BeadsTesting

/// What one contender needed for one probe on one tracker.
struct Measurement: Sendable {
  let probe: Probe
  let size: Int
  let contender: String
  var timings = Timings()
  /// Why there are no numbers.
  var failure: String?

  /// The most milliseconds the median may take.
  var limit: Double? { Probe.limit(probe.milliseconds, at: size) }
  var memoryLimit: Double? { Probe.limit(probe.megabytes, at: size) }

  /// Whether every budget is kept.
  var passes: Bool {
    failure == nil && timings.wall.median <= limit ?? .infinity
      && timings.megabytes <= memoryLimit ?? .infinity
  }
}

/// Runs a probe for all contenders in turn, round by round, so that what disturbs the machine disturbs all.
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

  /// Measures one probe; the first round warms up and is not counted.
  mutating func measure(_ probe: Probe) -> [Measurement] {
    let rounds = probe.isSlow && tracker.size >= 10_000 ? max(3, self.rounds / 5) : self.rounds
    var results = contenders.map { Measurement(probe: probe, size: tracker.size, contender: $0.name) }
    for round in 0...rounds {
      let arguments = arguments(of: probe, round: round)
      for (index, contender) in contenders.enumerated() where results[index].failure == nil {
        do throws(BeadsError) {
          let run = try runOnce(probe, arguments, contender)
          if round > 0 { results[index].timings.add(run) }
        } catch {
          results[index].failure = error.message
        }
      }
    }
    return results
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

/// What starting any program costs here; its memory is what every run shows at least.
func measureFloor(rounds: Int) throws(BeadsError) -> Timings {
  var timings = Timings()
  for round in 0...rounds {
    let run = try ObservedProgram(Subprocess(["/bin/true"])).wait()
    if round > 0 { timings.add(run) }
  }
  return timings
}
