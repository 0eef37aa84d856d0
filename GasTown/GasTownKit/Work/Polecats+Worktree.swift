public import BeadsKit

extension Polecats {
  /// Gives a polecat a worktree for its assignment, on a branch of its own that starts at the base.
  ///
  /// What was in the worktree before is saved first. When the polecat is there already, as after a crash of its
  /// session, everything stays as it is.
  /// - Returns: The record with worktree, branch and commit.
  /// - Throws: `conflict` when the assignment is over, `not_found` when the origin does not have the base,
  ///   `io_error`; the assignment stays, and the same call tries again.
  public func prepareWorktree(_ record: AgentRecord) throws(BeadsError) -> AgentRecord {
    guard let name = record.address.name else {
      throw BeadsError(.invalid, "\(record.address) is no polecat")
    }
    return try alone(with: name) { () throws(BeadsError) in
      guard let current = try database.agent(record.address), let bead = current.bead, bead == record.bead
      else {
        throw BeadsError(.conflict, "\(record.address) has other work by now")
      }
      let worktrees = worktrees
      if let branch = current.branch, worktrees.checkedOutBranch(rig.polecatWorktree(name)) == branch,
        (try? worktrees.state(of: name)) != nil
      {
        try furnish(name, on: branch)
        return current
      }
      let base = current.base ?? rig.defaultBranch
      try fetch(base)
      let start = try worktrees.start(base)
      let fresh = try newBranch(name, try ledgers.issue(bead))
      let planned = try database.update(current.address) { record in
        record.worktree = rig.polecatWorktree(name)
        record.branch = record.branch ?? fresh
        record.base = base
        record.baseCommit = record.baseCommit ?? start
      }
      guard let branch = planned.branch else { return planned }
      // An agent that was at other work there, such as one whose issue was taken back, must not go on.
      try stopSession(planned.address, "its worktree gets other work")
      let saved = try worktrees.create(name, on: branch, at: planned.baseCommit ?? start)
      tell(saved, of: planned.address)
      try furnish(name, on: branch)
      return planned
    }
  }

  /// Puts what agents need into a worktree, once for each branch.
  private func furnish(_ name: AgentName, on branch: BranchName) throws(BeadsError) {
    let mark = Path.join(rig.polecatWorktree(name), ".runtime/furnished")
    if try FileSystem.readIfPresent(mark) == Array(branch.rawValue.utf8) { return }
    try worktrees.furnish(name, branch: branch)
    try FileSystem.makeDirectory(Path.directory(of: mark))
    try FileSystem.replace(mark, with: Array(branch.rawValue.utf8))
  }

  /// Brings the base up to date; without a connection what was fetched last has to do.
  private func fetch(_ base: BranchName) throws(BeadsError) {
    do throws(BeadsError) { try worktrees.fetch(base) } catch {
      guard (try? worktrees.start(base)) != nil else { throw error }
      EventLog(town).append(
        "fetch_failed", actor: "gt", [("rig", rig.name.rawValue), ("reason", error.message)])
    }
  }

  /// Tells everybody that something was saved, and where.
  func tell(_ saved: RigWorktrees.Saved, of address: AgentAddress) {
    if saved.isEmpty { return }
    EventLog(town).append(
      "salvage", actor: "gt",
      [
        ("rig", rig.name.rawValue), ("target", address.text),
        ("reason", saved.places.joined(separator: ", ")),
      ])
  }
}
