import BeadsKit

/// Merge requests that people decide about: with `require_review`, and where people merge pull requests themselves
/// (`merge_strategy: pr`).
///
/// They are tested on top of their target so that whoever decides knows what the gates say. Then they wait: for `gt mq
/// approve`, after which the queue merges them as any other, or for somebody to merge them on the origin.
extension MergeEngine {
  /// Tests the first of the merge requests that wait for a person and were not tested yet.
  /// - Returns: Whether something was done.
  func prepareReview(_ entries: [QueueEntry]) throws(BeadsError) -> Bool {
    if policy.gates.isEmpty { return false }
    let hold = try holdThatStands()
    for entry in entries where entry.isToBeTested && hold?.tried.contains(entry.issue.id) != true {
      guard let target = BranchName(rawValue: entry.request.target), let base = try rig.remoteCommit(target),
        hold?.broken?.target != target
      else { continue }
      let candidates = try candidates([entry], target, base)
      return candidates.isEmpty ? true : try merge(candidates, into: target, at: base, isTrial: true)
    }
    return false
  }

  /// Notes that a merge request passes the gates on its target, and waits for a person.
  func noteTested(_ candidate: MergeCandidate, _ target: BranchName, _ base: GitID) throws(BeadsError) {
    let names = policy.gates.map(\.name).joined(separator: ", ")
    let text = "\(target) at \(base.short)"
    try ledgers.store(of: rig.name).write("merge tested") { tx throws(BeadsError) in
      try tx.addComment(
        "On top of \(text) it passes the gates (\(names)). It waits for an approval.", to: candidate.id)
      try tx.update(candidate.id) { issue throws(BeadsError) in
        try issue.setTownField("tested_commit", candidate.head.description)
        try issue.setTownField("tested_on", text)
      }
    }
    try tellStory(
      candidate.id, "it passes the gates on top of \(text)", "waits for an approval", bead: candidate.issue)
    tell(.tested(candidate.id, base))
  }

  /// Closes what somebody else has merged, of the merge requests that the queue does not merge itself just now.
  ///
  /// Looked at only when a target has moved or there are others: with the same commits the answer is the same. What
  /// somebody is working on again is left alone.
  /// - Returns: Whether there was something.
  func settleMergedElsewhere(_ entries: [QueueEntry]) throws(BeadsError) -> Bool {
    let waiting = entries.filter {
      [.needsApproval, .needsFix, .needsResubmit, .needsHelp, .blocked].contains($0.state)
    }
    var seen: [String] = []
    for entry in waiting {
      let there = try BranchName(rawValue: entry.request.target).flatMap { name throws(BeadsError) in
        try rig.remoteCommit(name)
      }
      seen.append("\(entry.issue.id) \(there?.description ?? "-")")
    }
    let key = "mq.seen.\(rig.name)"
    let now = seen.sorted().joined(separator: "\n")
    if try database.fact(key) ?? "" == now { return false }
    var isFound = false
    for entry in waiting {
      guard let target = BranchName(rawValue: entry.request.target), let base = try rig.remoteCommit(target),
        let branch = BranchName(rawValue: entry.request.branch), let head = GitID(entry.request.commit)
      else { continue }
      let source = try source(of: entry)
      if let source, !source.isClosed, ![.inReview, .open, .blocked].contains(source.status) { continue }
      let candidate = MergeCandidate(
        id: entry.issue.id, branch: branch, head: head, issue: source?.id, title: entry.issue.title)
      if try closeIfThere(candidate, base, target) { isFound = true }
    }
    try database.setFact(key, now.isEmpty ? nil : now)
    return isFound
  }

  /// Writes down what happened to a merge request, for `gt why`.
  func tellStory(
    _ id: IssueID, _ finding: String, _ action: String, evidence: String = "", bead: IssueID?
  ) throws(BeadsError) {
    try database.decide(id.rawValue, finding, action, evidence: evidence, bead: bead)
  }
}

extension QueueEntry {
  /// Whether a person is to decide about a commit of which nobody knows yet whether it passes the gates.
  var isToBeTested: Bool {
    state == .needsApproval && issue.townField("tested_commit") != request.commit
  }
}
