public import BeadsKit

extension IntegrationBranches {
  /// What became of the wish to land a branch.
  public enum Landing: Sendable {
    /// It waits in the queue.
    case queued(MergeRequest, isNew: Bool)
    /// It is on its base: the epic is closed, and the branch is gone.
    case landed
  }

  /// Asks the queue to land the branch of an epic; ends what is left of a landing that was interrupted.
  ///
  /// The engine tests and pushes it like everything else. Asked again, it is the same request, put back into the queue
  /// if it had failed.
  /// - Parameter force: Whether it may land although not all of the epic is done.
  /// - Throws: `conflict` with what is in the way, `io_error` when the origin cannot be reached.
  public func land(_ id: IssueID, force: Bool = false) throws(BeadsError) -> Landing {
    try refresh()
    let status = try status(of: id)
    guard let head = status.head else {
      if status.epic.isClosed { return .landed }
      throw refusal(status)
    }
    if status.ahead == 0 {
      // The engine has it, or ends what it had begun.
      if let landing = status.landing { return .queued(landing, isNew: false) }
      // Nothing is missing on the base; without a trace of work the branch is as new.
      guard status.epic.isClosed || status.isComplete else { throw refusal(status) }
      try finish(status, head)
      return .landed
    }
    if !force, !status.isReady { throw refusal(status) }
    if status.epic.isClosed {
      throw BeadsError(
        .conflict, "\(id) is closed, but \(status.branch) has what \(status.base) does not have",
        hint: "`bd reopen \(id)` opens it")
    }
    return try submit(status, head)
  }

  private func refusal(_ status: IntegrationStatus) -> BeadsError {
    BeadsError(
      .conflict, "\(status.branch) is not ready to land", details: status.obstacles,
      hint: "`gt mq integration status \(status.epic.id)` shows how far it is")
  }

  private func submit(_ status: IntegrationStatus, _ head: GitID) throws(BeadsError) -> Landing {
    var submission = MergeRequests.Submission(
      source: status.epic, branch: status.branch, target: status.base, commit: head.description,
      worker: .refinery(rig.name), priority: status.epic.priority)
    submission.isLanding = true
    let request = try MergeRequests(rig, ledgers).submit(submission)
    return .queued(request, isNew: request.id != status.landing?.id)
  }

  /// Removes a branch whose commits are all on its base, and closes the epic.
  func finish(_ status: IntegrationStatus, _ head: GitID) throws(BeadsError) {
    if !status.epic.isClosed {
      try ledgers.store(for: status.epic.id).write("mq integration land") { tx throws(BeadsError) in
        try tx.close(status.epic.id, reason: "Landed on \(status.base)", force: true)
      }
    }
    guard settings.bool("merge_queue.delete_merged_branches") else { return }
    let reference = "refs/heads/\(status.branch)"
    try ledgers.town.git(rig.repository, adding: ["GT_INTEGRATION_LAND": "1"]).run(
      ["push", "--quiet", "--force-with-lease=\(reference):\(head)", "origin", ":\(reference)"],
      to: "remove \(status.branch)")
  }

  // MARK: By itself

  /// Whether something may be landed by itself; looks into the tracker alone.
  func mayLand() throws(BeadsError) -> Bool {
    guard isAutomatic else { return false }
    for epic in try epics() {
      let status = try status(of: epic.id)
      if mayLand(status) { return true }
    }
    return false
  }

  private func mayLand(_ status: IntegrationStatus) -> Bool {
    status.isComplete && status.landing == nil && !status.isTurnedDown
  }

  /// Asks for the landing of what is complete, where the rig wants that.
  /// - Returns: Whether there is a new request.
  func landWhatIsComplete() throws(BeadsError) -> Bool {
    guard isAutomatic else { return false }
    var hasNew = false
    for epic in try epics() {
      let status = try status(of: epic.id)
      guard mayLand(status), status.head != nil else { continue }
      if case .queued(_, true) = try land(epic.id) { hasNew = true }
    }
    return hasNew
  }
}
