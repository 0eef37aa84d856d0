import BeadsKit

/// What becomes of merge requests and of the issues behind them.
extension MergeEngine {
  /// Takes the merge requests for this engine, so that everybody sees who is at them.
  /// - Returns: Those that nobody has closed or claimed meanwhile.
  func claim(_ candidates: [MergeCandidate]) throws(BeadsError) -> [MergeCandidate] {
    let (actor, queue) = (actor, queue)
    let claimed = try ledgers.store(of: rig.name).write("merge claim") { tx throws(BeadsError) in
      var claimed: [MergeCandidate] = []
      for issue in try ledgers.store(of: rig.name).issues(candidates.map(\.id)) {
        let isMine = issue.status == .inProgress && issue.assignee == actor
        if !isMine, (try? queue.requireUnclaimed(issue)) == nil { continue }
        try tx.update(issue.id) { issue in
          issue.status = .inProgress
          issue.assignee = actor
        }
        claimed += candidates.filter { $0.id == issue.id }
      }
      return claimed
    }
    for candidate in claimed {
      events.append(
        "merge_started", actor: actor,
        [("mr", candidate.id.rawValue), ("branch", candidate.branch.rawValue), ("rig", rig.name.rawValue)])
    }
    return claimed
  }

  /// Those that somebody has taken back while they were tested: rejected, or submitted anew at another commit.
  func takenBack(_ layers: [MergeStack.Layer]) throws(BeadsError) -> [IssueID] {
    try ledgers.store(of: rig.name).issues(layers.map(\.candidate.id)).filter(\.isClosed).map(\.id)
  }

  /// Puts those that are still claimed back into the queue.
  func release(_ ids: [IssueID]) throws(BeadsError) {
    let store = try ledgers.store(of: rig.name)
    let actor = actor
    let claimed = try store.issues(ids).filter { $0.status == .inProgress && $0.assignee == actor }
    if claimed.isEmpty { return }
    try store.write("merge release") { tx throws(BeadsError) in
      for issue in claimed {
        try tx.update(issue.id) { issue in
          issue.status = .open
          issue.assignee = ""
        }
      }
    }
  }

  /// Ends an attempt that did not reach the push.
  func giveUp(_ run: inout MergeRun, _ reason: String) throws(BeadsError) {
    try release(run.members.map(\.id))
    run.phase = .done
    run.outcome = "given up: \(reason)"
    try database.save(run)
  }

  /// What became of a merge request that was marked.
  enum Mark {
    /// It waits until that is mended.
    case waits
    /// It failed too often: a person has to look at it.
    case needsHelp
    /// Somebody has taken it back meanwhile; nothing was marked.
    case takenBack
  }

  /// Marks a merge request that cannot be merged as it is.
  @discardableResult
  func mark(_ id: IssueID, _ label: String, _ comment: String) throws(BeadsError) -> Mark {
    let limit = policy.maximumAttempts
    let store = try ledgers.store(of: rig.name)
    let issue: Issue? = try store.write("merge mark") { tx throws(BeadsError) in
      guard let now = try store.issue(id), !now.isClosed else { return nil }
      try tx.addComment(comment, to: id)
      return try tx.update(id) { issue throws(BeadsError) in
        if issue.status == .inProgress { issue.status = .open }
        issue.assignee = ""
        let attempts = MergeQueue.attempts(issue) + 1
        try issue.setTownField("retry_count", String(attempts))
        try issue.addLabel(label)
        if attempts > limit { try issue.addLabel(MergeQueue.needsHelp) }
      }
    }
    guard let issue else { return .takenBack }
    guard issue.labels.contains(MergeQueue.needsHelp) else { return .waits }
    let attempts = MergeQueue.attempts(issue)
    let source = MergeRequest(issue).flatMap { IssueID(rawValue: $0.sourceIssue) }
    tell(.escalated(id, attempts: attempts))
    try escalate(
      "\(source ?? id) could not be merged in \(attempts) attempts", .high,
      "The last one, \(id): \(comment)\n\n`gt mq retry \(id)` puts it back into the queue.",
      about: source ?? id)
    return .needsHelp
  }

  /// A branch that breaks a gate: it leaves the queue, and its issue is work again.
  func reject(_ candidate: MergeCandidate, _ failure: GateFailure) throws(BeadsError) {
    let (gate, log) = (failure.gate, failure.log)
    let comment =
      "The gate \(gate) fails with it: \(failure.reason). The end of what it printed (all of it: \(log)):\n\n"
      + tail(of: log)
    let mark = try mark(candidate.id, MergeQueue.needsFix, comment)
    if mark != .takenBack, let issue = candidate.issue {
      try queue.giveBack(
        issue,
        because: "\(candidate.id) was not merged: \(comment)\nThe work is on the branch \(candidate.branch).",
        asBlocked: mark == .needsHelp)
    }
    try tellStory(
      candidate.id, "the gate \(gate) fails with it: \(failure.reason)",
      "not merged, and its issue given back",
      evidence: log, bead: candidate.issue)
    events.append(
      "merge_failed", actor: actor,
      [
        ("mr", candidate.id.rawValue), ("branch", candidate.branch.rawValue),
        ("reason", "gate \(gate): \(failure.reason)"),
        ("rig", rig.name.rawValue),
      ])
    tell(.failed(candidate.id, gate: gate, log: log))
  }

  private func tail(of log: String) -> String {
    let text = (try? FileSystem.readText(log)) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).suffix(30)
    return lines.map { "    " + $0 }.joined(separator: "\n")
  }

  /// A branch that did not fit into the stack.
  ///
  /// One that only does not go together with others of the stack stays in the queue: they may not be merged.
  func settle(_ refused: MergeStack.Refused, base: GitID, target: BranchName) throws(BeadsError) {
    let candidate = refused.candidate
    let alone = try MergeStack(
      [candidate], on: base, in: GitRepository(at: rig.repository), style: policy.style, committer: committer,
      time: 0)
    guard alone.layers.isEmpty else { return }
    switch refused.reason {
    case .alreadyThere: _ = try closeIfThere(candidate, base, target)
    case .unrelated:
      try mark(
        candidate.id, MergeQueue.needsFix,
        "The branch \(candidate.branch) has no commit in common with \(target).")
      tell(.conflict(candidate.id, []))
    case .conflict(let paths):
      // What somebody merged as one commit excludes itself once the target has gone on.
      if try closeIfThere(candidate, base, target) { return }
      tell(.conflict(candidate.id, paths))
      try askForResolution(candidate, paths, target)
    }
  }

  /// Makes the issue that resolves a conflict; the merge request waits for it.
  private func askForResolution(
    _ candidate: MergeCandidate, _ paths: [String], _ target: BranchName
  ) throws(BeadsError) {
    let store = try ledgers.store(of: rig.name)
    guard let request = try store.issue(candidate.id), !request.isClosed else { return }
    if MergeQueue.attempts(request) >= policy.maximumAttempts {
      try mark(
        candidate.id, MergeQueue.needsRebase,
        "\(candidate.branch) and \(target) exclude each other in \(paths.joined(separator: ", "))")
      return
    }
    if candidate.isLanding { return try askForReconciliation(candidate, request, paths, target) }
    var task = IssueDraft(title: "Resolve merge conflicts: \(candidate.title)")
    task.priority = request.priority
    task.labels = ["gt:conflict"]
    task.description = """
      The branch \(candidate.branch) (\(candidate.head.short)) and \(target) exclude each other in:

      \(paths.map { "- \($0)" }.joined(separator: "\n"))

      Start from \(target), bring in \(candidate.branch), settle both intentions, test, and submit with `gt done`. \
      What you submit takes the place of \(candidate.id).
      """
    try makeTask(
      task, for: candidate,
      [
        ("conflict_of", candidate.id.rawValue), ("branch", candidate.branch.rawValue),
        ("base_branch", target.rawValue),
      ])
  }

  /// Makes an issue with these fields that has to be closed before the merge request is tried again.
  func makeTask(
    _ draft: IssueDraft, for candidate: MergeCandidate, _ fields: [(String, String)]
  ) throws(BeadsError) {
    let resolution = try ledgers.store(of: rig.name).write("merge conflict") { tx throws(BeadsError) in
      let made = try tx.create(draft)
      try tx.update(made.id) { issue throws(BeadsError) in
        for (key, value) in fields { try issue.setTownField(key, value) }
      }
      try tx.addDependency(candidate.id, dependsOn: made.id)
      try tx.addLabels([MergeQueue.needsRebase], to: candidate.id)
      try tx.update(candidate.id) { issue throws(BeadsError) in
        issue.status = .open
        issue.assignee = ""
        try issue.setTownField("retry_count", String(MergeQueue.attempts(issue) + 1))
        try issue.setTownField("conflict_task_id", made.id.rawValue)
        try issue.setTownField("last_conflict_sha", candidate.head.description)
      }
      return made
    }
    try tellStory(
      candidate.id, "it and its target exclude each other", "\(resolution.id) is to settle that",
      evidence: "commit \(candidate.head.short)", bead: candidate.issue)
    events.append(
      "merge_failed", actor: actor,
      [
        ("mr", candidate.id.rawValue), ("branch", candidate.branch.rawValue), ("reason", "conflict"),
        ("task", resolution.id.rawValue), ("rig", rig.name.rawValue),
      ])
  }

  // MARK: After the push

  /// Closes what the target has now; can be done again after a crash.
  func finish(_ run: MergeRun) throws(BeadsError) {
    for member in run.members {
      guard let commit = member.commit else { continue }
      try close(member.id, commit: commit, reason: "merged")
      try tellMerged(member, commit, run)
      tell(.merged(member.id, commit))
    }
  }

  /// Writes down what was tested, with what, and where it is now.
  private func tellMerged(_ member: MergeRun.Member, _ commit: GitID, _ run: MergeRun) throws(BeadsError) {
    let issue = try ledgers.store(of: rig.name).issue(member.id)
    let others = run.members.map(\.id).filter { $0 != member.id }.map(\.rawValue).joined(separator: ", ")
    let tip = run.tip ?? commit
    let times = gateTimes[tip].map { ": \($0)" } ?? ""
    let approval = issue?.townField("approved_by").map { "approved by \($0)" } ?? "none are demanded"
    try tellStory(
      member.id, policy.gates.isEmpty ? "there are no gates; \(approval)" : "the gates pass\(times)",
      "merged into \(run.target) as \(commit.short)",
      evidence: "\(policy.gates.isEmpty ? "" : "tested ")\(tip.short) on \(run.base?.short ?? "")"
        + (others.isEmpty ? "" : ", together with \(others)"),
      bead: issue.flatMap(MergeRequest.init).flatMap { IssueID(rawValue: $0.sourceIssue) })
  }

  /// Closes a merge request whose changes are proven on the target, the issue behind it, and what these resolve.
  func close(
    _ id: IssueID, commit: GitID, reason: String, deletesBranch: Bool = true
  ) throws(BeadsError) {
    let store = try ledgers.store(of: rig.name)
    guard let issue = try store.issue(id), let request = MergeRequest(issue) else { return }
    if issue.isClosed, issue.townField("close_reason") != "merged" {
      // Taken back in the moment of the push: what is left of its issue is not on the target.
      let text = "\(id) was merged as \(commit.short) before it was \(issue.closeReason)"
      if let source = IssueID(rawValue: request.sourceIssue) { try remark(source, text) }
      return
    }
    // The merge request goes last: while it is open, whatever a crash left undone is done by the next attempt.
    if let source = IssueID(rawValue: request.sourceIssue) { try close(source: source, mergedIn: id, commit) }
    if !issue.isClosed {
      try store.write("merged") { tx throws(BeadsError) in
        try tx.update(id) { issue throws(BeadsError) in
          try issue.setTownField("merge_commit", commit.description)
          try issue.setTownField("close_reason", "merged")
        }
        try tx.close(id, reason: reason, force: true)
      }
      events.append(
        "merged", actor: actor,
        [
          ("mr", id.rawValue), ("worker", request.worker), ("branch", request.branch),
          ("commit", commit.description), ("rig", rig.name.rawValue),
        ])
    }
    if deletesBranch { removeBranch(request) }
  }

  private func close(source: IssueID, mergedIn request: IssueID, _ commit: GitID) throws(BeadsError) {
    let store = try ledgers.store(for: source)
    guard let issue = try store.issue(source) else { return }
    if !issue.isClosed {
      try store.write("merged") { tx throws(BeadsError) in
        try tx.close(source, reason: "Merged in \(request)", force: true)
      }
      try database.resetAttempts(of: source)
      try Convoys(ledgers, database).checkConvoys(tracking: source)
    }
    // The resolution of a conflict brings in the work of the merge request that had it.
    if let resolved = issue.townField("conflict_of").flatMap(IssueID.init(rawValue:)) {
      try close(resolved, commit: commit, reason: "merged with \(request)")
    }
  }

  /// Removes the branch of a worker from the origin, unless somebody moved it on.
  private func removeBranch(_ request: MergeRequest) {
    guard policy.deletesBranches, request.branch.hasPrefix("polecat/") || request.isLanding,
      GitID(request.commit) != nil
    else { return }
    // After a squash the target has the changes, but not the commits.
    let kept = try? town.git(rig.repository).ask("update-ref", "refs/gt/merged/\(request.id)", request.commit)
    guard kept?.succeeded == true else { return }
    let reference = "refs/heads/\(request.branch)"
    _ = try? town.git(rig.repository, adding: ["GT_MERGE_ENGINE": "1"]).ask(
      "push", "--quiet", "--force-with-lease=\(reference):\(request.commit)", "origin", ":\(reference)")
  }
}
