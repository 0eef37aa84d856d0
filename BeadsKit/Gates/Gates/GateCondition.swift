public import BeadsModel
import BeadsStore
import BeadsSystem

/// What a gate waits for, read from its issue: the question that has to be put to the world.
public enum GateCondition: Sendable, Hashable {
  /// That this moment passes; nothing has to be asked.
  case timer(until: Timestamp)
  /// That the run of this number succeeds.
  case run(String)
  /// That the newest run of the workflow of this name or file succeeds.
  case workflow(String)
  /// That the pull request of this number is merged.
  case pullRequest(String)
  /// That the issue is closed.
  case bead(BeadAddress)
  /// That a run is found for it first.
  case anyRun
  /// That somebody resolves it.
  case somebody
  /// Nothing that could ever happen; the sentence says what is wrong with the gate.
  case broken(String)

  /// Whether the answer is outside of this store.
  public var needsAnswer: Bool {
    switch self {
    case .run, .workflow, .pullRequest, .bead: true
    case .timer, .anyRun, .somebody, .broken: false
    }
  }
}

extension GateCondition {
  /// Reads the condition of a gate; never fails, because gates come from files too.
  public init(_ gate: Issue) {
    switch AwaitType(rawValue: gate.awaitType) {
    case .timer: self = gate.expiry.map { .timer(until: $0) } ?? .broken(Self.timerMistake(gate.timeout))
    case .githubRun: self = Self.runCondition(gate.awaitID)
    case .githubPullRequest:
      self =
        Self.isNumber(gate.awaitID)
        ? .pullRequest(gate.awaitID) : .broken("\(quoted(gate.awaitID)) is not the number of a pull request")
    case .bead:
      self = BeadAddress(gate.awaitID).map { .bead($0) } ?? .broken("\(quoted(gate.awaitID)) names no issue")
    case .human, .mail, nil: self = .somebody
    }
  }

  private static func timerMistake(_ timeout: Int64) -> String {
    timeout == 0 ? "the timer has no timeout" : "the timeout of the timer is negative"
  }

  private static func runCondition(_ text: String) -> GateCondition {
    if text.isEmpty { return .anyRun }
    if isNumber(text) { return .run(text) }
    return isArgument(text) ? .workflow(text) : .broken("\(quoted(text)) is neither a run nor a workflow")
  }

  /// Whether this is a number as GitHub gives them; what is not never reaches a program.
  static func isNumber(_ text: String) -> Bool {
    (1...19).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// Whether a name may be an argument of a program: no option, one line, of a sane length.
  static func isArgument(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count) && text.first != "-"
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
      && text.contains { !$0.isWhitespace }
  }
}

/// An issue of a project: `RIG:ID`, or `ID` alone, whose prefix then says which project has it.
public struct BeadAddress: Sendable, Hashable, CustomStringConvertible {
  /// The name of the rig; nil when the prefix decides.
  public let rig: String?
  /// The issue.
  public let id: IssueID

  /// Reads an address, or returns nil when it is none.
  public init?(_ text: String) {
    let colon = text.firstIndex(of: ":")
    let rig = colon.map { String(text[..<$0]) }
    let rest = colon.map { String(text[text.index(after: $0)...]) } ?? text
    guard let id = IssueID(rawValue: rest), rig != "" else { return nil }
    self.rig = rig
    self.id = id
  }

  /// The address as it is written.
  public var description: String { rig.map { "\($0):\(id)" } ?? id.rawValue }
}
