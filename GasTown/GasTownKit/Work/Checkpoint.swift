public import BeadsKit

/// What an assignment had reached: read by the session that takes over when one ends, however it ends.
public struct Checkpoint: Sendable, Equatable {
  /// The agent.
  public let agent: AgentAddress
  /// The issue it was about; a checkpoint says nothing about any other.
  public var bead: IssueID
  /// The root of its molecule.
  public var molecule: IssueID?
  /// The step it was at, as the formula or the tracker names it.
  public var step: String?
  /// That step's title.
  public var title: String?
  /// What the agent wrote down.
  public var notes: String?
  /// The branch.
  public var branch: String?
  /// The newest commit.
  public var commit: String?
  /// The files that were changed and not committed.
  public var files: [String] = []
  /// The session, as its runtime names it.
  public var session: String?
  /// When it was written, in nanoseconds since 1970.
  public var at: Int64 = 0

  /// A checkpoint that says nothing yet.
  public init(_ agent: AgentAddress, bead: IssueID) {
    self.agent = agent
    self.bead = bead
  }

  /// Older ones are not shown any more, in nanoseconds.
  public static let lifetime: Int64 = 24 * 3600 * 1_000_000_000

  /// Fills in branch, commit and changed files from a worktree; what git cannot tell stays as it is.
  public mutating func observe(worktree: String, _ environment: Environment) {
    let git = GitCommand(within: worktree, environment)
    guard let status = try? git.ask("status", "--porcelain=v2", "--branch", "-z"), status.succeeded else {
      return
    }
    files = []
    var skips = false
    for part in status.text.split(separator: "\0") {
      if skips {
        skips = false
        continue
      }
      if let name = part.value(after: "# branch.head "), name != "(detached)" { branch = name }
      if let id = part.value(after: "# branch.oid "), id != "(initial)" { commit = id }
      guard let kind = part.first, part.dropFirst().first == " " else { continue }
      let fields = ["1": 8, "2": 9, "u": 10, "?": 1][kind]
      if let fields { files.append(String(part.split(separator: " ", maxSplits: fields).last ?? "")) }
      skips = kind == "2"
    }
    files.removeAll { $0.hasPrefix(".beads/") || $0.hasPrefix(".runtime/") }
  }
}

extension Substring {
  fileprivate func value(after mark: String) -> String? {
    hasPrefix(mark) ? String(dropFirst(mark.count)) : nil
  }
}

extension TownDatabase {
  /// The last checkpoint of an agent about an issue; nil when there is none, or none so young.
  public func checkpoint(
    of agent: AgentAddress, about bead: IssueID? = nil, youngerThan age: Int64? = nil
  ) throws(BeadsError) -> Checkpoint? {
    let found = try connection.first(
      """
      SELECT bead, molecule, step, title, notes, branch, commit_id, files, session, at FROM checkpoints
      WHERE address = ?1 AND (?2 IS NULL OR bead = ?2)
      """, agent.text, bead?.rawValue
    ) { row -> Checkpoint? in
      guard let bead = IssueID(rawValue: row.text(0)) else { return nil }
      var checkpoint = Checkpoint(agent, bead: bead)
      checkpoint.molecule = row.optionalText(1).flatMap(IssueID.init(rawValue:))
      checkpoint.step = row.optionalText(2)
      checkpoint.title = row.optionalText(3)
      checkpoint.notes = row.optionalText(4)
      checkpoint.branch = row.optionalText(5)
      checkpoint.commit = row.optionalText(6)
      checkpoint.files =
        row.optionalText(7).flatMap(JSONValue.init(parsing:))?.arrayValue?.compactMap(\.stringValue) ?? []
      checkpoint.session = row.optionalText(8)
      checkpoint.at = row.int64(9)
      return checkpoint
    }
    guard let checkpoint = found ?? nil else { return nil }
    if let age, now - checkpoint.at > age { return nil }
    return checkpoint
  }

  /// Keeps a checkpoint in the place of the agent's earlier one.
  public func save(_ checkpoint: Checkpoint) throws(BeadsError) {
    let files = JSONValue.array(checkpoint.files.map { .string($0) }).compactText
    try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT OR REPLACE INTO checkpoints (address, bead, molecule, step, title, notes, branch, commit_id, files,
          session, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """, checkpoint.agent.text, checkpoint.bead.rawValue, checkpoint.molecule?.rawValue, checkpoint.step,
        checkpoint.title, checkpoint.notes, checkpoint.branch, checkpoint.commit, files, checkpoint.session,
        checkpoint.at == 0 ? now : checkpoint.at)
    }
  }

  /// Forgets an agent's checkpoint; returns whether there was one.
  @discardableResult
  public func removeCheckpoint(of agent: AgentAddress) throws(BeadsError) -> Bool {
    if try checkpoint(of: agent) == nil { return false }
    try write { db throws(BeadsError) in
      try db.execute("DELETE FROM checkpoints WHERE address = ?1", agent.text)
    }
    return true
  }
}
