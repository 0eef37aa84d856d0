import BeadsKit

/// Issues that would wait for ever: for a merge request that has failed already.
///
/// A worker that was killed while it handed in hands in the same commit again, which may have failed meanwhile; an engine
/// may end between marking a merge request and giving its issue back.
extension MergeQueue {
  /// Of these entries the failed ones whose issue still waits for them.
  func stranded(_ entries: [QueueEntry]) throws(BeadsError) -> [(entry: QueueEntry, source: IssueID)] {
    var found: [(QueueEntry, IssueID)] = []
    for entry in entries where entry.issue.labels.contains(Self.needsFix) {
      guard let source = IssueID(rawValue: entry.request.sourceIssue), ledgers.rig(of: source) != nil,
        let issue = try ledgers.store(for: source).issue(source), issue.status == .inReview,
        issue.townField("mr_id") == entry.issue.id.rawValue
      else { continue }
      found.append((entry, source))
    }
    return found
  }

  /// Makes them work again, with what was said when their merge request failed.
  func giveBackStranded() throws(BeadsError) {
    for (entry, source) in try stranded(entries()) {
      let said = try ledgers.store(of: rig.name).issue(entry.issue.id)?.comments.last?.text ?? "it failed"
      try giveBack(
        source,
        because:
          "\(entry.issue.id) was not merged: \(said)\nThe work is on the branch \(entry.request.branch).",
        asBlocked: entry.state == .needsHelp)
    }
  }
}
