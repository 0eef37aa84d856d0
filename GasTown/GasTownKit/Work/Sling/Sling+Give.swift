import BeadsKit

extension Sling {
  /// Gives one issue to whoever is to have it.
  func give(
    _ issue: Issue, _ word: String?, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> SlingOutcome {
    let target = try target(word, for: issue.id)
    if request.isDryRun { return try plan(issue, target, formula, request) }
    let lock = Self.lock(of: issue.id, town)
    try FileSystem.makeDirectory(Path.directory(of: lock.path))
    guard let held = try lock.tryAcquire() else {
      throw BeadsError(
        .conflict, "\(issue.id) is being given out by \(lock.holder() ?? "another process")",
        hint: "`gt hook show` tells who has it in a moment")
    }
    let outcome = try giveAlone(ledgers.issue(issue.id), target, formula, request)
    held.release()
    return outcome
  }

  /// What whoever gives out an issue holds meanwhile.
  static func lock(of bead: IssueID, _ town: Town) -> FileLock {
    FileLock(
      path: town.path(".runtime/locks/sling/\(bead).lock"), command: "gt sling \(bead)",
      clock: town.environment.clock)
  }

  private func giveAlone(
    _ issue: Issue, _ target: SlingTarget, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> SlingOutcome {
    try check(issue, force: request.isForced)
    try checkRig(issue.id, target, force: request.isForced)
    try checkOpen(target)
    switch try verdict(issue, target, force: request.isForced) {
    case .already(let agent):
      var outcome = SlingOutcome(issue, .already)
      outcome.agent = agent
      outcome.rig = agent.rig
      outcome.note = "it is at work on it"
      return outcome
    case .complete(let record):
      return try dispatch(issue, to: target, formula, request, found: record)
    case .takeBack(let agent):
      return try dispatch(try takeAway(issue, from: agent), to: target, formula, request, found: nil)
    case .assign: return try assign(issue, target, formula, request)
    }
  }

  /// Gives out an issue that is nobody's, or has it wait for its turn.
  private func assign(
    _ issue: Issue, _ target: SlingTarget, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> SlingOutcome {
    guard case .polecat(let rig, let name) = target else {
      return try dispatch(issue, to: target, formula, request, found: nil)
    }
    if let reason = try waitReason(issue, rig, request) {
      return try schedule(issue, rig, name, formula, request, because: reason)
    }
    do throws(BeadsError) { return try dispatch(issue, to: target, formula, request, found: nil) } catch {
      // Others may have taken the last place meanwhile.
      guard error.code == .refused, let reason = try waitReason(issue, rig, request) else { throw error }
      return try schedule(issue, rig, name, formula, request, because: reason)
    }
  }

  /// Takes an issue away from somebody who is gone, or has to give it up.
  private func takeAway(_ issue: Issue, from agent: AgentAddress?) throws(BeadsError) -> Issue {
    if let agent, agent.role == .polecat {
      try launcher.stop(agent, reason: "\(issue.id) is given to another")
    }
    return try Hook(town: town, database: database, ledgers: ledgers).takeBack(issue.id, force: true)
  }

  private func dispatch(
    _ issue: Issue, to target: SlingTarget, _ formula: String?, _ request: SlingRequest, found: AgentRecord?
  ) throws(BeadsError) -> SlingOutcome {
    switch target {
    case .agent(let agent): try hand(issue, to: agent, formula, request)
    case .polecat(let rig, let name):
      try spawn(issue, in: rig, preferred: name, formula, request, found: found)
    }
  }

  /// What would be done.
  private func plan(
    _ issue: Issue, _ target: SlingTarget, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> SlingOutcome {
    try check(issue, force: request.isForced)
    try checkRig(issue.id, target, force: request.isForced)
    try checkOpen(target)
    var outcome = SlingOutcome(issue, .planned)
    outcome.rig = target.rig
    switch try verdict(issue, target, force: request.isForced) {
    case .already(let agent):
      outcome.action = .already
      outcome.agent = agent
    case .complete(let record):
      outcome.agent = record.address
      outcome.note = "would go on with \(record.address)"
    case .takeBack(let agent):
      outcome.note = "would take it back\(agent.map { " from \($0)" } ?? "")"
    case .assign: break
    }
    if case .agent(let agent) = target { outcome.agent = agent }
    if case .polecat(let rig, _) = target {
      if outcome.agent == nil, let reason = try waitReason(issue, rig, request) {
        outcome.note = "would wait for its turn: \(reason)"
      }
      outcome.formula = self.formula(for: issue, request, named: formula)
      if let name = outcome.formula {
        let values = try values(for: issue, rig: rig, base: request.baseBranch, request)
        _ = try ledgers.formulas(of: rig.name).plan(name, values: values)
      }
    }
    return outcome
  }

  // MARK: Agents that are there

  /// Puts work on the hook of the mayor or a crew member, and tells it if it is awake.
  private func hand(
    _ issue: Issue, to agent: AgentAddress, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> SlingOutcome {
    var outcome = SlingOutcome(issue, .dispatched)
    outcome.agent = agent
    outcome.rig = agent.rig
    let hook = Hook(town: town, database: database, ledgers: ledgers)
    var rollback = Rollback()
    do throws(BeadsError) {
      try hook.attach(issue.id, to: agent, force: request.isForced)
      rollback.add("the hook of \(agent)") { () throws(BeadsError) in
        try hook.takeBack(issue.id, force: true)
      }
      try reached(.assigned)
      try track(issue, request, &outcome, &rollback)
      try equip(issue, agent, formula, base: nil, request, &outcome, &rollback)
      events.append("sling", actor: caller.text, [("bead", issue.id.rawValue), ("target", agent.text)])
    } catch { throw rollback.run(because: error) }
    if agent != caller { outcome.note = tell(agent, issue) }
    return outcome
  }

  // MARK: Stages

  /// Makes sure that a convoy tracks the issue.
  func track(
    _ issue: Issue, _ request: SlingRequest, _ outcome: inout SlingOutcome, _ rollback: inout Rollback
  ) throws(BeadsError) {
    let convoys = Convoys(ledgers, database)
    if request.makesNoConvoy {
      outcome.convoy = try convoys.convoys(tracking: issue.id).first?.id
    } else {
      let (convoy, isNew) = try convoys.autoConvoy(for: issue, like: draft(request))
      outcome.convoy = convoy.id
      if isNew {
        let sling = self
        rollback.add("the convoy \(convoy.id)") { () throws(BeadsError) in try sling.drop(convoy.id) }
      }
    }
    try reached(.tracked)
  }

  /// Writes everything that the agent reads when it begins: checklist, instructions, who gave it out.
  func equip(
    _ seen: Issue, _ agent: AgentAddress, _ formula: String?, base: BranchName?, _ request: SlingRequest,
    _ outcome: inout SlingOutcome, _ rollback: inout Rollback
  ) throws(BeadsError) {
    let store = try ledgers.store(for: seen.id)
    let rig = try agent.rig.map { rig throws(BeadsError) in try town.rig(rig.rawValue) }
    var attachment = attachment(of: seen, request, convoy: outcome.convoy)
    var plan: MoleculePlan?
    if let formula {
      let values = try values(for: seen, rig: rig, base: base, request)
      var made = try ledgers.formulas(of: ledgers.rig(of: seen.id)).plan(formula, values: values)
      made.nodes[0].issue.title = "\(formula): \(seen.id)"
      plan = made
      attachment.formula = formula
      attachment.formulaVariables = values
      attachment.variables = request.variables
    }
    let (wanted, note) = (plan, attachment)
    let saved = try store.write("sling") { tx throws(BeadsError) in
      try Hook.burnWisp(of: seen, store, &tx)
      var note = note
      if let wanted {
        var options = Instantiation()
        options.phase = .vapor
        options.isRootOnly = !wanted.poursSteps
        let root = try tx.instantiate(wanted, options).rootID
        try tx.addDependency(root, dependsOn: seen.id, type: .related)
        note.molecule = root
      }
      let attached = note
      return try tx.update(seen.id) { issue throws(BeadsError) in
        try issue.requireWorker(agent)
        issue.status = .hooked
        issue.assignee = agent.text
        try attached.write(to: &issue)
      }
    }
    outcome.formula = formula
    outcome.molecule = Attachment(saved).molecule
    rollback.add("the checklist of \(seen.id)") { () throws(BeadsError) in
      try store.write("sling") { tx throws(BeadsError) in
        let root = try store.issue(seen.id).flatMap { Attachment($0).molecule }
        if wanted != nil, let root { try tx.burn(root) }
        try tx.update(seen.id) { issue in issue.metadata = seen.metadata }
      }
    }
    try reached(.hooked)
  }

  private func attachment(of issue: Issue, _ request: SlingRequest, convoy: IssueID?) -> Attachment {
    var attachment = Attachment(issue)
    attachment.molecule = nil
    attachment.formula = nil
    attachment.formulaVariables = [:]
    attachment.attachedAt = town.now
    attachment.dispatchedBy = caller.text
    attachment.convoy = convoy
    attachment.arguments = request.arguments ?? attachment.arguments
    attachment.subject = request.subject ?? attachment.subject
    attachment.message = request.message ?? attachment.message
    attachment.mode = request.mode ?? attachment.mode
    attachment.mergeStrategy = request.mergeStrategy ?? attachment.mergeStrategy
    attachment.isNoMerge = request.isNoMerge || attachment.isNoMerge
    attachment.isReviewOnly = request.isReviewOnly || attachment.isReviewOnly
    attachment.isConvoyOwned = request.isConvoyOwned
    return attachment
  }
}

extension Issue {
  /// Throws when the issue has gone to another agent meanwhile.
  fileprivate func requireWorker(_ agent: AgentAddress) throws(BeadsError) {
    if isAssignment, assignee != agent.text { throw Hook.taken(self) }
    try Hook.requireUnfinished(self)
  }
}
