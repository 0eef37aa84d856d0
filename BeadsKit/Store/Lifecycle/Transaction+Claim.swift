public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Takes an issue for this transaction's actor: assignee and status `in_progress` in one step.
  ///
  /// Open work that nobody has, or that was assigned to the actor, can be claimed; claiming again what one has is
  /// no error. Of many processes that claim at once, one succeeds.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `conflict` when another has it or its status does not allow it.
  @discardableResult
  public mutating func claim(_ id: IssueID) throws(BeadsError) -> Issue {
    let (store, actor, now) = (store, actor, now)
    return try update(id) { issue throws(BeadsError) in
      try store.checkClaim(of: issue, by: actor, at: now)
      issue.assignee = actor
      issue.status = .inProgress
    }
  }
}

extension Store {
  /// Throws when a claim by this store's actor would be refused now.
  ///
  /// A look without the lock: of many that want one issue, those who are late need not queue to be told so.
  /// - Throws: `notFound`, `conflict`.
  public func requireClaimable(_ id: IssueID) throws(BeadsError) {
    guard let issue = try issue(id), !issue.isTombstone else { throw Self.noIssue(id.rawValue) }
    try checkClaim(of: issue, by: actor, at: now)
  }

  fileprivate func checkClaim(of issue: Issue, by actor: String, at now: Timestamp) throws(BeadsError) {
    if !issue.assignee.isEmpty, issue.assignee != actor {
      throw BeadsError(.conflict, "issue already claimed by \(issue.assignee)")
    }
    // What was deferred until now is open, though nothing has said so yet.
    let isDue = issue.status == .deferred && issue.deferUntil.map { $0 <= now } ?? false
    let isOpen = isDue || rules.vocabulary.category(of: issue.status) == .active
    guard isOpen || issue.status == .inProgress || issue.status == .hooked else {
      throw BeadsError(.conflict, "cannot claim \(issue.id): its status is \(issue.status)")
    }
    if issue.isTemplate { throw BeadsError(.conflict, "cannot claim \(issue.id): it is a template") }
  }
}
