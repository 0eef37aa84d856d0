import BeadsKit
import BeadsTesting

/// What one contender needed for one probe on one tracker.
struct Measurement: Sendable {
  let probe: Probe
  let size: Int
  let contender: String
  var milliseconds = Statistics([])
  /// Processor time, which a busy machine does not lengthen.
  var cpuMilliseconds = Statistics([])
  /// The most of all rounds, in MB.
  var megabytes = 0.0
  /// Why there are no numbers.
  var failure: String?

  /// The most milliseconds the median may take.
  var limit: Double? { Probe.limit(probe.milliseconds, at: size) }
  var memoryLimit: Double? { Probe.limit(probe.megabytes, at: size) }

  /// Whether every budget is kept.
  var passes: Bool {
    failure == nil && milliseconds.median <= limit ?? .infinity && megabytes <= memoryLimit ?? .infinity
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
    var times = [[Double]](repeating: [], count: contenders.count)
    var cpuTimes = times
    var results = contenders.map { Measurement(probe: probe, size: tracker.size, contender: $0.name) }
    for round in 0...rounds {
      let arguments = arguments(of: probe, round: round)
      for (index, contender) in contenders.enumerated() where results[index].failure == nil {
        do throws(BeadsError) {
          let run = try runOnce(probe, arguments, contender)
          if round > 0 {
            times[index].append(Double(run.wallNanoseconds) / 1e6)
            cpuTimes[index].append(Double(run.cpuNanoseconds) / 1e6)
          }
          results[index].megabytes = max(results[index].megabytes, Double(run.peakMemory) / 1e6)
        } catch {
          results[index].failure = error.message
        }
      }
    }
    for index in results.indices {
      results[index].milliseconds = Statistics(times[index])
      results[index].cpuMilliseconds = Statistics(cpuTimes[index])
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

/// What starting any program costs here, in milliseconds and in MB that every run shows at least.
func measureFloor(rounds: Int) throws(BeadsError) -> (time: Statistics, megabytes: Double) {
  var times: [Double] = []
  var megabytes = 0.0
  for _ in 0...rounds {
    let run = try ObservedProgram(Subprocess(["/bin/true"])).wait()
    times.append(Double(run.wallNanoseconds) / 1e6)
    megabytes = max(megabytes, Double(run.peakMemory) / 1e6)
  }
  return (Statistics(Array(times.dropFirst())), megabytes)
}
