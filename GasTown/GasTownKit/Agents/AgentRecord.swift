public import BeadsKit

/// How an agent is doing, by its own word or by what the watchers found.
public enum AgentState: String, Sendable, CaseIterable {
  /// Without an assignment.
  case idle
  /// Given an assignment; its session is about to start.
  case spawning
  /// At work.
  case working
  /// Has said that it cannot go on.
  case stuck
  /// Waits for a gate to open.
  case awaitingGate = "awaiting-gate"
  /// Its worktree was removed; the identity stays.
  case nuked
}

/// An agent as the town knows it: its identity, its assignment and what is wanted of it.
public struct AgentRecord: Sendable, Equatable {
  /// Who it is.
  public let address: AgentAddress
  /// How it is doing.
  public var state: AgentState = .idle
  /// Whether a session of it shall run; the daemon brings it about.
  public var isWanted = false
  /// The runtime asked for; nil for what the settings say.
  public var runtime: String?
  /// More arguments for the runtime.
  public var runtimeArguments: [String] = []
  /// The issue it is to work on.
  public var bead: IssueID?
  /// Where it works.
  public var worktree: String?
  /// The branch it works on.
  public var branch: BranchName?
  /// The branch its work starts from and goes back to.
  public var base: BranchName?
  /// The commit its branch started from.
  public var baseCommit: String?
  /// More about the assignment, as JSON members: arguments, formula, merge strategy, convoy.
  public var details: JSONValue = .object([])
  /// `normal`, `verbose` or `muted`.
  public var notifications = "normal"
  /// When the assignment was given.
  public var assignedAt: Int64?
  /// When the agent was made.
  public var createdAt: Int64 = 0
  /// When the record last changed.
  public var updatedAt: Int64 = 0

  /// A new agent without assignment.
  public init(_ address: AgentAddress) { self.address = address }
}

extension TownDatabase {
  private static let columns = """
    address, state, desired, runtime, runtime_arguments, bead, worktree, branch, base, base_commit, details,
    notifications, assigned_at, created_at, updated_at
    """

  /// The agent of an address, if there is one.
  public func agent(_ address: AgentAddress) throws(BeadsError) -> AgentRecord? {
    try agents("WHERE address = ?1", [address.text]).first
  }

  /// The agents of a rig, or of the whole town; ordered by address.
  public func agents(
    rig: RigName? = nil, role: AgentRole? = nil
  ) throws(BeadsError) -> [AgentRecord] {
    try agents(
      "WHERE (?1 IS NULL OR rig = ?1) AND (?2 IS NULL OR role = ?2) ORDER BY address",
      [rig?.rawValue, role?.rawValue])
  }

  /// The agent that an issue is assigned to.
  public func agent(on bead: IssueID) throws(BeadsError) -> AgentRecord? {
    try agents("WHERE bead = ?1", [bead.rawValue]).first
  }

  private func agents(
    _ condition: String, _ values: [(any SQLBindable)?]
  ) throws(BeadsError) -> [AgentRecord] {
    try connection.withStatement("SELECT \(Self.columns) FROM agents \(condition)") {
      statement throws(BeadsError) in
      try statement.bind(values)
      var found: [AgentRecord] = []
      try statement.forEach { row throws(BeadsError) in
        if let record = AgentRecord(row) { found.append(record) }
      }
      return found
    }
  }

  /// Saves an agent; a new one is made.
  ///
  /// One issue belongs to one agent: a second assignment of it is refused.
  /// - Throws: `conflict` naming who has the issue.
  @discardableResult
  public func save(_ record: AgentRecord) throws(BeadsError) -> AgentRecord {
    try write { db throws(BeadsError) in
      if let bead = record.bead, let holder = try agent(on: bead), holder.address != record.address {
        throw BeadsError(
          .conflict, "\(bead) is assigned to \(holder.address)", hint: "`gt unsling \(bead)` takes it back")
      }
      let arguments = JSONValue.array(record.runtimeArguments.map { .string($0) }).compactText
      try db.execute(
        """
        INSERT INTO agents (address, rig, role, name, state, desired, runtime, runtime_arguments, bead, worktree,
          branch, base, base_commit, details, notifications, assigned_at, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17)
        ON CONFLICT (address) DO UPDATE SET state = ?5, desired = ?6, runtime = ?7, runtime_arguments = ?8,
          bead = ?9, worktree = ?10, branch = ?11, base = ?12, base_commit = ?13, details = ?14,
          notifications = ?15, assigned_at = ?16, updated_at = ?17
        """,
        record.address.text, record.address.rig?.rawValue, record.address.role.rawValue,
        record.address.name?.rawValue, record.state.rawValue, record.isWanted ? "running" : "stopped",
        record.runtime, arguments, record.bead?.rawValue, record.worktree, record.branch?.rawValue,
        record.base?.rawValue, record.baseCommit, record.details.compactText, record.notifications,
        record.assignedAt, now)
      return try agent(record.address) ?? record
    }
  }

  /// Changes an agent that exists, in one transaction.
  /// - Throws: `not_found`, and what the closure throws; then nothing has changed.
  @discardableResult
  public func update(
    _ address: AgentAddress, _ edit: (inout AgentRecord) throws(BeadsError) -> Void
  ) throws(BeadsError) -> AgentRecord {
    try write { _ throws(BeadsError) in
      guard var record = try agent(address) else {
        throw BeadsError(.notFound, "there is no agent \(address)", hint: "`gt agents` lists them")
      }
      try edit(&record)
      return try save(record)
    }
  }

  /// Forgets an agent.
  public func forget(_ address: AgentAddress) throws(BeadsError) {
    try write { db throws(BeadsError) in
      for table in ["agents", "checkpoints", "restarts", "climbs", "injected"] {
        try db.execute("DELETE FROM \(table) WHERE address = ?1", address.text)
      }
    }
  }
}

extension AgentRecord {
  /// Reads a row of the columns above; nil when it holds what no version of ours writes.
  fileprivate init?(_ row: borrowing Row) {
    guard let address = AgentAddress(row.text(0)), let state = AgentState(rawValue: row.text(1)) else {
      return nil
    }
    self.address = address
    self.state = state
    isWanted = row.text(2) == "running"
    runtime = row.optionalText(3)
    runtimeArguments =
      row.optionalText(4).flatMap(JSONValue.init(parsing:))?.arrayValue?.compactMap(\.stringValue) ?? []
    bead = row.optionalText(5).flatMap(IssueID.init(rawValue:))
    worktree = row.optionalText(6)
    branch = row.optionalText(7).flatMap(BranchName.init(rawValue:))
    base = row.optionalText(8).flatMap(BranchName.init(rawValue:))
    baseCommit = row.optionalText(9)
    details = JSONValue(parsing: row.text(10)) ?? .object([])
    notifications = row.text(11)
    assignedAt = row.optionalInt64(12)
    createdAt = row.int64(13)
    updatedAt = row.int64(14)
  }
}
