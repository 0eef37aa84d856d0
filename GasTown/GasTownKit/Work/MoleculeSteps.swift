public import BeadsKit

/// What finishing a step led to.
public struct StepResult: Sendable {
  /// The step that was finished.
  public let step: String
  /// Whether it had been finished before.
  public let wasDone: Bool
  /// The molecule as it stands now.
  public let molecule: MoleculeView
}

extension Hook {
  /// Marks a step of an agent's molecule as done and goes on to the next.
  ///
  /// - Parameter step: The ID of a step; nil for the current one.
  /// - Throws: `not_found` when the agent has no molecule or that no such step, `conflict` when the step waits for
  ///   others.
  public func finishStep(_ step: String?, of agent: AgentAddress) throws(BeadsError) -> StepResult {
    guard let work = try current(of: agent), let root = work.attachment.molecule,
      let view = try MoleculeView.of(work, ledgers)
    else {
      throw BeadsError(.notFound, "\(agent) has no steps to work on", hint: "`gt hook` shows its work")
    }
    let store = try ledgers.store(for: root)
    guard let found = try Self.find(step, in: view, store) else {
      throw BeadsError(
        .notFound, step.map { "\(root) has no step \(quoted($0))" } ?? "no step of \(root) can be worked on",
        hint: "`gt mol current` shows the step that is next")
    }
    if found.state == .blocked {
      throw BeadsError(
        .conflict, "the step \(found.id) waits for others: \(found.needs.joined(separator: ", "))",
        hint: "`gt mol current` shows the step that is next")
    }
    if found.state != .done {
      if view.isRootOnly { try mark(found, in: root, store) } else { try close(found, store) }
      try note(found.id, of: agent, work)
    }
    return StepResult(
      step: found.id, wasDone: found.state == .done,
      molecule: try MoleculeView.of(root, work.attachment, agent: agent.text, ledgers))
  }

  private static func find(
    _ step: String?, in view: MoleculeView, _ store: Store
  ) throws(BeadsError) -> MoleculeView.Step? {
    guard let step else { return view.current }
    if let exact = view.steps.first(where: { $0.id == step }) { return exact }
    if view.isRootOnly { return nil }
    let id = try store.resolve(step)
    return view.steps.first { $0.id == id.rawValue }
  }

  private func mark(_ step: MoleculeView.Step, in root: IssueID, _ store: Store) throws(BeadsError) {
    _ = try store.write("mol step done") { tx throws(BeadsError) in
      try tx.update(root) { issue throws(BeadsError) in
        let done = issue.stepsDone + [step.id]
        try issue.setMetadata(MoleculeView.doneKey, .array(done.map { .string($0) }))
      }
    }
  }

  private func close(_ step: MoleculeView.Step, _ store: Store) throws(BeadsError) {
    let id = try IssueID(step.id)
    _ = try store.write("mol step done") { tx throws(BeadsError) in
      try tx.close(id, reason: "Done")
      _ = try tx.continueMolecule(after: id)
    }
  }

  /// Keeps for a session that takes over which step was reached.
  private func note(_ finished: String, of agent: AgentAddress, _ work: HookedWork) throws(BeadsError) {
    guard let view = try MoleculeView.of(work, ledgers) else { return }
    var checkpoint = Checkpoint(agent, bead: work.issue.id)
    if let earlier = try database.checkpoint(of: agent, about: work.issue.id) { checkpoint = earlier }
    checkpoint.at = 0
    checkpoint.molecule = view.rootID
    checkpoint.step = view.current?.id ?? finished
    checkpoint.title = view.current?.title
    if let worktree = try database.agent(agent)?.worktree {
      checkpoint.observe(worktree: worktree, town.environment)
    }
    try database.save(checkpoint)
  }
}
