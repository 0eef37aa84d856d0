public import BeadsKit

/// Something a watcher did, or left alone, and why.
public struct Decision: Sendable, Equatable {
  /// When, in nanoseconds since 1970.
  public let at: Int64
  /// Whom or what it concerns: an agent's address, an issue, a rig, or the town.
  public let subject: String
  /// What was found.
  public let finding: String
  /// What was done about it.
  public let action: String
  /// What showed it.
  public let evidence: String
}

extension TownDatabase {
  /// How many decisions are kept.
  private static let keptDecisions: Int64 = 20_000

  /// Writes down a decision.
  /// - Parameter bead: The issue that its subject had at that time, of which it tells too.
  func decide(
    _ subject: String, _ finding: String, _ action: String, evidence: String, bead: IssueID? = nil
  ) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT INTO decisions (at, subject, finding, action, evidence, bead) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """, now, subject, finding, action, evidence, bead?.rawValue)
      let last = try db.int64("SELECT last_insert_rowid()") ?? 0
      try db.execute("DELETE FROM decisions WHERE id <= ?1", last - Self.keptDecisions)
    }
  }

  /// What was decided about somebody or something, or about everything; latest first.
  ///
  /// An issue is told of what was decided about its agent while that agent had it.
  public func decisions(about subject: String? = nil, limit: Int = 20) throws(BeadsError) -> [Decision] {
    try connection.all(
      """
      SELECT at, subject, finding, action, evidence FROM decisions
      WHERE ?1 IS NULL OR subject = ?1 OR bead = ?1 ORDER BY id DESC LIMIT ?2
      """, subject, limit
    ) { row throws(BeadsError) in Decision(row) }
  }

  /// How often what was decided in a time, the most frequent first.
  public func decisionCounts(
    from start: Int64, to end: Int64
  ) throws(BeadsError) -> [(finding: String, action: String, count: Int)] {
    try connection.all(
      """
      SELECT finding, action, count(*) FROM decisions WHERE at >= ?1 AND at < ?2
      GROUP BY finding, action ORDER BY count(*) DESC, finding, action
      """, start, end
    ) { row throws(BeadsError) in (row.text(0), row.text(1), row.int(2)) }
  }

  /// The last decision about exactly this.
  func lastDecision(about subject: String) throws(BeadsError) -> Decision? {
    try connection.first(
      "SELECT at, subject, finding, action, evidence FROM decisions WHERE subject = ?1 ORDER BY id DESC LIMIT 1",
      subject
    ) { row throws(BeadsError) in Decision(row) }
  }
}

extension Decision {
  fileprivate init(_ row: borrowing Row) {
    at = row.int64(0)
    subject = row.text(1)
    finding = row.text(2)
    action = row.text(3)
    evidence = row.text(4)
  }
}
