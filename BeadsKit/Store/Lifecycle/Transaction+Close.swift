public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Closes an issue.
  ///
  /// When it was the last open step of a poured molecule, the molecule is closed too.
  /// - Parameters:
  ///   - session: The agent session that did the work.
  ///   - force: Whether what guards the issue is ignored: open blockers, open children of an epic, a pin, a
  ///     template, the condition of a gate.
  /// - Returns: The issue as saved; one that is closed already is left as it is.
  /// - Throws: `notFound`, `conflict` naming the guard.
  @discardableResult
  public mutating func close(
    _ id: IssueID, reason: String = "Closed", session: String = "", force: Bool = false
  ) throws(BeadsError) -> Issue {
    try update(id, force: force) { issue in
      if issue.status == .closed { return }
      issue.status = .closed
      issue.closeReason = reason
      issue.closedBySession = session
    }
  }

  /// Sets a finished issue open again, visible at once.
  ///
  /// Its edges stay but those that say it was superseded or a duplicate; see `Issue.settle`.
  /// - Parameter reason: Becomes a comment unless empty.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `conflict` when it is not finished.
  @discardableResult
  public mutating func reopen(_ id: IssueID, reason: String = "") throws(BeadsError) -> Issue {
    let (store, comment) = (store, try reason.isEmpty ? nil : newComment(reason, on: id))
    return try update(id) { issue throws(BeadsError) in
      guard store.isFinished(issue) else {
        throw BeadsError(
          .conflict,
          issue.status == .open ? "\(id) is already open" : "\(id) is not closed, it is \(issue.status)")
      }
      issue.status = .open
      issue.deferUntil = nil
      if let comment { issue.comments.append(comment) }
    }
  }

  /// Throws unless the change of status is one a user may make.
  func guardStatus(before: Issue, after: inout Issue, force: Bool) throws(BeadsError) {
    if after.isTombstone {
      throw BeadsError(
        .invalid, "status \(quoted(after.status.rawValue)) cannot be set, only deleting sets it")
    }
    guard store.isFinished(after), !store.isFinished(before) else { return }
    if !force { try CloseGuard(store: store, now: now, clearedGates: clearedGates).check(before) }
    if after.status == .closed, after.closeReason.isEmpty { after.closeReason = "Closed" }
  }

  /// Closes the molecules whose last open step was just finished, upwards.
  mutating func closeCompletedMolecule(of step: Issue) throws(BeadsError) {
    guard let parentID = step.parentID, let parent = try store.issue(parentID), parent.isSelfClosing,
      !parent.isTemplate, !store.isFinished(parent), try !store.hasUnfinishedChildren(parentID)
    else { return }
    try close(parentID, reason: "all steps complete", force: true)
  }
}

extension Issue {
  /// Whether it closes by itself with its last child: poured molecules do, ordinary epics do not.
  fileprivate var isSelfClosing: Bool {
    type == .molecule || (type == .epic && (isEphemeral || labels.contains("template")))
  }
}

extension Store {
  /// Whether an issue has direct children that are neither done nor pinned; stops at the first.
  fileprivate func hasUnfinishedChildren(_ id: IssueID) throws(BeadsError) -> Bool {
    try connection.int64(
      """
      SELECT 1 FROM dependencies d JOIN issues i ON i.id = d.issue_id
      WHERE d.depends_on_id = ?1 AND d.type = 'parent-child' AND i.pinned = 0
        AND i.status NOT IN (SELECT status FROM settled_statuses) LIMIT 1
      """, id.rawValue) != nil
  }
}
