public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Takes an issue for this transaction's actor: assignee and status `in_progress` in one step.
  ///
  /// Open work that nobody has, or that was assigned to the actor, can be claimed; claiming again what one has is
  /// no error. Of many processes that claim at once, one succeeds.
  /// What another holds by a lease that has ended is taken over.
  /// - Parameter lease: After how many seconds the claim ends by itself; nil for never, or, when the actor claims again
  ///   what it has by a lease, as that says.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `conflict` when another has it or its status does not allow it, `invalid` for a length
  ///   out of range.
  @discardableResult
  public mutating func claim(_ id: IssueID, lease seconds: Int64? = nil) throws(BeadsError) -> Issue {
    let (store, actor, now) = (store, actor, now)
    return try update(id) { issue throws(BeadsError) in
      try store.checkClaim(of: issue, by: actor, at: now)
      let own = issue.lease.flatMap { $0.holder == actor ? $0 : nil }
      issue.assignee = actor
      issue.status = .inProgress
      let renewal = own.flatMap { $0.hasEnded(at: now) ? $0.seconds : nil }
      guard let seconds = seconds ?? renewal else { return }
      try issue.setLease(Lease(holder: actor, seconds: seconds, from: now))
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
    if !issue.assignee.isEmpty, issue.assignee != actor, !issue.hasEndedLease(at: now) {
      throw BeadsError(
        .conflict, "issue already claimed by \(issue.assignee)",
        hint: issue.lease.map { "the lease ends at \($0.until) unless it is renewed" })
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
