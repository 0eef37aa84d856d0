public import BeadsKit

/// Assignments: which agent is to work on which issue.
///
/// An assignment is in two places: the agent's row, where one issue belongs to at most one agent, and the issue with
/// its status and assignee. The row is written first and cleared last; what a crash leaves between the two is put right
/// by whoever gives out or takes back the same issue again.
public struct Hook {
  let town: Town
  let database: TownDatabase
  let ledgers: Ledgers

  /// Looks at a town.
  public init(town: Town, database: TownDatabase, ledgers: Ledgers) {
    self.town = town
    self.database = database
    self.ledgers = ledgers
  }

  // MARK: Reading

  /// The assignment of an agent; nil when it has none.
  ///
  /// One query when the agent's row knows the issue, else one for each tracker the agent's work may be in.
  /// - Throws: What reading the tracker throws. An error is never "no work".
  public func current(of agent: AgentAddress) throws(BeadsError) -> HookedWork? {
    if let bead = try database.agent(agent)?.bead, let issue = try ledgers.store(for: bead).issue(bead),
      issue.isAssignment, issue.assignee == agent.text
    {
      return HookedWork(issue)
    }
    for store in try trackers(of: agent) {
      var filter = IssueFilter()
      filter.statuses = .any([.hooked, .inProgress])
      filter.assignee = .named(agent.text)
      filter.includesEveryKind()
      let found = try store.issues(matching: filter, limit: 20).filter { $0.type != .molecule }
      if let issue = found.first(where: { $0.status == .hooked }) ?? found.first { return HookedWork(issue) }
    }
    return nil
  }

  private func trackers(of agent: AgentAddress) throws(BeadsError) -> [Store] {
    guard let rig = agent.rig else { return [try ledgers.hq()] }
    let own = try ledgers.store(of: rig)
    return agent.role == .crew ? [own, try ledgers.hq()] : [own]
  }

  // MARK: Attaching

  /// Assigns an issue to an agent that exists, without starting anything.
  ///
  /// - Parameter force: Whether the agent's present assignment, or that of another agent, is taken back first.
  /// - Returns: The issue as saved.
  /// - Throws: `refused` for finished or deferred issues; `conflict` when the agent has other work or another agent has
  ///   the issue.
  @discardableResult
  public func attach(
    _ id: IssueID, to agent: AgentAddress, force: Bool = false, _ edit: (inout Attachment) -> Void = { _ in }
  ) throws(BeadsError) -> Issue {
    try requireHook(of: agent)
    let store = try ledgers.store(for: id)
    var seen = try Self.issue(id, in: store)
    try Self.requireUnfinished(seen)
    if seen.status == .deferred, !force {
      throw BeadsError(
        .refused, "\(id) is deferred", hint: "`bd undefer \(id)` brings it back, --force ignores it")
    }
    if seen.isAssignment, seen.assignee == agent.text {
      try remember(id, for: agent)
      return seen
    }
    try freeHook(of: agent, for: id, force: force)
    if seen.isAssignment || !seen.assignee.isEmpty {
      guard force || !seen.isAssignment else { throw Self.taken(seen) }
      if seen.isAssignment { seen = try takeBack(id, force: true) }
    }
    try remember(id, for: agent)
    do throws(BeadsError) {
      var attachment = Attachment(seen)
      attachment.attachedAt = town.now
      attachment.dispatchedBy = ledgers.actor
      edit(&attachment)
      let (issue, note) = (seen, attachment)
      let hooked = try store.write("hook") { tx throws(BeadsError) in try tx.hook(issue, to: agent, note) }
      EventLog(town).append("hook", actor: agent.text, [("bead", id.rawValue)])
      return hooked
    } catch {
      _ = try? forget(id, of: agent)
      throw error
    }
  }

  private func requireHook(of agent: AgentAddress) throws(BeadsError) {
    if agent.role.hasSession { return }
    throw BeadsError(
      .invalid, "\(agent) takes no assignments", hint: "crew members, polecats and the mayor do: app/crew/max"
    )
  }

  /// Makes sure the agent's hook is free, or holds nothing but finished work.
  private func freeHook(of agent: AgentAddress, for id: IssueID, force: Bool) throws(BeadsError) {
    guard let present = try current(of: agent), present.issue.id != id else { return }
    guard force else {
      throw BeadsError(
        .conflict, "\(agent) has \(present.issue.id) on its hook: \(present.issue.title)",
        hint: "`gt unsling \(present.issue.id)` takes it back, --force replaces it")
    }
    try takeBack(present.issue.id, force: true)
  }

  /// Writes the assignment into the agent's row.
  private func remember(_ id: IssueID, for agent: AgentAddress) throws(BeadsError) {
    try database.write { _ throws(BeadsError) in
      var record = try database.agent(agent) ?? AgentRecord(agent)
      if record.bead == id { return }
      if let holder = try database.agent(on: id) { try clear(holder) }
      record.bead = id
      record.assignedAt = database.now
      if record.state == .idle || record.state == .nuked { record.state = .working }
      try database.save(record)
    }
  }

  private func clear(_ holder: AgentRecord) throws(BeadsError) {
    var record = holder
    record.bead = nil
    record.assignedAt = nil
    record.details = .object([])
    if record.state == .working || record.state == .spawning { record.state = .idle }
    // A polecat without work needs no session; crew and mayor have one whenever their person wants it.
    if record.address.role == .polecat { record.isWanted = false }
    try database.save(record)
  }

  private func forget(_ id: IssueID, of agent: AgentAddress) throws(BeadsError) {
    guard let record = try database.agent(agent), record.bead == id else { return }
    try clear(record)
  }

  // MARK: Taking back

  /// Takes an issue off whoever's hook it is on: it is open again and nobody's, and its checklist is gone.
  ///
  /// The agent's session and worktree are left alone.
  /// - Parameter force: Whether work that has begun is taken back too.
  /// - Returns: The issue as saved.
  /// - Throws: `conflict` when it is on nobody's hook, `refused` when work on it has begun.
  @discardableResult
  public func takeBack(_ id: IssueID, force: Bool = false) throws(BeadsError) -> Issue {
    let store = try ledgers.store(for: id)
    let seen = try Self.issue(id, in: store)
    let holder = try database.agent(on: id)
    guard seen.isAssignment || holder != nil else {
      throw BeadsError(.conflict, "\(id) is on nobody's hook: it is \(seen.status)")
    }
    if seen.status == .inProgress, !force {
      throw BeadsError(
        .refused, "\(seen.assignee) has begun to work on \(id)",
        hint: "--force takes it back all the same; what is in the worktree stays there")
    }
    let saved = seen.isAssignment ? try unhook(seen, in: store) : seen
    if let holder { try clear(holder) }
    EventLog(town).append(
      "unhook", actor: ledgers.actor,
      [("bead", id.rawValue), ("from", seen.isAssignment ? seen.assignee : holder?.address.text)])
    return saved
  }

  private func unhook(_ seen: Issue, in store: Store) throws(BeadsError) -> Issue {
    try store.write("unsling") { tx throws(BeadsError) in
      try Self.burnWisp(of: seen, store, &tx)
      return try tx.unhook(seen)
    }
  }

  // MARK: Guards

  /// The issue of an ID.
  /// - Throws: `not_found`, for deleted ones too.
  static func issue(_ id: IssueID, in store: Store) throws(BeadsError) -> Issue {
    guard let issue = try store.issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(id)", hint: "`bd list` lists them")
    }
    return issue
  }

  /// Throws when an issue is finished, which no force overrides.
  static func requireUnfinished(_ issue: Issue) throws(BeadsError) {
    guard issue.isClosed else { return }
    throw BeadsError(
      .refused, "\(issue.id) is closed: \(issue.title)", hint: "`bd reopen \(issue.id)` opens it again")
  }

  static func taken(_ issue: Issue) -> BeadsError {
    BeadsError(
      .conflict, "\(issue.id) is on the hook of \(issue.assignee)",
      hint: "`gt unsling \(issue.id)` takes it back, --force does so at once")
  }
}
