public import BeadsKit

/// When an agent that died may be started again: soon at first, later each time, and not at all once it dies again and
/// again.
///
/// Only deaths in a row count. An agent that got something done since it was started last, or that ended with the
/// server of its session, is started again as if it had never died: whatever ended it will not end it at once.
struct RestartPolicy: Sendable, Equatable {
  /// What is known of an agent's restarts.
  struct History: Sendable, Equatable {
    /// How many there were since it last ran well.
    var count = 0
    /// When the first of them was.
    var firstAt: Int64 = 0
    /// When the last of them was.
    var lastAt: Int64 = 0
    /// When the next may be.
    var nextAt: Int64 = 0
  }

  /// The wait after the first restart, which is at once.
  ///
  /// It doubles with each.
  var firstDelay: Int64 = 30_000_000_000
  /// The longest wait.
  var longestDelay: Int64 = 600_000_000_000
  /// So many restarts within `loopWindow` are a loop.
  var loopCount = 5
  /// In nanoseconds.
  var loopWindow: Int64 = 900_000_000_000
  /// After so long without a death everything is forgotten.
  var healthyAfter: Int64 = 1_800_000_000_000

  /// Whether somebody has to look at it before it is started again.
  func isLoop(_ history: History) -> Bool {
    history.count >= loopCount && history.lastAt - history.firstAt <= loopWindow
  }

  /// The history after one more restart now.
  func restarted(_ before: History, at now: Int64) -> History {
    var history = now - before.lastAt > healthyAfter ? History() : before
    if history.count == 0 { history.firstAt = now }
    history.count += 1
    history.lastAt = now
    let doublings = min(max(history.count - 1, 0), 20)
    let delay = history.count <= 1 ? 0 : min(longestDelay, firstDelay << Int64(doublings - 1))
    history.nextAt = now + delay
    return history
  }
}

extension Watcher {
  /// What counts of the restarts of an agent that runs no longer.
  func deathsInARow(_ agent: AgentRecord) throws(BeadsError) -> RestartPolicy.History {
    try hasProgressed(agent) ? RestartPolicy.History() : database.restartHistory(agent)
  }

  /// Whether an agent committed something in its last session, or recorded a step of its work.
  private func hasProgressed(_ agent: AgentRecord) throws(BeadsError) -> Bool {
    guard let bead = agent.bead, let last = try database.sessions(of: agent.address, limit: 1).first,
      last.bead == bead.rawValue
    else { return false }
    let step = try database.checkpoint(of: agent.address, about: bead)?.at ?? 0
    return max(step, agent.worktree.map(Evidence.latestCommit) ?? 0) > last.startedAt
  }
}

extension TownDatabase {
  /// The restarts of an agent with its present work; other work begins anew.
  func restartHistory(_ agent: AgentRecord) throws(BeadsError) -> RestartPolicy.History {
    try connection.first(
      "SELECT count, first_at, last_at, next_at FROM restarts WHERE address = ?1 AND bead IS ?2",
      agent.address.text, agent.bead?.rawValue
    ) { row throws(BeadsError) in
      RestartPolicy.History(
        count: row.int(0), firstAt: row.int64(1), lastAt: row.int64(2), nextAt: row.int64(3))
    } ?? RestartPolicy.History()
  }

  func save(_ history: RestartPolicy.History, of agent: AgentRecord) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT OR REPLACE INTO restarts (address, count, first_at, last_at, next_at, bead)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """, agent.address.text, history.count, history.firstAt, history.lastAt, history.nextAt,
        agent.bead?.rawValue)
    }
  }

  /// Lets an agent that died too often be started again.
  /// - Returns: Whether something was forgotten.
  @discardableResult
  public func clearBackoff(of address: AgentAddress) throws(BeadsError) -> Bool {
    try write { db throws(BeadsError) in
      try db.execute("DELETE FROM restarts WHERE address = ?1", address.text)
      return try db.int64("SELECT changes()") ?? 0 > 0
    }
  }
}
