import BeadsKit

extension MergeEngine {
  /// The entries whose branches are on the origin as they were submitted, and that pass the gates for branches; what
  /// becomes of the others is settled here.
  func candidates(
    _ entries: some Sequence<QueueEntry>, _ target: BranchName, _ base: GitID
  ) throws(BeadsError) -> [MergeCandidate] {
    var found: [MergeCandidate] = []
    let integration = target == rig.defaultBranch ? try integrationTips() : []
    for entry in entries {
      let source = try source(of: entry)
      if let source, Attachment(source).isNoMerge {
        try queue.withdraw(entry, because: "\(source.id) is not to be merged")
        continue
      }
      guard let candidate = try candidate(entry, source, target, base) else { continue }
      if !candidate.isLanding, try landsByTheWay(candidate, integration, base) { continue }
      found.append(candidate)
    }
    return found
  }

  func source(of entry: QueueEntry) throws(BeadsError) -> Issue? {
    guard let id = IssueID(rawValue: entry.request.sourceIssue), ledgers.router.route(for: id.rawValue) != nil
    else { return nil }
    return try ledgers.store(for: id).issue(id)
  }

  private func candidate(
    _ entry: QueueEntry, _ source: Issue?, _ target: BranchName, _ base: GitID
  ) throws(BeadsError) -> MergeCandidate? {
    let id = entry.issue.id
    guard let branch = BranchName(rawValue: entry.request.branch), let head = GitID(entry.request.commit)
    else {
      try mark(id, MergeQueue.needsResubmit, "it does not name a branch and a commit")
      tell(.changed(id, "it does not name a branch and a commit"))
      return nil
    }
    var candidate = MergeCandidate(
      id: id, branch: branch, head: head, issue: source?.id, title: source?.title ?? entry.issue.title)
    let now = try rig.remoteCommit(branch)
    if entry.request.isLanding {
      candidate.isLanding = true
      candidate.title = "Land \(branch): \(candidate.title)"
      // Only the engine moves it: whatever has come in meanwhile lands with it.
      if let now, now != head {
        try note(commit: now, on: id)
        candidate.head = now
      }
    }
    if candidate.isLanding || source?.townField(Self.styleKey) == MergeStyle.merge.rawValue {
      candidate.style = .merge
    }
    if now == candidate.head { return try turnsAway(candidate, into: base) ? nil : candidate }
    // Somebody may have merged it by hand and removed the branch.
    if now == nil, try closeIfThere(candidate, base, target) { return nil }
    let reason =
      now == nil
      ? "the branch \(branch) is not on the origin"
      : "the branch \(branch) was changed after it was submitted"
    try mark(id, MergeQueue.needsResubmit, reason)
    try tellStory(id, reason, "not merged; waits to be submitted again", bead: source?.id)
    tell(.changed(id, reason))
    if now == nil {
      try escalate(
        "The branch of \(id) is gone", .high,
        "\(branch) is not on the origin of \(rig.name) any more, and \(head.short) is not on \(target): work may be "
          + "lost. `git push origin \(head.short):refs/heads/\(branch)` in \(rig.repository) brings it back if it is "
          + "still there.", about: source?.id)
    }
    return nil
  }

  /// Closes a merge request whose work is on the target although the queue did not bring it there.
  /// - Returns: Whether it is.
  func closeIfThere(
    _ candidate: MergeCandidate, _ base: GitID, _ target: BranchName
  ) throws(BeadsError) -> Bool {
    let repository = try GitRepository(at: rig.repository)
    guard let arrival = try repository.arrival(of: candidate.head, on: base) else { return false }
    tell(.alreadyThere(candidate.id))
    let reason = arrival.isKnown ? "merged elsewhere" : "already on \(target)"
    try close(candidate.id, commit: arrival.commit, reason: reason)
    try tellStory(
      candidate.id, "its work is on \(target) without the queue", "closed: \(reason)",
      evidence: "commit \(arrival.commit.short)", bead: candidate.issue)
    return true
  }
}
