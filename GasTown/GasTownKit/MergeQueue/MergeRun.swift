public import BeadsKit

/// One attempt to move a target: which branches, on which commit, and how far it came.
///
/// The row is written before each step, so that whoever finds the process dead knows whether the target may have moved.
public struct MergeRun: Sendable, Equatable {
  /// How far an attempt is.
  public enum Phase: String, Sendable {
    /// The branches are claimed; nothing outside of this machine knows.
    case building
    /// Gates run.
    case testing
    /// The push was begun: the target may have moved.
    case pushing
    /// The target was seen at the new commit; issues are being closed.
    case pushed
    /// Over.
    case done
  }

  /// A branch of the attempt.
  public struct Member: Sendable, Equatable {
    /// The merge request.
    public var id: IssueID
    /// The commit of the target with it; nil before it is built.
    public var commit: GitID?
  }

  /// Its number.
  public let id: Int64
  /// The rig.
  public let rig: RigName
  /// The branch to move.
  public let target: BranchName
  /// Where the target was.
  public var base: GitID?
  /// What is tested, and pushed when it passes.
  public var tip: GitID?
  /// How far it is.
  public var phase: Phase
  /// The branches.
  public var members: [Member]
  /// How it ended, in a few words.
  public var outcome: String?
  /// What `GT_RUN` says to the programs it runs.
  public let nonce: String
  /// The process that merges.
  public let engine: ProcessIdentity?
  /// The processes of the gates that run, or ran last.
  public var gates: [ProcessIdentity] = []
  /// When it was last heard of, in nanoseconds since 1970.
  public var updatedAt: Int64 = 0
}

extension TownDatabase {
  /// Begins an attempt.
  func beginMerge(rig: RigName, target: BranchName, members: [IssueID]) throws(BeadsError) -> MergeRun {
    let nonce = Nonce.make()
    let engine = ProcessIdentity.own
    return try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT INTO merge_runs (rig, target, phase, members, nonce, engine, started_at, updated_at)
        VALUES (?1, ?2, 'building', ?3, ?4, ?5, ?6, ?6)
        """, rig.rawValue, target.rawValue, Self.text(members.map { MergeRun.Member(id: $0) }), nonce,
        engine?.text, now)
      return MergeRun(
        id: db.lastInsertRowID, rig: rig, target: target, phase: .building,
        members: members.map { MergeRun.Member(id: $0) }, nonce: nonce, engine: engine)
    }
  }

  /// Saves how far an attempt is.
  func save(_ run: MergeRun) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        """
        UPDATE merge_runs SET base = ?2, tip = ?3, phase = ?4, members = ?5, outcome = ?6, updated_at = ?7,
          ended_at = CASE ?4 WHEN 'done' THEN ?7 END WHERE id = ?1
        """, run.id, run.base?.description, run.tip?.description, run.phase.rawValue, Self.text(run.members),
        run.outcome, now)
    }
  }

  /// Remembers the processes of the gates that run, for whoever finds the engine dead.
  func noteGates(_ run: MergeRun, _ gates: [ProcessIdentity]) throws(BeadsError) {
    let text = JSONValue.array(gates.map { .string($0.text) }).compactText
    try write { db throws(BeadsError) in
      try db.execute(
        "UPDATE merge_runs SET gates = ?2, updated_at = ?3 WHERE id = ?1", run.id, text, now)
    }
  }

  /// Says that an attempt goes on, however long its gates take.
  func touch(_ run: MergeRun) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute("UPDATE merge_runs SET updated_at = ?2 WHERE id = ?1", run.id, now)
    }
  }

  /// The attempts of a rig that did not come to an end.
  public func unfinishedMerges(rig: RigName) throws(BeadsError) -> [MergeRun] {
    try mergeRuns("WHERE rig = ?1 AND ended_at IS NULL ORDER BY id", rig.rawValue, 1000)
  }

  /// The last attempts of a rig, newest first.
  public func merges(rig: RigName, limit: Int = 20) throws(BeadsError) -> [MergeRun] {
    try mergeRuns("WHERE rig = ?1 ORDER BY id DESC", rig.rawValue, limit)
  }

  private func mergeRuns(_ condition: String, _ rig: String, _ limit: Int) throws(BeadsError) -> [MergeRun] {
    let sql =
      """
      SELECT id, rig, target, base, tip, phase, members, outcome, nonce, engine, gates, updated_at
      FROM merge_runs \(condition) LIMIT ?2
      """
    return try connection.all(sql, rig, limit) { row throws(BeadsError) in MergeRun(row) }.compactMap(\.self)
  }

  private static func text(_ members: [MergeRun.Member]) -> String {
    JSONValue.array(
      members.map {
        .members([("id", .string($0.id.rawValue)), ("commit", $0.commit.map { .string($0.description) })])
      }
    ).compactText
  }

  // MARK: Gate results

  /// What the same gates said of a commit before; nil when they have not seen it.
  func knownVerdict(rig: RigName, commit: GitID, gates: String) throws(BeadsError) -> Bool? {
    try connection.int64(
      "SELECT passed FROM gate_verdicts WHERE rig = ?1 AND commit_id = ?2 AND gates = ?3", rig.rawValue,
      commit.description, gates
    ).map { $0 != 0 }
  }

  /// Remembers what gates said of a commit.
  func rememberVerdict(rig: RigName, commit: GitID, gates: String, passed: Bool) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        "INSERT OR REPLACE INTO gate_verdicts (rig, commit_id, gates, passed, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        rig.rawValue, commit.description, gates, passed, now)
    }
  }
}

extension MergeRun {
  fileprivate init?(_ row: borrowing Row) {
    guard let rig = RigName(rawValue: row.text(1)), let target = BranchName(rawValue: row.text(2)),
      let phase = Phase(rawValue: row.text(5))
    else { return nil }
    id = row.int64(0)
    self.rig = rig
    self.target = target
    base = row.optionalText(3).flatMap { GitID($0) }
    tip = row.optionalText(4).flatMap { GitID($0) }
    self.phase = phase
    members = (JSONValue(parsing: row.text(6))?.arrayValue ?? []).compactMap { value in
      guard let id = value["id"]?.stringValue.flatMap(IssueID.init(rawValue:)) else { return nil }
      return Member(id: id, commit: value["commit"]?.stringValue.flatMap { GitID($0) })
    }
    outcome = row.optionalText(7)
    nonce = row.text(8)
    engine = row.optionalText(9).flatMap { ProcessIdentity(text: $0) }
    let processes = row.optionalText(10).flatMap { JSONValue(parsing: $0)?.arrayValue } ?? []
    gates = processes.compactMap { $0.stringValue.flatMap { ProcessIdentity(text: $0) } }
    updatedAt = row.int64(11)
  }
}

extension ProcessIdentity {
  /// Number and start time, as they are kept.
  fileprivate var text: String { "\(pid) \(start)" }

  fileprivate init?(text: String) {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let pid = Int32(words[0]) else { return nil }
    self.init(pid: pid, start: String(words[1]))
  }
}
