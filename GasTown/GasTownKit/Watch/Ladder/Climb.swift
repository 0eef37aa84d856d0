import BeadsKit

/// What keeps an agent with work from going on.
enum Finding: String, Sendable {
  /// Nothing shows what.
  case idle
  /// It asks something, and waits for the answer.
  case question
  /// Its context is full.
  case exhausted
  /// Its model does not answer.
  case failing = "api-error"
  /// It is at its rate limit.
  case limited = "rate-limited"

  /// For people: what was found.
  var text: String {
    switch self {
    case .idle: "idle with work"
    case .question: "it asks something"
    case .exhausted: "its context is full"
    case .failing: "its model does not answer"
    case .limited: "it is at its rate limit"
    }
  }
}

/// How far the watcher went with an agent that does not go on; kept in the database, so that neither the end of the
/// agent's session nor that of the daemon forgets it.
///
/// What is done about an agent makes it do something: it answers a reminder, a new session reads where it is. That is no
/// progress yet. The ladder begins anew once the agent is active for a while after the last step, and strong steps
/// are forgotten only when it has got something done.
struct Climb: Sendable, Equatable {
  /// The work it is about.
  let bead: IssueID
  /// What was found.
  var finding = Finding.idle
  /// Since when it does not go on.
  var since: Int64
  /// How many steps were passed.
  var step = 0
  /// The strong steps that were taken since it last got something done.
  var taken: Set<Ladder.Action> = []
  /// How often it became active since then, and got nothing done.
  var revivals = 0
  /// When the last step was taken; 0 before the first.
  var actedAt: Int64 = 0
  /// Until when nothing is expected of it.
  var until: Int64?

  /// So long after a step whatever the agent does is its answer to it.
  static let reaction: Int64 = 180_000_000_000
  /// After so many revivals without a result only a result counts.
  static let revivalLimit = 5
  /// So long it must have been quiet before anything is done, unless the step asks for less; a strong step waits as long
  /// as for a reaction.
  static let quiet: Int64 = 30_000_000_000

  /// For people who look at the town: what keeps it from going on, once more than a reminder was needed.
  var trouble: String? {
    switch finding {
    case .question: "asks something, and waits for the answer"
    case .exhausted: "has a full context"
    case .failing: "gets no answers of its model"
    case .idle: taken.contains(.escalate) ? "makes no progress on \(bead)" : nil
    case .limited: nil
    }
  }

  /// Whether there is anything to remember.
  var isUntouched: Bool { step == 0 && taken.isEmpty && revivals == 0 && finding == .idle && until == nil }

  /// Takes note of activity that was seen at a time.
  mutating func noteActivity(at time: Int64) {
    guard time > since else { return }
    if actedAt == 0 {
      since = time
    } else if time - actedAt >= Self.reaction, step > 0, revivals < Self.revivalLimit {
      (finding, since, step, until) = (.idle, time, 0, nil)
      revivals += 1
    } else if step == 0 {
      since = time
    }
  }

  /// Takes note that it got something done.
  mutating func noteResult(at time: Int64) { self = Climb(bead: bead, since: max(since, time)) }

  /// Takes note of what its session shows now.
  mutating func find(_ found: Finding, since start: Int64) {
    guard found != finding else { return }
    (finding, since, step, until) = (found, start, 0, nil)
    // What is different now is worth another call.
    taken.remove(.escalate)
  }

  /// The step that is due now, if one is; it counts as taken.
  ///
  /// Steps keep their distance however late they are: after a night in which no daemon ran they do not come all at once.
  mutating func due(on ladder: Ladder, at now: Int64, activeAt: Int64) -> Ladder.Action? {
    while step < ladder.rungs.count {
      let rung = ladder.rungs[step]
      let gap = step == 0 ? 0 : rung.after - ladder.rungs[step - 1].after
      guard now - since >= rung.after, actedAt == 0 || now - actedAt >= gap,
        now - activeAt >= min(rung.after, rung.action.isStrong ? Self.reaction : Self.quiet)
      else { return nil }
      step += 1
      if taken.contains(rung.action) { continue }
      if rung.action.isStrong { taken.insert(rung.action) }
      actedAt = now
      return rung.action
    }
    return nil
  }
}

// MARK: - Keeping

extension TownDatabase {
  /// How far the watcher went with an agent and its present work.
  func climb(of address: AgentAddress, at bead: IssueID) throws(BeadsError) -> Climb? {
    try climbs(where: "address = ?1 AND bead = ?2", address.text, bead.rawValue).first?.climb
  }

  /// Agents that do not go on, as far as something was done or is waited for.
  func climbs() throws(BeadsError) -> [(address: AgentAddress, climb: Climb)] {
    try climbs(where: "?1 IS NULL AND ?2 IS NULL", nil, nil)
  }

  private func climbs(
    where condition: String, _ first: String?, _ second: String?
  ) throws(BeadsError) -> [(address: AgentAddress, climb: Climb)] {
    try connection.all(
      """
      SELECT address, bead, finding, since, step, taken, revivals, acted_at, until FROM climbs
      WHERE \(condition)
      """, first, second
    ) { row throws(BeadsError) -> (address: AgentAddress, climb: Climb)? in
      guard let address = AgentAddress(row.text(0)), let bead = IssueID(rawValue: row.text(1)) else {
        return nil
      }
      var climb = Climb(bead: bead, since: row.int64(3))
      climb.finding = Finding(rawValue: row.text(2)) ?? .idle
      climb.step = row.int(4)
      climb.taken = Set(row.text(5).split(separator: " ").compactMap { Ladder.Action(rawValue: String($0)) })
      climb.revivals = row.int(6)
      climb.actedAt = row.int64(7)
      climb.until = row.optionalInt64(8)
      return (address, climb)
    }.compactMap(\.self)
  }

  /// Remembers how far the watcher went with an agent; nil or nothing to remember forgets it.
  func save(_ climb: Climb?, of address: AgentAddress) throws(BeadsError) {
    try write { db throws(BeadsError) in
      guard let climb, !climb.isUntouched else {
        return try db.execute("DELETE FROM climbs WHERE address = ?1", address.text)
      }
      try db.execute(
        """
        INSERT OR REPLACE INTO climbs (address, bead, finding, since, step, taken, revivals, acted_at, until)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """, address.text, climb.bead.rawValue, climb.finding.rawValue, climb.since, climb.step,
        climb.taken.map(\.rawValue).sorted().joined(separator: " "), climb.revivals, climb.actedAt,
        climb.until)
    }
  }

  /// Lets the time of all agents that do not go on begin anew, because nothing was expected of them until now.
  func restartClimbs() throws(BeadsError) {
    guard try connection.int64("SELECT 1 FROM climbs WHERE since < ?1 LIMIT 1", now) != nil else { return }
    try write { db throws(BeadsError) in try db.execute("UPDATE climbs SET since = ?1", now) }
  }
}
