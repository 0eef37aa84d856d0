import BeadsKit

/// What is in the way of the whole queue, and is no fault of a merge request: it is said once, on the merge requests that
/// wait, and tried again by itself.
extension MergeEngine {
  /// How long to wait after the first failure; twice as long after each further one.
  static let firstRest: Int64 = 5_000_000_000
  static let longestRest: Int64 = 300_000_000_000
  /// At which failure in a row a person is told.
  static let patience = 5

  /// Notes that the origin, the disk or a gate's program is not to be had.
  func noteTrouble(_ error: BeadsError, _ waiting: [IssueID]) throws(BeadsError) {
    var hold = MergeHold(reason: error.message)
    let before = try database.mergeHold(rig: rig.name)
    if before?.reason != hold.reason { log("waits: \(hold.reason)") }
    if let before, before.broken == nil {
      hold.count = before.count + 1
      hold.escalation = before.escalation
    }
    let rest = min(Self.longestRest, Self.firstRest << Int64(min(hold.count - 1, 10)))
    hold.retryAt = database.now + rest
    if hold.count >= Self.patience, hold.escalation == nil {
      hold.escalation = try escalate(
        "Nothing can be merged in \(rig.name)", .high, "\(hold.count) attempts failed: \(error.message)")
    }
    try database.setMergeHold(rig: rig.name, hold)
    for id in waiting { try remark(id, "Not merged yet: \(error.message)") }
  }

  /// Notes that a target fails its own gates: nothing is merged into it until it has moved or is mended.
  func noteBroken(
    _ target: BranchName, at commit: GitID, _ failure: GateFailure, tried: [IssueID]
  ) throws(BeadsError) {
    let known = try database.mergeHold(rig: rig.name)
    let isKnown = known?.broken.map { $0.target == target && $0.commit == commit } ?? false
    let reason =
      "\(target) itself fails the gate \(failure.gate) at \(commit.short): \(failure.reason); "
      + "see \(failure.log)"
    var hold = isKnown ? known ?? MergeHold(reason: reason) : MergeHold(reason: reason)
    hold.broken = (target, commit)
    hold.tried += tried
    hold.retryAt = database.now + nanoseconds(policy.pollInterval)
    if !isKnown {
      tell(.targetBroken(target, gate: failure.gate, log: failure.log))
      log("waits: \(reason)")
      hold.escalation = try escalate(
        "\(target) of \(rig.name) fails its own gate \(failure.gate)", .high, reason)
    }
    try database.setMergeHold(rig: rig.name, hold)
    for id in tried { try remark(id, "Not merged yet: \(reason), and so it does with this branch.") }
  }

  /// Goes on after trouble, or after a broken target has moved.
  func clearHold() throws(BeadsError) {
    guard let hold = try database.mergeHold(rig: rig.name) else { return }
    try database.setMergeHold(rig: rig.name, nil)
    if let id = hold.escalation {
      _ = try? Escalations(ledgers, database).close(id, reason: "The queue of \(rig.name) goes on")
    }
  }

  /// Tells a person, once however often it happens.
  /// - Returns: The escalation.
  @discardableResult
  func escalate(
    _ title: String, _ severity: Escalation.Severity, _ reason: String, about id: IssueID? = nil
  ) throws(BeadsError) -> IssueID {
    var draft = EscalationDraft(title: title)
    draft.severity = severity
    draft.reason = reason
    draft.relatedID = id
    draft.source = actor
    return try Escalations(ledgers, database).raise(draft).escalation.id
  }

  /// Says something on a merge request; what was said last is not repeated.
  func remark(_ id: IssueID, _ text: String) throws(BeadsError) {
    let store = try ledgers.store(for: id)
    guard let issue = try store.issue(id), !issue.isClosed, issue.comments.last?.text != text else { return }
    try store.write("merge remark") { tx throws(BeadsError) in try tx.addComment(text, to: id) }
  }
}

extension MergeEngine.Event {
  /// What the log for people says of it; nil for what is there already, as an event of the town or a hold.
  var logLine: String? {
    switch self {
    case .changed(let id, let reason): "\(id) was not merged: \(reason)"
    case .flaky(let gate, let commit): "the gate \(gate) passed on \(commit.short) at the second try"
    case .overtaken(let target):
      "\(target) was moved by somebody else: what was tested is tested again on top of it"
    case .tested(let id, let base):
      "\(id) passes the gates on top of \(base.short), and waits for an approval"
    case .note(let gate, let text): "the gate \(gate): \(text)"
    case .tookOver(let pid): "the engine \(pid), which stood still, was ended"
    case .merged, .alreadyThere, .conflict, .failed, .targetBroken, .unable, .paused, .waiting, .escalated:
      nil
    }
  }
}
