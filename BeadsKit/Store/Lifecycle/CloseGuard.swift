package import BeadsModel
import BeadsSystem

/// What keeps an issue from being closed unless it is forced (contract 5.7).
struct CloseGuard {
  let store: Store
  let now: Timestamp
  var clearedGates: Set<IssueID> = []

  /// Throws unless the issue, which is not finished, may be.
  func check(_ issue: Issue) throws(BeadsError) {
    if issue.isTemplate { throw Self.refusal(issue.id, "template \(issue.id): it is read-only") }
    if issue.isPinned || issue.status == .pinned { throw Self.refusal(issue.id, "\(issue.id): it is pinned") }
    try checkBlockers(issue.id)
    if issue.type == .epic { try checkChildren(issue.id) }
    if issue.type == .gate, !clearedGates.contains(issue.id) { try checkGate(issue) }
  }

  private static func refusal(_ id: IssueID, _ what: String, hint: String? = nil) -> BeadsError {
    BeadsError(.conflict, "cannot close \(what) (use --force to override)", hint: hint)
  }

  /// Waiting for children is a schedule, not a promise: `waits-for` edges do not guard, and neither does a
  /// precondition that did not fail, because what hangs on it will never run.
  private func checkBlockers(_ id: IssueID) throws(BeadsError) {
    let blockers = try store.activeBlockers(of: id).filter { $0.type != .waitsFor }
    if blockers.isEmpty { return }
    let finished = try store.connection.all(
      """
      SELECT id FROM issues WHERE id IN (SELECT value FROM json_each(?1))
        AND status IN (SELECT status FROM settled_statuses)
      """, Store.jsonList(blockers.map(\.blockerID))
    ) { IssueID(unchecked: $0.text(0)) }
    let open = Set(blockers.map(\.blockerID)).subtracting(finished).sorted()
    if open.isEmpty { return }
    throw Self.refusal(
      id, "\(id): blocked by open issues [\(Self.list(open))]", hint: "`bd show \(id)` says what it waits for"
    )
  }

  private func checkChildren(_ id: IssueID) throws(BeadsError) {
    let open = try store.unfinishedChildren(of: id)
    if open.isEmpty { return }
    throw Self.refusal(
      id,
      "epic \(id): \(open.count) of its children \(open.count == 1 ? "is" : "are") open [\(Self.list(open))]",
      hint: "`bd children \(id)` lists them")
  }

  private func checkGate(_ gate: Issue) throws(BeadsError) {
    let isSatisfied =
      switch gate.awaitType {
      case "timer": gate.expiry.map { now > $0 } ?? false
      case "bead": try isFinished(gate.awaitID)
      case "gh:run", "gh:pr": false
      default: true
      }
    if isSatisfied { return }
    let condition = gate.awaitID.isEmpty ? gate.awaitType : "\(gate.awaitType) \(gate.awaitID)"
    throw Self.refusal(
      gate.id, "gate \(gate.id): \(condition) is not satisfied yet",
      hint: "`bd gate check` closes it when its condition holds; --force closes it now")
  }

  /// Whether `RIG:ID`, or an ID of this store, is finished.
  private func isFinished(_ address: String) throws(BeadsError) -> Bool {
    let id = address.split(separator: ":", maxSplits: 1).last.map(String.init) ?? ""
    return try store.connection.int64(
      "SELECT 1 FROM issues WHERE id = ?1 AND status IN (SELECT status FROM settled_statuses)", id) != nil
  }

  private static func list(_ ids: [IssueID]) -> String {
    let shown = ids.prefix(10).map(\.rawValue).joined(separator: " ")
    return ids.count > 10 ? shown + " ..." : shown
  }
}

extension Issue {
  /// When the time of a gate is up, or nil when it has none.
  package var expiry: Timestamp? { timeout > 0 ? createdAt.adding(nanoseconds: timeout) : nil }
}

extension Store {
  /// The direct children of an issue that are neither done nor pinned, in byte order.
  func unfinishedChildren(of id: IssueID) throws(BeadsError) -> [IssueID] {
    try connection.all(
      """
      SELECT i.id FROM dependencies d JOIN issues i ON i.id = d.issue_id
      WHERE d.depends_on_id = ?1 AND d.type = 'parent-child' AND i.pinned = 0
        AND i.status NOT IN (SELECT status FROM settled_statuses)
      ORDER BY i.id
      """, id.rawValue
    ) { IssueID(unchecked: $0.text(0)) }
  }

  /// Whether the issue counts as done: closed, deleted, or in a custom status of that category.
  package func isFinished(_ issue: Issue) -> Bool { rules.vocabulary.category(of: issue.status) == .done }
}
