public import BeadsModel
import BeadsSystem

/// What the world says about the condition of a gate.
public enum GateAnswer: Sendable, Equatable {
  /// The run that was asked for.
  case run(WorkflowRun)
  /// The latest runs of the workflow that was asked for, in any order.
  case runs([WorkflowRun])
  /// The state of the pull request (`OPEN`, `MERGED`, `CLOSED`) and its title.
  case pullRequest(state: String, title: String)
  /// Whether the issue is finished, and its status.
  case bead(isFinished: Bool, status: Status)
  /// There is no such thing, as the sentence says.
  case missing(String)
  /// It could not be found out, for the reason in the sentence.
  case unknown(String)
}

/// A run of GitHub Actions.
public struct WorkflowRun: Sendable, Equatable {
  /// Its number.
  public var id: String
  /// The name of its workflow.
  public var workflow: String
  /// `completed`, or what it does now.
  public var status: String
  /// How it ended: `success`, `skipped`, `failure` and others; empty until then.
  public var conclusion: String
  /// When it was started, if that is known.
  public var createdAt: Timestamp?
  /// The branch it runs for.
  public var branch: String
  /// The commit it runs for.
  public var commit: String

  /// Makes a run.
  public init(
    id: String, workflow: String = "", status: String, conclusion: String = "", createdAt: Timestamp? = nil,
    branch: String = "", commit: String = ""
  ) {
    self.id = id
    self.workflow = workflow
    self.status = status
    self.conclusion = conclusion
    self.createdAt = createdAt
    self.branch = branch
    self.commit = commit
  }

  /// Whether it has ended.
  public var isCompleted: Bool { status.lowercased() == "completed" }
}

/// What is to be done with a gate, and the sentence that says why.
public enum GateOutcome: Sendable, Equatable {
  /// It has to wait longer.
  case pending(String)
  /// Its condition holds: it can be closed.
  case resolved(String)
  /// Its condition will not hold by itself: somebody has to look.
  case escalate(String)
  /// Nobody knows.
  case failed(String)

  /// The sentence.
  public var reason: String {
    switch self {
    case .pending(let text), .resolved(let text), .escalate(let text), .failed(let text): text
    }
  }

  /// The word that programs read: `pending`, `resolved`, `escalated` or `error`.
  public var word: String {
    switch self {
    case .pending: "pending"
    case .resolved: "resolved"
    case .escalate: "escalated"
    case .failed: "error"
    }
  }
}

extension GateCondition {
  /// Decides about a gate from the time and what the world says; the same for the same input.
  /// - Parameter answer: The answer to this question; nil when it was not asked.
  public func outcome(now: Timestamp, answer: GateAnswer?) -> GateOutcome {
    switch self {
    case .timer(let end): Self.timer(end, now)
    case .somebody: .pending("somebody has to resolve it")
    case .anyRun: .pending("no run was found for it yet")
    case .broken(let mistake): .failed(mistake)
    case .run, .workflow, .pullRequest, .bead: decide(answer)
    }
  }

  private static func timer(_ end: Timestamp, _ now: Timestamp) -> GateOutcome {
    if now > end { return .resolved("the time was up at \(end.utc)") }
    let rest = end.unixNanoseconds.subtractingReportingOverflow(now.unixNanoseconds)
    let seconds = rest.overflow ? Int64.max / 1_000_000_000 : rest.partialValue / 1_000_000_000
    return .pending("\(GoDuration.text(nanoseconds: seconds * 1_000_000_000)) left")
  }

  private func decide(_ answer: GateAnswer?) -> GateOutcome {
    switch (self, answer) {
    case (_, .missing(let text)?): .escalate(text)
    case (_, .unknown(let text)?): .failed(text)
    case (.run, .run(let run)?): run.outcome
    case (.workflow(let name), .runs(let runs)?):
      WorkflowRun.newest(of: runs)?.outcome ?? .pending("\(quoted(name)) has no runs yet")
    case (.pullRequest(let number), .pullRequest(let state, let title)?):
      Self.pullRequest("pull request \(number) \(quoted(title))", state)
    case (.bead(let address), .bead(let isFinished, let status)?):
      isFinished ? .resolved("\(address) is \(status)") : .pending("\(address) is \(status)")
    default: .failed("nobody could be asked about it")
    }
  }

  private static func pullRequest(_ name: String, _ state: String) -> GateOutcome {
    switch state.uppercased() {
    case "MERGED": .resolved("\(name) was merged")
    case "CLOSED": .escalate("\(name) was closed without being merged")
    case "OPEN": .pending("\(name) is open")
    default: .failed("\(name) is in the unknown state \(quoted(state))")
    }
  }
}

extension WorkflowRun {
  /// The run that was started last; the highest number decides among equals.
  static func newest(of runs: [WorkflowRun]) -> WorkflowRun? {
    runs.max { a, b in
      let (first, second) = (a.createdAt ?? Timestamp(seconds: 0), b.createdAt ?? Timestamp(seconds: 0))
      return first != second ? first < second : (a.id.utf8.count, a.id) < (b.id.utf8.count, b.id)
    }
  }

  fileprivate var outcome: GateOutcome {
    let name = workflow.isEmpty ? "run \(id)" : "run \(id) of \(quoted(workflow))"
    if !isCompleted { return .pending("\(name) is \(status.isEmpty ? "not completed" : quoted(status))") }
    switch conclusion.lowercased() {
    case "success": return .resolved("\(name) succeeded")
    case "skipped": return .resolved("\(name) was skipped")
    default: return .escalate("\(name) ended with \(quoted(conclusion))")
    }
  }
}
