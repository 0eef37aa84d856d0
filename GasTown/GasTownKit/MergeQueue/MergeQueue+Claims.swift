public import BeadsKit

/// Something about a merge request that nobody looks after.
public struct QueueAnomaly: Sendable, Equatable {
  /// What kind of thing it is.
  public enum Kind: String, Sendable {
    /// It is claimed, and nothing has happened for a long time.
    case staleClaim = "stale-claim"
    /// Its branch is not on the origin.
    case orphan
  }

  /// The merge request.
  public let id: IssueID
  /// What kind of thing it is.
  public let kind: Kind
  /// Whether it cannot wait.
  public let isCritical: Bool
  /// What it is, in a sentence.
  public let text: String
}

extension MergeQueue {
  /// Takes a merge request out of the engine's hands: whoever has claimed it merges it, or releases it.
  ///
  /// A claim of which nothing is heard for `stale_claim_timeout` is void.
  /// - Throws: `conflict` when it is being merged, claimed by somebody else or closed.
  @discardableResult
  public func claim(_ id: IssueID, by caller: AgentAddress) throws(BeadsError) -> Issue {
    _ = try entry(id)
    return try ledgers.store(of: rig.name).write("refinery claim") { tx throws(BeadsError) in
      try tx.update(id) { issue throws(BeadsError) in
        if issue.assignee != caller.text { try requireUnclaimed(issue) }
        issue.status = .inProgress
        issue.assignee = caller.text
      }
    }
  }

  /// Gives a claimed merge request back to the engine.
  ///
  /// The claim of somebody else is ended by a person only.
  /// - Throws: `conflict` when nobody has claimed it, or the engine is at it.
  @discardableResult
  public func release(_ id: IssueID, by caller: AgentAddress) throws(BeadsError) -> Issue {
    _ = try entry(id)
    return try ledgers.store(of: rig.name).write("refinery release") { tx throws(BeadsError) in
      try tx.update(id) { issue throws(BeadsError) in
        guard issue.status == .inProgress else {
          throw BeadsError(
            .conflict, "nobody has claimed \(id)", hint: "`gt mq status \(id)` shows how it is")
        }
        if issue.assignee == engine { throw Self.isBeingMerged(id) }
        guard issue.assignee == caller.text || caller == .overseer else {
          throw BeadsError(.refused, "\(id) is claimed by \(issue.assignee)", hint: "ask who has it")
        }
        issue.status = .open
        issue.assignee = ""
      }
    }
  }

  /// - Throws: `conflict` when a merge request is closed or somebody is at it.
  func requireUnclaimed(_ issue: Issue) throws(BeadsError) {
    if issue.isClosed {
      throw BeadsError(.conflict, "\(issue.id) is closed: \(issue.closeReason)")
    }
    guard issue.status == .inProgress, !isAbandoned(issue) else { return }
    if issue.assignee == engine { throw Self.isBeingMerged(issue.id) }
    throw BeadsError(
      .conflict, "\(issue.id) is claimed by \(issue.assignee)",
      hint: "`gt refinery release \(issue.id)` ends that")
  }

  /// Claims that are old (2 hours; 6 are critical), and merge requests without a branch.
  /// - Parameter findings: What the origin said of the branches.
  public func anomalies(
    _ entries: [QueueEntry], _ findings: [IssueID: QueueEntry.BranchFinding]
  ) -> [QueueAnomaly] {
    let now = ledgers.town.now.unixNanoseconds
    var found: [QueueAnomaly] = []
    for entry in entries {
      let hours = Double(now - entry.issue.updatedAt.unixNanoseconds) / 3_600_000_000_000
      if entry.issue.status == .inProgress, hours >= 2 {
        let text = "\(entry.issue.assignee) has claimed it, and nothing has happened for \(Int(hours)) h"
        found.append(QueueAnomaly(id: entry.issue.id, kind: .staleClaim, isCritical: hours >= 6, text: text))
      }
      if let finding = findings[entry.issue.id], !finding.exists, let problem = finding.problem {
        found.append(QueueAnomaly(id: entry.issue.id, kind: .orphan, isCritical: true, text: problem))
      }
    }
    return found
  }
}
