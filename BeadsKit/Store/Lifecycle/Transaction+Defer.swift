public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Puts an issue on ice, out of ready work.
  ///
  /// - Parameter until: When it comes back by itself; nil until someone brings it back.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `invalid` for a moment that has passed, `conflict` for a finished issue.
  @discardableResult
  public mutating func `defer`(_ id: IssueID, until: Timestamp? = nil) throws(BeadsError) -> Issue {
    let (store, now) = (store, now)
    return try update(id) { issue throws(BeadsError) in
      if store.isFinished(issue) {
        throw BeadsError(.conflict, "cannot defer \(id): it is \(issue.status)", hint: "reopen it first")
      }
      try issue.defer(until: until, now: now)
    }
  }

  /// Brings a deferred issue back: clears its date, and its status becomes open.
  ///
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `conflict` when it is not deferred.
  @discardableResult
  public mutating func undefer(_ id: IssueID) throws(BeadsError) -> Issue {
    try update(id) { issue throws(BeadsError) in
      guard issue.status == .deferred || issue.deferUntil != nil else {
        throw BeadsError(.conflict, "\(id) is not deferred, it is \(issue.status)")
      }
      issue.undefer()
    }
  }
}

extension Issue {
  /// Hides the issue from ready work until a moment, or for good.
  /// - Throws: `invalid` for a moment that has passed.
  public mutating func `defer`(until: Timestamp?, now: Timestamp) throws(BeadsError) {
    if let until, until <= now {
      throw BeadsError(
        .invalid, "cannot defer until \(until), it has passed", hint: "give a time that is to come")
    }
    status = .deferred
    deferUntil = until
  }

  /// Undoes `defer`; a status other than deferred stays.
  public mutating func undefer() {
    deferUntil = nil
    if status == .deferred { status = .open }
  }
}
