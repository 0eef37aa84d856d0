public import BeadsKit

extension Polecats {
  /// Takes an issue back from a polecat, which is idle then; its worktree stays as it is.
  ///
  /// The issue is open again unless it is finished or somebody else's.
  /// - Returns: The issue that was taken back, if there was one.
  @discardableResult
  public func unassign(_ address: AgentAddress, reason: String) throws(BeadsError) -> IssueID? {
    guard let record = try database.agent(address), let bead = record.bead else { return nil }
    try reopen(bead, from: address, reason: reason)
    try database.update(address) { record in
      guard record.bead == bead || record.bead == nil else { return }
      record.bead = nil
      record.assignedAt = nil
      record.isWanted = false
      if record.state != .nuked { record.state = .idle }
    }
    return bead
  }

  /// Opens an issue again that somebody is not going to finish.
  private func reopen(_ bead: IssueID, from address: AgentAddress, reason: String) throws(BeadsError) {
    let store = try store(of: bead)
    guard let issue = try store.issue(bead), !issue.isClosed, issue.assignee == address.text else { return }
    if issue.isAssignment {
      let hook = Hook(town: town, database: database, ledgers: ledgers)
      try hook.release(bead, reason: reason)
    } else if issue.status == .blocked {
      try store.write("unsling") { tx throws(BeadsError) in
        try tx.update(bead) { issue in
          issue.status = .open
          issue.assignee = ""
        }
      }
    }
  }

  /// Sends a polecat to rest whose work is done: its worktree goes to the default branch of the origin, whatever is
  /// unsaved in it is saved, and it is free for other work.
  public func retire(_ address: AgentAddress) throws(BeadsError) -> AgentRecord {
    try retire(address, keepingBranch: false, note: nil)
  }

  /// - Parameters:
  ///   - keepingBranch: Whether the branch of the work stays, because it is nowhere else.
  ///   - note: How the assignment ended.
  func retire(
    _ address: AgentAddress, keepingBranch: Bool, note: LastDone?
  ) throws(BeadsError) -> AgentRecord {
    guard let name = address.name else { throw BeadsError(.invalid, "\(address) is no polecat") }
    return try alone(with: name) { () throws(BeadsError) in
      if FileSystem.exists(rig.polecatWorktree(name)) {
        tell(try worktrees.rest(name, on: rig.defaultBranch, keepingBranch: keepingBranch), of: address)
      }
      return try database.update(address) { record in
        record.state = .idle
        record.isWanted = false
        record.bead = nil
        record.branch = nil
        record.baseCommit = nil
        record.assignedAt = nil
        if let note {
          record.details = .object([])
          record.lastDone = note
        }
      }
    }
  }

  /// Removes the worktree of a polecat after saving what it holds, and takes back its work; its name and history
  /// stay.
  ///
  /// - Returns: Where what was in the worktree can be found.
  /// - Throws: `refused` naming each reason against it that `force` does not overrule.
  @discardableResult
  public func nuke(
    _ address: AgentAddress, force: RemovalForce = .none, reason: String = "nuked"
  ) throws(BeadsError) -> RigWorktrees.Saved {
    guard let name = address.name, let record = try database.agent(address) else {
      throw BeadsError(.notFound, "there is no polecat \(address)", hint: "`gt polecat list` shows them")
    }
    let obstacles = try obstacles(to: record).filter { !$0.isOverruled(by: force) }
    guard obstacles.isEmpty else {
      throw BeadsError(
        .refused, "\(address) is not removed", details: obstacles.map(\.text),
        hint: "`gt polecat check-recovery \(rig.name)/\(name)` tells more; whatever goes is saved first")
    }
    try stopSession(address, reason)
    return try alone(with: name) { () throws(BeadsError) in
      pushIfPossible(name)
      let saved = try worktrees.remove(name, because: "its polecat was removed: \(reason)")
      tell(saved, of: address)
      try unassign(address, reason: reason)
      try database.update(address) { record in
        record.state = .nuked
        record.isWanted = false
        record.worktree = nil
        record.branch = nil
        record.baseCommit = nil
      }
      EventLog(town).append(
        "kill", actor: ledgers.actor,
        [("rig", rig.name.rawValue), ("target", address.text), ("reason", reason)])
      return saved
    }
  }

  /// Gives the origin the commits of a polecat's branch that it does not have; what cannot be pushed is saved anyway.
  private func pushIfPossible(_ name: AgentName) {
    let path = rig.polecatWorktree(name)
    guard let branch = worktrees.checkedOutBranch(path), branch.rawValue.hasPrefix("polecat/"),
      let state = try? worktrees.state(of: name), state.unpushed > 0
    else { return }
    _ = try? worktrees.repository.ask([
      "push", "--quiet", "--no-verify", "origin", "refs/heads/\(branch):refs/heads/\(branch)",
    ])
  }
}
