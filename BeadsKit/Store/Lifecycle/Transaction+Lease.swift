public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Moves the end of a lease on: the holder is alive.
  ///
  /// One that has ended but that nobody took over can still be renewed. The end never moves back, even when clocks
  /// do.
  /// - Parameters:
  ///   - id: An issue that this transaction's actor has in progress.
  ///   - seconds: For how long from now; nil for as long as it was asked for last.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`; `conflict` when the actor does not have the issue; `invalid` when it has no lease and no
  ///   length is given, or one out of range.
  @discardableResult
  public mutating func renewLease(of id: IssueID, seconds: Int64? = nil) throws(BeadsError) -> Issue {
    let (actor, now) = (actor, now)
    return try update(id) { issue throws(BeadsError) in
      if issue.assignee != actor, !issue.assignee.isEmpty {
        throw BeadsError(
          .conflict, "\(id) is claimed by \(issue.assignee), not by \(actor)",
          hint: "stop working on it; `bd next` shows other work")
      }
      guard issue.status == .inProgress, issue.assignee == actor else {
        throw BeadsError(
          .conflict, "\(id) is not claimed: its status is \(issue.status)",
          hint: "claim it: bd update \(id) --claim --lease 10m")
      }
      let held = issue.lease
      guard let length = seconds ?? held?.seconds else {
        throw BeadsError(
          .invalid, "\(id) is claimed without a lease, so there is nothing to renew",
          hint: "give it one: bd heartbeat \(id) --lease 10m")
      }
      let lease = try Lease(holder: actor, seconds: length, from: now)
      // A shorter lease that was asked for is meant; an earlier end by the same length comes from a clock.
      if let held, held.seconds == length, held.until > lease.until { return }
      try issue.setLease(lease)
    }
  }
}
