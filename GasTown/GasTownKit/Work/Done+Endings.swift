import BeadsKit

extension Done {
  /// The label of an issue whose work is finished, but could not be handed in.
  static let recoveryLabel = "needs-recovery"

  // MARK: Finished

  /// Hands the work in.
  func complete(_ work: Work) throws(BeadsError) -> Result {
    let branch = try check(work)
    let needsCommits =
      !work.request.isReportOnly && !work.attachment.isReviewOnly && !work.attachment.isNoMerge
    if branch.count == 0, needsCommits {
      throw BeadsError(
        .conflict, "\(branch.name) has no commit that \(branch.target) does not have",
        hint: "commit your work, then run `gt done` again; `gt done --status ESCALATED` asks for help")
    }
    if branch.count > 0 { try branch.refuseManagedFiles() }
    let secrets = branch.count > 0 ? try branch.refuseSecrets(issue: work.issue.id) : SecretSearch.Report()
    var result = Result(
      exit: .completed, issue: work.issue.id, status: .inReview, branch: branch.name.rawValue,
      commit: branch.head, target: branch.target.rawValue,
      warnings: branch.warnings + FinishedBranch.warnings(of: secrets))
    do throws(BeadsError) { try handIn(work, branch, secrets, &result) } catch {
      try markForRecovery(work)
      throw BeadsError(
        error.code, error.message, details: error.details,
        hint: error.hint ?? "the branch and the issue are kept; run `gt done` again")
    }
    try finish(work.issue, work.request.agent, result)
    return result
  }

  /// Sends the polecat to rest when its work is handed in.
  func finish(_ issue: Issue, _ agent: AgentAddress, _ result: Result) throws(BeadsError) {
    let attachment = Attachment(issue)
    try finishMolecule(attachment.molecule, of: issue.id)
    // What waits to be merged may come back, again and again: only its end ends the count.
    if try polecats.store(of: issue.id).issue(issue.id)?.isClosed == true {
      try database.resetAttempts(of: issue.id)
    }
    _ = try polecats.retire(
      agent, keepingBranch: attachment.mergeStrategy == "local",
      note: LastDone(
        exit: .completed, issue: issue.id, branch: result.branch, commit: result.commit,
        mergeRequest: result.mergeRequest))
  }

  private func handIn(
    _ work: Work, _ branch: FinishedBranch, _ secrets: SecretSearch.Report, _ result: inout Result
  ) throws(BeadsError) {
    if branch.count == 0 {
      result.status = try settle(work, .closed, result, reason: "Nothing to merge")
    } else if work.attachment.isNoMerge || work.attachment.isReviewOnly {
      try branch.push(isOwn: true)
      result.status = try settle(work, .inReview, result)
      let receiver = work.attachment.dispatchedBy ?? AgentAddress.mayor.text
      do throws(BeadsError) { try announce(work.issue, receiver, result) } catch {
        result.warnings.append("\(receiver) could not be told: \(error.message)")
      }
    } else if work.attachment.mergeStrategy == "local" {
      result.status = try settle(work, .inReview, result)
    } else if work.attachment.mergeStrategy == "direct" {
      try branch.pushToTarget()
      result.status = try settle(work, .closed, result, reason: "Merged in \(branch.head.prefix(12))")
    } else {
      try branch.push(isOwn: true)
      let request = try branch.ask(
        for: work.issue, priority: work.request.priority,
        verifiedOn: work.request.isPreVerified ? branch.targetHead : nil, secrets)
      try? database.decide(
        request.rawValue, "\(work.request.agent) handed in \(branch.name)",
        "in the queue for \(branch.target)",
        evidence: "commit \(branch.head.prefix(7))", bead: work.issue.id)
      result.mergeRequest = request
      result.status = try settle(work, .inReview, result)
    }
  }

  /// Gives the issue its next status, unless somebody else has it by now.
  private func settle(
    _ work: Work, _ status: Status, _ result: Result, reason: String = ""
  ) throws(BeadsError) -> Status {
    let store = try polecats.store(of: work.issue.id)
    try TownVocabulary.teach(store)
    let isOpenEnded = status == .closed && work.issue.hasUncheckedCriteria
    return try store.write("done") { tx throws(BeadsError) in
      let agent = work.request.agent.text
      return try tx.update(work.issue.id, force: true) { issue throws(BeadsError) in
        guard issue.assignee == agent, !issue.isClosed else {
          throw BeadsError(.conflict, "\(issue.id) is not that of \(agent) any more: it is \(issue.status)")
        }
        // Criteria that nobody ticked are for somebody to look at.
        issue.status = isOpenEnded ? .inReview : status
        if issue.status == .closed { issue.closeReason = reason }
        try issue.setMetadata("branch", result.branch.map { .string($0) } ?? .null)
        try issue.setMetadata("commit_sha", result.commit.map { .string($0) } ?? .null)
        if let request = result.mergeRequest { try issue.setMetadata("mr_id", .string(request.rawValue)) }
        try issue.removeLabel(Self.recoveryLabel)
      }.status
    }
  }

  /// Says on the issue that its work is finished, but not handed in; the polecat stays at it.
  private func markForRecovery(_ work: Work) throws(BeadsError) {
    try polecats.store(of: work.issue.id).write("done") { tx throws(BeadsError) in
      try tx.update(work.issue.id) { issue throws(BeadsError) in
        guard issue.assignee == work.request.agent.text, !issue.isClosed else { return }
        issue.status = .inProgress
        try issue.addLabel(Self.recoveryLabel)
      }
    }
  }

  /// Closes the checklist of the assignment.
  private func finishMolecule(_ molecule: IssueID?, of id: IssueID) throws(BeadsError) {
    guard let root = molecule, root != id else { return }
    let store = try polecats.store(of: root)
    guard let molecule = try store.issue(root), !molecule.isClosed, molecule.isEphemeral else { return }
    var filter = IssueFilter()
    filter.statuses = .unfinished
    filter.includesEveryKind()
    filter.place = .descendants(of: root)
    let steps = try store.issues(matching: filter)
    try store.write("done") { tx throws(BeadsError) in
      for step in steps { try tx.close(step.id, reason: "Its assignment is done", force: true) }
      try tx.close(root, reason: "Its assignment is done", force: true)
    }
  }

  // MARK: Not finished

  /// Asks for help: the issue is blocked and stays the agent's, and so does everything in the worktree.
  func callForHelp(_ work: Work) throws(BeadsError) -> Result {
    let store = try polecats.store(of: work.issue.id)
    let reason = work.request.reason
    let issue = try store.write("done") { tx throws(BeadsError) in
      try tx.update(work.issue.id) { $0.status = .blocked }
    }
    try escalate(issue, work.request.agent, reason)
    try database.update(work.request.agent) { record in
      record.state = .stuck
      record.isWanted = false
      record.lastDone = LastDone(exit: .escalated, issue: issue.id, branch: record.branch?.rawValue)
    }
    return Result(
      exit: .escalated, issue: issue.id, status: issue.status, branch: work.record.branch?.rawValue)
  }

  /// Stops here: the issue stays the agent's, to be gone on with later in the same worktree.
  func putOff(_ work: Work) throws(BeadsError) -> Result {
    try database.update(work.request.agent) { record in
      record.state = .idle
      record.isWanted = false
      record.lastDone = LastDone(exit: .deferred, issue: work.issue.id, branch: record.branch?.rawValue)
    }
    return Result(
      exit: .deferred, issue: work.issue.id, status: work.issue.status, branch: work.record.branch?.rawValue)
  }
}

extension Issue {
  /// Whether the acceptance criteria hold a box that nobody has ticked.
  var hasUncheckedCriteria: Bool {
    acceptanceCriteria.split(separator: "\n").contains { line in
      let text = line.drop { $0.isWhitespace || $0 == "-" || $0 == "*" }
      return text.hasPrefix("[ ]")
    }
  }
}
