public import BeadsKit

/// Everything that the status of a town shows, gathered with a fixed number of queries.
public struct TownOverview: Sendable {
  /// The town's name.
  public let name: String
  /// Its root.
  public let root: String
  /// The person who owns it: name, email, username, source.
  public let overseer: JSONValue
  /// How many messages the person has not read.
  public private(set) var overseerUnread = 0
  /// Who runs the watchers, such as "pid 123 ..."; nil when nobody does.
  public let daemon: String?
  /// Agents of the town itself.
  public private(set) var agents: [AgentOverview] = []
  /// The rigs by name.
  public private(set) var rigs: [RigOverview] = []
  /// Calls for help that nobody has answered yet, the worst first.
  public private(set) var escalations: [Escalation] = []
  /// What an emergency stop is for: the town or names of rigs; empty without one.
  public let emergencyStops: [EmergencyStop]
  /// Agents whose sessions are tmux's, as the town has it on record.
  private var inTmux: Set<AgentAddress> = []
  /// Whether an agent runs in tmux.
  public var hasTmuxSessions: Bool {
    (agents + rigs.flatMap(\.agents)).contains { $0.isRunning && inTmux.contains($0.address) }
  }
  /// How many polecats may be at work at once; nil when the settings cannot be read.
  public let maximumWorking: Int?
  /// How many polecats are at work.
  public var workingCount: Int { rigs.reduce(0) { $0 + $1.workingCount } }
  /// What could not be found out, one sentence each.
  public private(set) var warnings: [String] = []

  /// Looks at the whole town.
  ///
  /// What one tracker does not tell is left out with a warning: agents go on working without it.
  /// - Parameters:
  ///   - launcher: Looks at the sessions, all at once; nil for what the town has on record.
  ///   - ledgers: Where titles and mail come from; nil to leave them out.
  /// - Throws: `corrupt`, `io_error` for the registry and the town's database.
  public init(
    _ town: Town, _ database: TownDatabase, _ ledgers: Ledgers?, _ launcher: AgentLauncher? = nil
  ) throws(BeadsError) {
    root = town.root
    name =
      try JSONFile(path: town.path("mayor/town.json")).read()?["name"]?.stringValue ?? Path.name(of: root)
    overseer = (try? JSONFile(path: town.path("mayor/overseer.json")).read()) ?? .object([])
    daemon = FileLock(path: town.path("daemon/daemon.lock"), command: "gt status").holder()
    let registered = try town.rigs()
    maximumWorking = (try? Admission.Limits.load(town))?.working
    emergencyStops = EmergencyStop.standing(in: town)
    let states = try RigState.all(registered, in: database)
    rigs = registered.map { RigOverview(rig: $0, state: states[$0.name] ?? .operational) }
    try addAgents(try database.agents())
    try addTroubles(database)
    let isLooking = launcher.map { $0.sessions.backend != "none" } ?? false
    addSeen(try openSessions(database), countsAsRunning: !isLooking)
    if let launcher, isLooking { look(launcher) }
    if let ledgers {
      addTitles(ledgers)
      addMail(ledgers)
      addMerges(ledgers, database)
    }
  }

  // MARK: Gathering

  private mutating func addAgents(_ records: [AgentRecord]) throws(BeadsError) {
    var places: [RigName: Int] = [:]
    for (place, rig) in rigs.enumerated() { places[rig.rig.name] = place }
    for record in records where record.state != .nuked {
      if let name = record.address.rig {
        guard let place = places[name] else { continue }
        rigs[place].agents.append(AgentOverview(record, session: rigs[place].rig.sessionName(record.address)))
      } else {
        agents.append(AgentOverview(record, session: record.address.sessionName(prefix: nil)))
      }
    }
    if !agents.contains(where: { $0.address == .mayor }) {
      agents.insert(
        AgentOverview(AgentRecord(.mayor), session: AgentAddress.mayor.sessionName(prefix: nil)), at: 0)
    }
  }

  /// What keeps agents from going on; one query.
  private mutating func addTroubles(_ database: TownDatabase) throws(BeadsError) {
    let climbs = Dictionary(try database.climbs().map { ($0.address, $0.climb) }) { $1 }
    if climbs.isEmpty { return }
    edit { agent in
      guard let climb = climbs[agent.address], climb.bead == agent.record.bead else { return }
      if climb.finding == .limited { agent.waitsUntil = climb.until }
      agent.trouble = climb.trouble
    }
  }

  private mutating func openSessions(
    _ database: TownDatabase
  ) throws(BeadsError) -> [AgentAddress: Int64?] {
    var found: [AgentAddress: Int64?] = [:]
    try database.connection.query(
      "SELECT address, seen_at, started_at, backend FROM sessions WHERE ended_at IS NULL"
    ) { row throws(BeadsError) in
      guard let address = AgentAddress(row.text(0)) else { return }
      if row.text(3) == "tmux" { inTmux.insert(address) }
      found.updateValue(row.optionalInt64(1) ?? row.int64(2), forKey: address)
    }
    return found
  }

  private mutating func addSeen(_ open: [AgentAddress: Int64?], countsAsRunning: Bool) {
    edit { agent in
      guard let seen = open[agent.address] else { return }
      agent.seenAt = seen
      if countsAsRunning { agent.presence = .running }
    }
  }

  private mutating func look(_ launcher: AgentLauncher) {
    let found = launcher.liveness(of: agents.map(\.address) + rigs.flatMap { $0.agents.map(\.address) })
    edit { agent in
      switch found[agent.address] {
      case .alive(let session)?:
        agent.presence = .running
        if let seconds = session.lastActivity {
          agent.seenAt = max(agent.seenAt ?? 0, seconds * 1_000_000_000)
        }
      case .dead?: agent.presence = .ended
      case .unknown(let reason)?: agent.presence = .unknown(reason)
      case .none?, nil: agent.presence = .absent
      }
    }
  }

  private mutating func edit(_ change: (inout AgentOverview) -> Void) {
    for place in agents.indices { change(&agents[place]) }
    for rig in rigs.indices {
      for place in rigs[rig].agents.indices { change(&rigs[rig].agents[place]) }
    }
  }

  /// The titles of all assignments: a query for each tracker that has one.
  private mutating func addTitles(_ ledgers: Ledgers) {
    var titles: [IssueID: String] = [:]
    var asked: [String: [IssueID]] = [:]
    for agent in agents + rigs.flatMap(\.agents) {
      guard let bead = agent.record.bead else { continue }
      asked[ledgers.router.route(for: bead.rawValue)?.path ?? "", default: []].append(bead)
    }
    for (_, ids) in asked.sorted(by: { $0.key < $1.key }) {
      do throws(BeadsError) {
        for issue in try ledgers.store(for: ids[0]).issues(ids) { titles[issue.id] = issue.title }
      } catch { warnings.append(error.message) }
    }
    edit { agent in agent.workTitle = agent.record.bead.flatMap { titles[$0] } }
  }

  private mutating func addMail(_ ledgers: Ledgers) {
    do throws(BeadsError) {
      let unread = try ledgers.hq().unreadCounts()
      edit { agent in
        guard let mail = unread[agent.address.text] else { return }
        agent.unreadCount = mail.count
        agent.firstSubject = mail.subject
      }
      overseerUnread = unread[AgentAddress.overseer.text]?.count ?? 0
      escalations = try Escalations(ledgers, nil).list().filter { $0.acknowledgedBy == nil }
    } catch { warnings.append(error.message) }
  }

  /// How many branches wait, and for what: a query for each rig where somebody works, and a few more where some do.
  private mutating func addMerges(_ ledgers: Ledgers, _ database: TownDatabase) {
    for place in rigs.indices where !rigs[place].agents.isEmpty {
      let rig = rigs[place].rig
      do throws(BeadsError) {
        let count = try MergeRequests(rig, ledgers).open().count
        rigs[place].waitingMerges = count
        if count == 0 { continue }
        let queue = MergeQueue(rig, ledgers, policy: try MergePolicy(RigSettings.load(rig)))
        rigs[place].mergesToApprove = try queue.entries().count { $0.state == .needsApproval }
        rigs[place].queueStop = try queue.stop(database)
      } catch { if !warnings.contains(error.message) { warnings.append(error.message) } }
    }
  }
}
