public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// A gate that is to be made.
public struct GateDraft: Sendable, Equatable {
  /// What it waits for.
  public var type: AwaitType
  /// The run, workflow, pull request or issue; empty where there is none.
  public var awaitID: String
  /// How long a timer waits, in nanoseconds; 0 for none.
  public var timeout: Int64
  /// Why there is a gate; becomes its description.
  public var reason: String

  /// Makes a draft; without arguments, of a gate that a person resolves.
  public init(_ type: AwaitType = .human, awaitID: String = "", timeout: Int64 = 0, reason: String = "") {
    self.type = type
    self.awaitID = awaitID
    self.timeout = timeout
    self.reason = reason
  }

  /// `Gate: timer`, `Gate: gh:run 123`.
  var title: String { awaitID.isEmpty ? "Gate: \(type.rawValue)" : "Gate: \(type.rawValue) \(awaitID)" }

  /// Throws unless the gate could open one day.
  func validate() throws(BeadsError) {
    if timeout < 0 { throw BeadsError(.invalid, "the timeout of a gate must not be negative") }
    if !awaitID.isEmpty, !GateCondition.isArgument(awaitID) {
      throw BeadsError(
        .invalid, "\(quoted(awaitID)) is nothing a gate can wait for",
        hint: "it has at most 200 bytes on one line and does not start with a hyphen")
    }
    switch type {
    case .timer:
      if timeout == 0 {
        throw BeadsError(.invalid, "a timer gate needs a timeout", hint: "for example: --timeout 1h30m")
      }
      if !awaitID.isEmpty { throw BeadsError(.invalid, "a timer gate waits for time alone, it takes no ID") }
    case .githubPullRequest:
      if !GateCondition.isNumber(awaitID) {
        throw BeadsError(
          .invalid, "a gh:pr gate needs the number of a pull request", hint: "for example: --await-id 128")
      }
    case .bead:
      if BeadAddress(awaitID) == nil {
        throw BeadsError(
          .invalid, "a bead gate needs the issue it waits for",
          hint: "for example: --await-id gastown:gt-a3f8")
      }
    case .githubRun, .human, .mail: break
    }
  }
}

extension Transaction {
  /// Makes a gate, for which an issue waits from now on.
  ///
  /// The gate of a wisp is a wisp: it stays in this clone like the work that waits for it.
  /// - Returns: The gate as saved.
  /// - Throws: `notFound`, `invalid` when the gate could never open, `conflict` when the issue is finished.
  @discardableResult
  public mutating func createGate(_ draft: GateDraft, blocking id: IssueID) throws(BeadsError) -> Issue {
    try draft.validate()
    guard let blocked = try store.issue(id), !blocked.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    if store.isFinished(blocked) {
      throw BeadsError(.conflict, "\(id) is \(blocked.status): it waits for nothing any more")
    }
    var issue = IssueDraft(title: draft.title)
    issue.type = .gate
    issue.description = draft.reason
    issue.awaitType = draft.type.rawValue
    issue.awaitID = draft.awaitID
    issue.timeout = draft.timeout
    issue.isEphemeral = blocked.isEphemeral
    issue.hasNoHistory = blocked.hasNoHistory
    let gate = try create(issue)
    try addDependency(id, dependsOn: gate.id)
    return gate
  }

  /// Closes a gate because somebody says so.
  ///
  /// - Parameter force: Whether its condition is ignored, and what else guards it.
  /// - Returns: The gate as saved; one that is closed already is left as it is.
  /// - Throws: `notFound`, `invalid` when it is no gate, `conflict` when a machine has not found its condition to hold.
  @discardableResult
  public mutating func resolveGate(
    _ id: IssueID, reason: String = "Resolved", force: Bool = false
  ) throws(BeadsError) -> Issue {
    try requireGate(id)
    return try close(id, reason: reason, force: force)
  }

  /// Has an address told when a gate clears.
  /// - Returns: Whether it is new.
  /// - Throws: `notFound`, `invalid` when it is no gate or the address is blank, `conflict` when the gate is finished.
  @discardableResult
  public mutating func addWaiter(_ address: String, to id: IssueID) throws(BeadsError) -> Bool {
    let gate = try requireGate(id)
    let waiter = String(address.trimmingBlanks)
    if waiter.isEmpty || waiter.contains(where: \.isNewline) {
      throw BeadsError(.invalid, "\(quoted(address)) is no address", hint: "for example: gastown/crew/joe")
    }
    if gate.waiters.contains(waiter) { return false }
    if store.isFinished(gate) {
      throw BeadsError(.conflict, "gate \(id) is \(gate.status): there is nothing to wait for")
    }
    try update(id) { $0.waiters.append(waiter) }
    return true
  }

  @discardableResult
  private func requireGate(_ id: IssueID) throws(BeadsError) -> Issue { try store.gate(id) }
}

extension Store {
  /// The gate of that ID.
  /// - Throws: `notFound`, `invalid` when it is something else.
  public func gate(_ id: IssueID) throws(BeadsError) -> Issue {
    guard let issue = try issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    guard issue.type == .gate else {
      throw BeadsError(
        .invalid, "\(id) is not a gate, its type is \(issue.type)", hint: "`bd gate list` shows the gates")
    }
    return issue
  }
}
