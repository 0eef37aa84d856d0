public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Gives an issue another ID everywhere: edges, child numbers, texts that mention it.
  ///
  /// Children keep their IDs. The old ID stays as a tombstone, so that other clones follow the renaming, and cannot
  /// be used again. Comments of other issues are records and stay as they are. Reads every text of the store once.
  /// - Parameter force: Whether the new ID may have a foreign prefix.
  /// - Returns: The issue under its new ID.
  /// - Throws: `notFound`, `exists` when the new ID is or was in use, `invalid` for a foreign prefix.
  @discardableResult
  public mutating func rename(_ old: IssueID, to new: IssueID, force: Bool = false) throws(BeadsError)
    -> Issue
  {
    guard let issue = try store.issue(old), !issue.isTombstone else { throw Store.noIssue(old.rawValue) }
    if let repo = try store.sourceRepo(of: old) {
      throw BeadsError(.conflict, "\(old) belongs to \(repo)", hint: "rename it in that project")
    }
    if !force { try store.prefixes().check(explicit: new) }
    if let taken = try store.issue(new) {
      throw BeadsError(
        .exists,
        "issue \(new) \(taken.isTombstone ? "was deleted, its ID cannot be used again" : "already exists")")
    }
    let names = [old.rawValue: new.rawValue]
    let referring = try store.issuesNaming(old)
    let copy = try move(issue, to: new, names)
    for id in referring { try update(id) { $0 = $0.renaming(names) } }
    return copy
  }

  /// Makes the issue anew under another ID, which is free, and leaves a tombstone under the old one.
  /// - Parameter names: The new IDs of all issues that are renamed together.
  mutating func move(_ issue: Issue, to new: IssueID, _ names: [String: String]) throws(BeadsError) -> Issue {
    try store.rows.copyHistory(from: issue.id, to: new)
    var copy = issue.renaming(names)
    copy.updatedAt = try moment(after: issue)
    var tombstone = issue
    tombstone.becomeTombstone(by: actor, reason: "renamed to \(new)", at: copy.updatedAt)
    try apply(before: issue, after: tombstone)
    try apply(before: nil, after: copy)
    try store.rows.recordRenaming(from: issue.id, to: new)
    if let (parent, number) = new.parentAndNumber { try store.rows.raiseChildCounter(of: parent, to: number) }
    return copy
  }
}

extension Store {
  /// The issues whose edges, texts or slots name an ID, without that issue itself and deleted ones.
  func issuesNaming(_ id: IssueID) throws(BeadsError) -> [IssueID] {
    let columns = [
      "title", "description", "design", "acceptance_criteria", "notes", "hook_bead", "role_bead", "await_id",
      "target", "payload", "coalesce(metadata, '')", "coalesce(bonded_from, '')",
    ]
    let isNamed = columns.map { "instr(\($0), ?1) > 0" }.joined(separator: " OR ")
    return try connection.all(
      """
      SELECT id FROM issues WHERE id <> ?1 AND status <> 'tombstone' AND (\(isNamed) OR id IN (
        SELECT issue_id FROM dependencies WHERE depends_on_id = ?1 OR instr(metadata, ?1) > 0))
      ORDER BY id
      """, id.rawValue
    ) { IssueID(unchecked: $0.text(0)) }
  }
}

extension IssueRows {
  /// Lets the audit trail and the child numbers of an issue go on under another ID.
  fileprivate func copyHistory(from old: IssueID, to new: IssueID) throws(BeadsError) {
    try connection.execute(
      """
      INSERT INTO events (issue_id, event_type, actor, old_value, new_value, comment, created_at)
      SELECT ?2, event_type, actor, old_value, new_value, comment, created_at FROM events
      WHERE issue_id = ?1 ORDER BY id
      """, old.rawValue, new.rawValue)
    try connection.executeScript(Schema.compaction)
    try connection.execute(
      """
      INSERT OR IGNORE INTO compaction_snapshots
      SELECT ?2, compacted_at, compaction_level, summary, snapshot_json FROM compaction_snapshots WHERE issue_id = ?1
      """, old.rawValue, new.rawValue)
    let last = try lastChild(of: old)
    if last > 0 { try raiseChildCounter(of: new, to: last) }
  }
}

extension IssueRows {
  /// Says in the trail that the issue was renamed rather than created.
  fileprivate func recordRenaming(from old: IssueID, to new: IssueID) throws(BeadsError) {
    try connection.execute(
      """
      UPDATE events SET event_type = 'renamed', comment = ?2
      WHERE id = (SELECT max(id) FROM events WHERE issue_id = ?1)
      """, new.rawValue, "Renamed from \(old)")
  }
}

extension Issue {
  /// The issue with an ID replaced wherever it stands for an issue; comments are left alone.
  func renaming(_ names: [String: String]) -> Issue {
    var copy = renamingReferences(names)
    if copy.id == id { return copy }
    // The number of a row of the old issue; the new row gets its own.
    for index in copy.comments.indices where Int64(copy.comments[index].id) != nil {
      copy.comments[index].id = ""
    }
    return copy
  }
}
