public import BeadsKit

extension IntegrationBranches {
  /// Makes the branch of an epic on the origin.
  ///
  /// The epic names it before it is there, so that the same call completes what a crash left.
  /// - Parameters:
  ///   - branch: Its name; nil for what the rig's template gives, with the epic's ID where that is taken.
  ///   - base: Where it starts, and lands; nil for the default branch.
  /// - Returns: The epic, and whether the branch is new.
  /// - Throws: `invalid`, `not_found`, `exists`, `conflict` when the epic is closed or has another branch.
  public func create(
    for id: IssueID, branch: String? = nil, base: String? = nil
  ) throws(BeadsError) -> (epic: Issue, isNew: Bool) {
    let epic = try epic(id)
    if epic.isClosed { throw BeadsError(.conflict, "\(id) is closed", hint: "`bd reopen \(id)` opens it") }
    let wanted = try branch.map { text throws(BeadsError) in try BranchName(text) }
    let base = try base.map { text throws(BeadsError) in try BranchName(text) } ?? rig.defaultBranch
    try refresh()
    guard let start = try rig.remoteCommit(base) else {
      throw BeadsError(.notFound, "the origin of \(rig.name) has no branch \(base)", hint: "push it first")
    }
    if let known = epic.townField(Self.branchKey) {
      if let wanted, wanted.rawValue != known {
        throw BeadsError(.conflict, "\(id) has the integration branch \(known) already")
      }
      let name = try BranchName(known)
      if try rig.remoteCommit(name) != nil { return (epic, false) }
      let recorded = epic.townField(Self.baseKey).flatMap(BranchName.init(rawValue:)) ?? base
      try push(name, at: try rig.remoteCommit(recorded) ?? start)
      return (epic, true)
    }
    let name = try freeName(epic, wanted)
    let named = try write(name, base, to: id)
    do throws(BeadsError) { try push(name, at: start) } catch {
      try write(nil, nil, to: id)
      throw error
    }
    EventLog(ledgers.town).append(
      "integration_created", actor: ledgers.actor,
      [("bead", id.rawValue), ("branch", name.rawValue), ("rig", rig.name.rawValue)])
    return (named, true)
  }

  private func freeName(_ epic: Issue, _ wanted: BranchName?) throws(BeadsError) -> BranchName {
    let name = if let wanted { wanted } else { try generatedName(epic) }
    try requirePrefix(name)
    if try rig.remoteCommit(name) == nil { return name }
    if wanted == nil {
      let other = try BranchName("\(name)-\(epic.id)")
      if try rig.remoteCommit(other) == nil { return other }
    }
    throw BeadsError(
      .exists, "the origin of \(rig.name) has a branch \(name)", hint: "--branch names another")
  }

  @discardableResult
  private func write(
    _ branch: BranchName?, _ base: BranchName?, to id: IssueID
  ) throws(BeadsError) -> Issue {
    let now = ledgers.town.now
    return try ledgers.store(for: id).write("mq integration") { tx throws(BeadsError) in
      try tx.update(id) { issue throws(BeadsError) in
        try issue.setTownField(Self.branchKey, branch?.rawValue)
        try issue.setTownField(Self.baseKey, base?.rawValue)
        try issue.setMetadata(Self.createdKey, branch == nil ? .null : .string(now.description))
      }
    }
  }

  private func push(_ name: BranchName, at start: GitID) throws(BeadsError) {
    // It must be new: whoever else makes one of this name has another epic.
    try ledgers.town.git(rig.repository, adding: ["GT_INTEGRATION_LAND": "1"]).run(
      [
        "push", "--quiet", "--force-with-lease=refs/heads/\(name):", "origin", "\(start):refs/heads/\(name)",
      ], to: "push \(name)")
    try refresh()
  }
}
