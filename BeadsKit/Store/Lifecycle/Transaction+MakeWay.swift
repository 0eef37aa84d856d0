import BeadsFormats
import BeadsModel
import BeadsSystem

/// An ID under which this store and a file have two issues.
struct IDCollision: Equatable {
  let id: IssueID
  /// Whether ours is the later one, which gets another ID.
  let isOursLater: Bool
  /// The later one as it is and will be called.
  let separated: SeparatedIssue

  init(ours: Issue, theirs: Issue) {
    id = ours.id
    isOursLater = ours.createdAt > theirs.createdAt
    separated = SeparatedIssue(isOursLater ? ours : theirs)
  }
}

extension [IDCollision] {
  /// Without those of children whose parents collide: children follow their parents.
  var topmost: [IDCollision] {
    filter { one in !contains { one.id.rawValue.utf8.starts(with: "\($0.id).".utf8) } }
  }
}

extension Transaction {
  /// Gives an issue the ID beside its own, and those below it theirs, because an earlier issue has the ID.
  ///
  /// What is said here of the ID follows; the audit trail goes along. Nothing is left under the old ID: the caller
  /// puts the earlier issue there. Times move by a nanosecond only, so that every clone makes the same records.
  /// - Parameter isFileKnown: Whether the caller is about to compare everything with our own file.
  mutating func makeWay(_ collision: IDCollision, isFileKnown: Bool) throws(BeadsError) {
    let (old, new) = (collision.id.rawValue, collision.separated.newID.rawValue)
    // Another process may have done it since the collision was found.
    guard try store.issue(collision.id)?.createdAt == collision.separated.createdAt else { return }
    var names = [old: new]
    try store.connection.query("SELECT id FROM issues WHERE id > ?1 AND id < ?2", old + ".", old + "/") {
      row in
      names[row.text(0)] = new + row.text(0).dropFirst(old.utf8.count)
    }
    let isShared = try store.rows.isInFile(collision.id)
    var referring: Set<IssueID> = []
    for name in names.keys { referring.formUnion(try store.issuesNaming(IssueID(unchecked: name))) }
    for name in names.keys.sorted() { try move(IssueID(unchecked: name), names, isFileKnown) }
    for id in referring.sorted() where names[id.rawValue] == nil {
      guard let before = try store.issue(id) else { continue }
      // What the file had said before it knew this issue was about another.
      let kept = isShared ? nil : try store.rows.fileState(of: before)
      var after = before.renamingReferences(names, keeping: kept)
      if after == before { continue }
      after.updatedAt = after.updatedAt.adding(nanoseconds: 1)
      try apply(before: before, after: after)
    }
    touched.isEverything = true
  }

  private mutating func move(
    _ old: IssueID, _ names: [String: String], _ isFileKnown: Bool
  ) throws(BeadsError) {
    guard let before = try store.issue(old) else { return }
    func renamed(_ issue: Issue) -> Issue {
      var copy = issue.renamingReferences(names)
      copy.updatedAt = copy.updatedAt.adding(nanoseconds: 1)
      return copy
    }
    let after = renamed(before)
    let isInFile = try store.rows.isInFile(old)
    let base = try store.rows.fileState(of: before).map(renamed)
    try store.rows.recordForgetting(before, operation: operationID)
    try store.rows.remove(old)
    try store.rows.clearDirty(old)
    try store.rows.moveTrail(from: old, to: after.id, actor: actor, at: now)
    if let known = try store.issue(after.id) {
      let policy = MergePolicy(now: now)
      let merged = IssueMerge.merge(base: nil, ours: known, theirs: after, policy: policy) ?? known
      try apply(before: known, after: merged)
    } else if isInFile, isFileKnown {
      try apply(before: nil, after: after, file: .isKnown)
      if base != after { try store.rows.setDirty(after.id, base: base, version: operationID, at: now) }
    } else {
      try apply(before: nil, after: after)
      // The file's line of the old ID goes, unless the earlier issue takes its place.
      if isInFile { try store.rows.markDirty(old, base: nil, version: operationID, at: now) }
    }
  }
}

extension IssueRows {
  fileprivate func isInFile(_ id: IssueID) throws(BeadsError) -> Bool {
    try connection.int64("SELECT in_file FROM issues WHERE id = ?1", id.rawValue) == 1
  }

  /// What the file had of an issue when both last agreed; nil when it had none.
  func fileState(of issue: Issue) throws(BeadsError) -> Issue? {
    let mark = try connection.first("SELECT base FROM dirty_issues WHERE issue_id = ?1", issue.id.rawValue) {
      $0.optionalText(0)
    }
    guard let mark else { return try isInFile(issue.id) ? issue : nil }
    return mark.flatMap { try? IssueDecoder().decodeIssue($0) }
  }

  /// Lets what is remembered of an issue go on under another ID.
  fileprivate func moveTrail(
    from old: IssueID, to new: IssueID, actor: String, at now: Timestamp
  ) throws(BeadsError) {
    try connection.executeScript(Schema.compaction)
    for (table, column) in [
      ("events", "issue_id"), ("compaction_snapshots", "issue_id"), ("child_counters", "parent_id"),
    ] {
      try connection.execute(
        "UPDATE OR REPLACE \(table) SET \(column) = ?2 WHERE \(column) = ?1", old.rawValue, new.rawValue)
    }
    try connection.execute(
      """
      INSERT INTO events (issue_id, event_type, actor, comment, created_at) VALUES (?1, 'renamed', ?2, ?3, ?4)
      """, new.rawValue, actor, "Renamed from \(old), which an earlier issue has", now.sortableText)
  }
}
