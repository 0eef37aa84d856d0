import BeadsKit

/// What is to be done with an issue that somebody wants to give out.
enum SlingVerdict {
  /// It is nobody's: assign it.
  case assign
  /// The right agent has it and is at work.
  case already(AgentAddress)
  /// The right agent has it, but something is missing that comes after the assignment, such as a live session.
  case complete(AgentRecord)
  /// Somebody else has it who is gone, or it is taken away by force.
  case takeBack(from: AgentAddress?)
}

extension Sling {
  /// Throws when an issue cannot be given out at all, whoever has it.
  func check(_ issue: Issue, force: Bool) throws(BeadsError) {
    if issue.title.hasPrefix("-") {
      throw BeadsError(
        .refused, "the title of \(issue.id) looks like a flag: \(quoted(issue.title))",
        hint: "`bd update \(issue.id) --title \"...\"` gives it a proper one")
    }
    try Hook.requireUnfinished(issue)
    if Self.records.contains(issue.type.rawValue) {
      throw BeadsError(.refused, "\(issue.id) is no work: its type is \(issue.type)")
    }
    if force || issue.isAssignment { return }
    if issue.status == .deferred {
      throw BeadsError(
        .refused, "\(issue.id) is deferred",
        hint: "`bd undefer \(issue.id)` brings it back, --force ignores it")
    }
    if issue.status == .inReview {
      throw BeadsError(
        .refused, "\(issue.id) is finished and waits to be merged", hint: "--force has it done once more")
    }
    if issue.status == .pinned || issue.isPinned {
      throw BeadsError(.refused, "\(issue.id) is pinned: it is there to be read, not to be worked on")
    }
    let store = try ledgers.store(for: issue.id)
    let unmerged = try store.unmerged(before: [issue.id])[issue.id] ?? []
    let blockers = try store.activeBlockers(of: issue.id).map(\.blockerID) + unmerged
    if !blockers.isEmpty {
      throw BeadsError(
        .refused, "\(issue.id) waits for \(Set(blockers.map(\.rawValue)).sorted().joined(separator: ", "))",
        hint: "give out what it waits for; --force ignores that")
    }
  }

  private static let records: Set<String> = [
    "agent", "role", "rig", "message", "event", "gate", "slot", "queue", "merge-request",
  ]

  /// Throws when an issue may not go to a rig that it does not belong to.
  func checkRig(_ bead: IssueID, _ target: SlingTarget, force: Bool) throws(BeadsError) {
    guard case .polecat(let rig, _) = target, !force else { return }
    let own = ledgers.rig(of: bead)
    if own == rig.name { return }
    throw BeadsError(
      .refused, "\(bead) belongs to \(own.map { "the rig \($0)" } ?? "the town"), not to \(rig.name)",
      hint: own.map { "gt sling \(bead) \($0)" } ?? "make an issue for it in the rig \(rig.name)")
  }

  /// Who has an issue, and what that means for giving it to somebody.
  /// - Throws: `conflict` when another agent has it who is alive, or of whom that cannot be told.
  func verdict(_ issue: Issue, _ target: SlingTarget, force: Bool) throws(BeadsError) -> SlingVerdict {
    let holder = try database.agent(on: issue.id)
    let assignee = issue.isAssignment ? issue.assignee : nil
    if let holder, assignee == nil || assignee == holder.address.text {
      return try verdict(issue, holder, isHooked: assignee != nil, target, force: force)
    }
    guard let assignee else { return .assign }
    guard let agent = AgentAddress(assignee), agent.role.hasSession else {
      if force { return .takeBack(from: nil) }
      throw Hook.taken(issue)
    }
    if agent.role != .polecat, target.includes(agent) { return .already(agent) }
    if force { return .takeBack(from: agent) }
    if agent.role == .polecat, !mayBeAlive(agent) { return .takeBack(from: agent) }
    throw Hook.taken(issue)
  }

  private func verdict(
    _ issue: Issue, _ holder: AgentRecord, isHooked: Bool, _ target: SlingTarget, force: Bool
  ) throws(BeadsError) -> SlingVerdict {
    let isRight = target.includes(holder.address)
    guard holder.address.role == .polecat else {
      if isRight { return isHooked ? .already(holder.address) : .complete(holder) }
      if force { return .takeBack(from: holder.address) }
      throw Hook.taken(issue)
    }
    if isRight {
      // Whether the worker lives may not be known; then it is left alone.
      return isHooked && mayBeAlive(holder.address) ? .already(holder.address) : .complete(holder)
    }
    if force || !mayBeAlive(holder.address) { return .takeBack(from: holder.address) }
    throw Hook.taken(issue)
  }

  private func mayBeAlive(_ agent: AgentAddress) -> Bool {
    switch launcher.liveness(of: [agent])[agent] {
    case .alive, .unknown: true
    case .dead, .some(.none), nil: false
    }
  }
}
