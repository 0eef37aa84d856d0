import BeadsKit

extension Sling {
  /// Gives an issue to a polecat and starts it; completes what an earlier call that crashed has left.
  /// - Parameter found: The polecat that has the issue already.
  func spawn(
    _ issue: Issue, in rig: Rig, preferred: AgentName?, _ formula: String?, _ request: SlingRequest,
    found: AgentRecord?
  ) throws(BeadsError) -> SlingOutcome {
    if found == nil { try checkRuntime(request.runtime, rig) }
    let given = request.baseBranch ?? Self.base(ofConflict: issue)
    var request = request
    request.baseBranch = given
    if given == nil { request.baseBranch = try IntegrationBranches(rig, ledgers).start(for: issue.id) }
    var outcome = SlingOutcome(issue, found == nil ? .dispatched : .resumed)
    outcome.rig = rig.name
    var polecats = Polecats(town: town, rig: rig, database: database, ledgers: ledgers)
    let launcher = launcher
    polecats.stopSession = { address, reason throws(BeadsError) in
      _ = try launcher.stop(address, reason: reason)
    }
    var rollback = Rollback()
    do throws(BeadsError) {
      var record = try assign(issue, polecats, preferred, request, given, found, &rollback)
      outcome.agent = record.address
      try reached(.assigned)
      try track(issue, request, &outcome, &rollback)
      let present = try ledgers.issue(issue.id)
      if try isEquipped(present, by: record) {
        try putOnHook(present, of: record.address)
        outcome.formula = Attachment(present).formula
        outcome.molecule = Attachment(present).molecule
      } else {
        let name = self.formula(for: present, request, named: formula)
        try equip(present, record.address, name, base: record.base, request, &outcome, &rollback)
        events.append("hook", actor: record.address.text, [("bead", issue.id.rawValue)])
      }
      // A session that an earlier assignment has left would take the new one for its own.
      if found == nil { try launcher.stop(record.address, reason: "new work") }
      record = try polecats.prepareWorktree(record)
      outcome.worktree = record.worktree
      outcome.branch = record.branch
      try reached(.prepared)
      try start(record, issue, &outcome)
      events.append(
        "sling", actor: caller.text, [("bead", issue.id.rawValue), ("target", record.address.text)])
    } catch { throw rollback.run(because: error) }
    return outcome
  }

  // MARK: Assigning

  private func assign(
    _ issue: Issue, _ polecats: Polecats, _ preferred: AgentName?, _ request: SlingRequest,
    _ given: BranchName?, _ found: AgentRecord?, _ rollback: inout Rollback
  ) throws(BeadsError) -> AgentRecord {
    if let found {
      return try database.update(found.address) { record in
        record.isWanted = true
        record.state = .spawning
        record.runtime = request.runtime ?? record.runtime
      }
    }
    let known = Set(try polecats.all().map(\.address))
    let record = try polecats.assign(
      issue.id, preferred: preferred, runtime: request.runtime, base: request.baseBranch,
      details: details(request, given), force: request.isForced)
    events.append(
      "spawn", actor: record.address.text,
      [
        ("rig", polecats.rig.name.rawValue), ("polecat", record.address.name?.rawValue),
        ("bead", issue.id.rawValue),
      ])
    let (sling, isNew) = (self, !known.contains(record.address))
    rollback.add("the assignment of \(record.address)") { () throws(BeadsError) in
      try sling.unassign(record.address, polecats, issue, isNew: isNew)
    }
    return record
  }

  /// Leaves issue and polecat as they were before the assignment.
  private func unassign(
    _ agent: AgentAddress, _ polecats: Polecats, _ before: Issue, isNew: Bool
  ) throws(BeadsError) {
    // Without a session there is nothing to end, and on a full disk not even that could be done.
    if try database.openSession(of: agent) != nil { _ = try launcher.stop(agent, reason: "sling failed") }
    try ledgers.store(for: before.id).write("sling") { tx throws(BeadsError) in
      try tx.update(before.id) { issue in
        guard issue.isAssignment, issue.assignee == agent.text else { return }
        issue.status = before.status
        issue.assignee = before.assignee
      }
    }
    try polecats.unassign(agent, reason: "sling failed")
    try database.uncountAttempt(before.id)
    guard isNew else { return }
    try polecats.nuke(agent, reason: "sling failed")
    if let name = agent.name { _ = try? FileSystem.remove(polecats.rig.polecatFolder(name)) }
    try database.forget(agent)
  }

  /// Where the resolution of a conflict starts and goes.
  private static func base(ofConflict issue: Issue) -> BranchName? {
    guard issue.labels.contains("gt:conflict") else { return nil }
    return issue.townField("base_branch").flatMap(BranchName.init(rawValue:))
  }

  private func details(_ request: SlingRequest, _ base: BranchName?) -> JSONValue {
    func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }
    return .members([
      ("dispatched_by", .string(caller.text)), ("args", text(request.arguments)),
      ("merge", text(request.mergeStrategy)), ("formula", text(request.formula)),
      ("mode", text(request.mode)), ("base_branch", text(base?.rawValue)),
      ("no_merge", request.isNoMerge ? .bool(true) : nil),
      ("review_only", request.isReviewOnly ? .bool(true) : nil),
    ])
  }

  /// Whether an earlier call has written down everything the agent reads.
  private func isEquipped(_ issue: Issue, by record: AgentRecord) throws(BeadsError) -> Bool {
    let attachment = Attachment(issue)
    guard issue.assignee == record.address.text, attachment.attachedAt != nil else { return false }
    guard let molecule = attachment.molecule else { return attachment.formula == nil }
    return try ledgers.store(for: molecule).issue(molecule).map { !$0.isTombstone } ?? false
  }

  /// Puts an issue back on the hook of an agent that could not go on with it, and now shall.
  private func putOnHook(_ issue: Issue, of agent: AgentAddress) throws(BeadsError) {
    if issue.isAssignment { return }
    _ = try ledgers.store(for: issue.id).write("sling") { tx throws(BeadsError) in
      try tx.hook(issue, to: agent)
    }
  }

  // MARK: Starting

  /// Throws when the runtime could not be started, before anything is done.
  func checkRuntime(_ name: String?, _ rig: Rig) throws(BeadsError) {
    let registry = try RuntimeRegistry.load(town, rig)
    let runtime = try registry.resolve(role: .polecat, name: nil, explicit: name)
    if launcher.sessions.backend == "none" || registry.program(of: runtime) != nil { return }
    throw BeadsError(
      .missingProgram, "the agent \(runtime.name) is not installed: there is no \(runtime.command) in PATH",
      hint: "install it, or name another: --agent NAME; `gt config default-agent` sets one for all")
  }

  private func start(
    _ record: AgentRecord, _ issue: Issue, _ outcome: inout SlingOutcome
  ) throws(BeadsError) {
    let prompt = Beacon.text(
      to: record.address, from: caller, about: issue.id.rawValue,
      "You have work. Run `gt prime` and begin at once.", at: town.now)
    do throws(BeadsError) {
      let session = try launcher.start(record.address, prompt: prompt)
      if launcher.sessions.backend == "none" {
        outcome.commandLine = session.commandLine
      } else {
        outcome.session = session.name
      }
    } catch {
      switch error.code {
      // Somebody else was faster, which is as good.
      case .exists: outcome.session = try town.sessionName(record.address)
      case .missingProgram where launcher.sessions.backend == "none":
        outcome.note =
          "start an agent by hand in \(record.worktree ?? town.root), with GT_ROLE=\(record.address)"
      default: throw error
      }
    }
    try reached(.started)
    try database.update(record.address) { if $0.state == .spawning { $0.state = .working } }
    // The agent may have gone on already; it alone says what becomes of the issue from here on.
    _ = try? ledgers.store(for: issue.id).write("sling") { tx throws(BeadsError) in
      try tx.update(issue.id) { issue in
        guard issue.status == .hooked, issue.assignee == record.address.text else { return }
        issue.status = .inProgress
      }
    }
  }
}

extension SlingRequest {
  /// What an assignment asked for that a crash kept from being completed.
  init(completing bead: IssueID, of agent: AgentRecord) {
    self.init([bead.rawValue], to: agent.address.rig?.rawValue)
    func text(_ key: String) -> String? { agent.details[key]?.stringValue }
    arguments = text("args")
    formula = text("formula")
    mode = text("mode")
    mergeStrategy = text("merge")
    isNoMerge = agent.details["no_merge"] == .bool(true)
    isReviewOnly = agent.details["review_only"] == .bool(true)
    runtime = agent.runtime
    baseBranch = agent.base
  }
}

extension TownDatabase {
  /// Forgets one assignment of an issue that came to nothing through no fault of its own.
  func uncountAttempt(_ bead: IssueID) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute("UPDATE attempts SET count = count - 1 WHERE bead = ?1 AND count > 0", bead.rawValue)
    }
  }
}
