public import BeadsKit

extension Hook {
  /// Gives an issue back to the queue, also when work on it has begun.
  /// - Parameter reason: Why; becomes a note.
  /// - Returns: The issue as saved.
  /// - Throws: `conflict` when nobody works on it.
  @discardableResult
  public func release(_ id: IssueID, reason: String?) throws(BeadsError) -> Issue {
    let saved = try takeBack(id, force: true)
    guard let reason, !reason.isEmpty else { return saved }
    return try ledgers.store(for: id).write("release") { tx throws(BeadsError) in
      try tx.update(id) { issue in
        issue.notes += (issue.notes.isEmpty ? "" : "\n") + "Released: " + reason
      }
    }
  }

  /// What a checkpoint of an agent's present assignment says now, without saving it.
  /// - Throws: `not_found` when the agent has no work.
  public func checkpoint(
    _ agent: AgentAddress, step: String? = nil, title: String? = nil, notes: String? = nil
  ) throws(BeadsError) -> Checkpoint {
    guard let work = try current(of: agent) else {
      throw BeadsError(.notFound, "nothing is on the hook of \(agent), so there is nothing to keep")
    }
    let earlier = try database.checkpoint(of: agent, about: work.issue.id)
    var checkpoint = earlier ?? Checkpoint(agent, bead: work.issue.id)
    checkpoint.at = database.now
    checkpoint.molecule = work.attachment.molecule
    if let step {
      checkpoint.step = step
      checkpoint.title = title
    } else if let current = try MoleculeView.of(work, ledgers)?.current {
      checkpoint.step = current.id
      checkpoint.title = title ?? current.title
    }
    checkpoint.notes = notes ?? checkpoint.notes
    checkpoint.session = try database.sessionID(of: agent)
    let worktree = try database.agent(agent)?.worktree ?? town.environment.currentDirectory
    checkpoint.observe(worktree: worktree, town.environment)
    return checkpoint
  }
}

extension TownDatabase {
  /// The ID that a runtime gave an agent's present session.
  public func sessionID(of agent: AgentAddress) throws(BeadsError) -> String? {
    try fact("session_id/\(agent)")
  }
}

extension Prime {
  /// Remembers that a session has been told where it is: who it is, and that it has seen what is shown once.
  /// - Parameter isNew: Whether a runtime has just begun it.
  public func remember(_ report: PrimeReport, _ session: Session, isNew: Bool) throws(BeadsError) {
    let agent = report.agent
    if let marker = report.handoff {
      try database.setHandoffMarker(nil, of: agent)
      if let mail = marker.mail { _ = try? Mailbox(ledgers, database).mark([mail], read: true, by: agent) }
    }
    try Mailbox(ledgers, database).noteShown(report.mail, to: agent)
    guard isNew, let id = session.id, try database.sessionID(of: agent) != id else { return }
    try database.setFact("session_id/\(agent)", id)
    EventLog(town).append(
      "session_start", actor: agent.text,
      [
        ("session_id", id), ("role", agent.role.rawValue), ("topic", report.work?.issue.id.rawValue),
        ("cwd", town.environment.currentDirectory), ("source", session.source),
      ])
  }
}
