import BeadsKit

extension MergeEngine {
  /// Ends what an engine that was killed had begun.
  ///
  /// Whether its commit reached the target is looked up, never guessed: then its issues are closed, otherwise its
  /// branches are back in the queue.
  func recover() throws(BeadsError) {
    let unfinished = try database.unfinishedMerges(rig: rig.name)
    if unfinished.isEmpty { return try release(strandedClaims()) }
    try fetch()
    let repository = try GitRepository(at: rig.repository)
    for var run in unfinished {
      let there = try remoteCommit(run.target)
      let hasMoved = run.phase == .pushing || run.phase == .pushed
      if hasMoved, let tip = run.tip, let there, repository.has(commit: tip),
        try repository.isAncestor(tip, of: there)
      {
        try finish(run)
        run.outcome = "merged \(run.members.count), ended by the next attempt"
        run.phase = .done
        try database.save(run)
        try release(run.members.map(\.id))
      } else {
        try giveUp(&run, "the engine ended in the middle")
      }
    }
    try release(strandedClaims())
  }

  /// Merge requests that are claimed although no attempt runs: who claimed them died before it was written down.
  private func strandedClaims() throws(BeadsError) -> [IssueID] {
    try queue.entries().filter { $0.state == .merging && $0.issue.assignee == actor }.map(\.issue.id)
  }

  // MARK: The origin

  /// Brings what the origin has into the rig's repository.
  func fetch() throws(BeadsError) {
    try town.git(rig.repository).run(
      ["fetch", "--quiet", "--prune", "origin", "+refs/heads/*:refs/remotes/origin/*"],
      to: "fetch from the origin of \(rig.name)")
  }

  /// Where a branch of the origin was at the last fetch.
  func remoteCommit(_ branch: BranchName) throws(BeadsError) -> GitID? {
    try GitRepository(at: rig.repository).target(of: "refs/remotes/origin/\(branch)")
  }
}

extension TownDatabase {
  /// Remembers the process group of a gate, for whoever finds the engine dead.
  func noteGate(_ run: MergeRun, group: Int32) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute("UPDATE merge_runs SET gate_group = ?2 WHERE id = ?1", run.id, Int(group))
    }
  }
}
