public import BeadsKit

/// A session as the town's database knows it: written down before its process exists.
public struct SessionRecord: Sendable, Equatable {
  /// Its number, which grows with each session.
  public let id: Int64
  /// Whose it is.
  public let address: AgentAddress
  /// Its name.
  public let name: String
  /// `tmux`, `headless` or `none`.
  public let backend: String
  /// The name of the agent program's record.
  public let runtime: String
  /// The process that was started; nil while it is being started.
  public let process: ProcessIdentity?
  /// What `GT_RUN` says in its environment: only processes with it are ours to end.
  public let nonce: String
  /// The issue it was started for.
  public let bead: String?
  /// When it was started, in nanoseconds since 1970.
  public let startedAt: Int64
  /// When it ended; nil for one that is open.
  public let endedAt: Int64?
  /// Why it ended.
  public let ending: String?
  /// What the agent ended with.
  public let exitStatus: Int32?
  /// When its agent was first seen to wait for input.
  public let readyAt: Int64?
}

extension TownDatabase {
  private static let sessionColumns = """
    id, address, name, backend, runtime, pid, pid_started, nonce, bead, started_at, ended_at, ending, exit_status,
    ready_at
    """

  /// The sessions that were started and have not been seen to end, oldest first.
  public func openSessions() throws(BeadsError) -> [SessionRecord] {
    try sessions("WHERE ended_at IS NULL ORDER BY id", [])
  }

  /// The open session of an agent.
  public func openSession(of address: AgentAddress) throws(BeadsError) -> SessionRecord? {
    try sessions("WHERE address = ?1 AND ended_at IS NULL ORDER BY id DESC LIMIT 1", [address.text]).first
  }

  /// The sessions an agent had, latest first.
  public func sessions(of address: AgentAddress, limit: Int = 20) throws(BeadsError) -> [SessionRecord] {
    try sessions("WHERE address = ?1 ORDER BY id DESC LIMIT ?2", [address.text, limit])
  }

  private func sessions(
    _ condition: String, _ values: [(any SQLBindable)?]
  ) throws(BeadsError) -> [SessionRecord] {
    try connection.withStatement("SELECT \(Self.sessionColumns) FROM sessions \(condition)") {
      statement throws(BeadsError) in
      try statement.bind(values)
      var found: [SessionRecord] = []
      try statement.forEach { row throws(BeadsError) in
        if let record = SessionRecord(row) { found.append(record) }
      }
      return found
    }
  }

  /// Writes down a session that is about to be started.
  func beginSession(
    _ address: AgentAddress, name: String, backend: String, runtime: String, nonce: String, bead: IssueID?
  ) throws(BeadsError) -> Int64 {
    try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT INTO sessions (address, name, backend, runtime, nonce, bead, started_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """, address.text, name, backend, runtime, nonce, bead?.rawValue, now)
      return try db.int64("SELECT last_insert_rowid()") ?? 0
    }
  }

  /// Writes down which process runs in it.
  func noteStarted(_ id: Int64, _ session: SessionSnapshot) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        "UPDATE sessions SET pid = ?2, pid_started = ?3, pane = ?4, seen_at = ?5 WHERE id = ?1", id,
        session.pid.map { Int64($0) }, session.processStart, session.pane, now)
    }
  }

  /// Writes down that its agent waits for input for the first time.
  func noteReady(_ id: Int64) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute("UPDATE sessions SET ready_at = ?2 WHERE id = ?1 AND ready_at IS NULL", id, now)
    }
  }

  /// Writes down that a session has ended.
  func endSession(_ id: Int64, _ ending: String, exitStatus: Int32? = nil) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        "UPDATE sessions SET ended_at = ?2, ending = ?3, exit_status = ?4 WHERE id = ?1 AND ended_at IS NULL",
        id, now, ending, exitStatus.map { Int64($0) })
    }
  }
}

extension SessionRecord {
  fileprivate init?(_ row: borrowing Row) {
    guard let address = AgentAddress(row.text(1)) else { return nil }
    id = row.int64(0)
    self.address = address
    name = row.text(2)
    backend = row.text(3)
    runtime = row.text(4)
    let pid = row.optionalInt64(5).map { Int32(truncatingIfNeeded: $0) }
    process = pid.map { [start = row.text(6)] in ProcessIdentity(pid: $0, start: start) }
    nonce = row.text(7)
    bead = row.optionalText(8)
    startedAt = row.int64(9)
    endedAt = row.optionalInt64(10)
    ending = row.optionalText(11)
    exitStatus = row.optionalInt64(12).map { Int32(truncatingIfNeeded: $0) }
    readyAt = row.optionalInt64(13)
  }
}
