import BeadsModel
import BeadsSystem

// The repairs of the database: each goes into the one operation of the plan.
extension Transaction {
  mutating func repair(_ kind: Repair.Kind, _ findings: RepairFindings) throws(BeadsError) {
    switch kind {
    case .adoptChanges:
      for adoption in try findings.adoptions() { try adopt(adoption) }
      for setting in try findings.settings() { try adopt(setting) }
    case .restoreIssues:
      for issue in try findings.losses() { try restore(issue, written: findings.written(issue.id)) }
    case .completeIssues:
      for id in try findings.contradictions() { try complete(IssueID(unchecked: id)) }
    case .orphanedEdges: try remove(try findings.orphanedEdges())
    case .childParent: try remove(try store.edgesToOwnAncestors())
    case .strayRows: try setAside(try findings.strayRows())
    case .derived: try computeAgain(findings)
    case .file, .ignoreFile, .mergeDriver, .leftovers: break
    }
  }

  /// Makes a change that somebody made behind our back one of ours: logged, dated now, and to be written.
  private mutating func adopt(_ adoption: RepairFindings.Adoption) throws(BeadsError) {
    var issue = adoption.issue
    issue.repair(now: now)
    issue.updatedAt = now
    try store.rows.rewrite(issue)
    try store.rows.recordEvents(before: adoption.logged, after: issue, actor: actor, at: now)
    try store.rows.recordChange(operation: operationID, before: adoption.logged, after: issue, isBrief: false)
    try store.rows.markDirty(issue.id, base: adoption.written, version: operationID, at: now)
    touched.note(before: adoption.logged, after: issue)
    changeCount += 1
  }

  private mutating func adopt(_ setting: RepairFindings.Setting) throws(BeadsError) {
    try store.rows.recordSetting(
      operation: operationID, key: setting.key, before: setting.logged, after: setting.value)
    changeCount += 1
  }

  private mutating func restore(_ logged: Issue, written: Issue?) throws(BeadsError) {
    var issue = logged
    issue.updatedAt = now
    try store.rows.remove(issue.id)
    try store.rows.insert(issue, isInFile: written != nil)
    try store.rows.replaceLists(of: issue, replacing: nil)
    // The log knew it all the time.
    try store.rows.recordChange(operation: operationID, before: logged, after: issue, isBrief: false)
    try store.rows.setDirty(issue.id, base: written, version: operationID, at: now)
    touched.note(before: nil, after: issue)
    changeCount += 1
  }

  private mutating func complete(_ id: IssueID) throws(BeadsError) {
    guard let before = try store.issue(id) else { return }
    var after = before
    after.repair(now: now)
    after.updatedAt = now
    try apply(before: before, after: after)
  }

  private mutating func remove(_ edges: [Dependency]) throws(BeadsError) {
    for (id, gone) in Dictionary(grouping: edges, by: \.issueID).sorted(by: { $0.key < $1.key }) {
      let keys = Set(gone.map(\.key))
      try update(id) { issue in issue.dependencies.removeAll { keys.contains($0.key) } }
    }
  }

  private mutating func setAside(_ rows: [String]) throws(BeadsError) {
    _ = try Quarantine(store.location).keep(rows.map { Array($0.utf8) })
    for table in ["labels", "dependencies", "comments"] {
      try store.connection.execute("DELETE FROM \(table) WHERE issue_id NOT IN (SELECT id FROM issues)")
    }
    isBookkeeping = true
  }

  private mutating func computeAgain(_ findings: RepairFindings) throws(BeadsError) {
    for issue in try store.issues(findings.staleRows) { try store.rows.rewrite(issue) }
    try store.reloadRules()
    touched.isEverything = true
    if findings.hidesIssues { try SearchIndex(connection: store.connection).markAll() }
    try mendMarks()
    isBookkeeping = true
  }

  private func mendMarks() throws(BeadsError) {
    let connection = store.connection
    try connection.execute("DELETE FROM dirty_issues WHERE issue_id NOT IN (SELECT id FROM issues)")
    try connection.execute("UPDATE dirty_issues SET version = ?1 WHERE version > ?1", operationID)
    let decoder = IssueDecoder()
    let bases = try connection.all("SELECT issue_id, base FROM dirty_issues WHERE base IS NOT NULL") {
      (id: $0.text(0), base: $0.text(1))
    }
    for (id, base) in bases where (try? decoder.decodeIssue(base))?.id.rawValue != id {
      try connection.execute("UPDATE dirty_issues SET base = NULL WHERE issue_id = ?1", id)
    }
  }
}

extension IssueRows {
  /// Writes every column of an issue, also those that are derived from others.
  fileprivate func rewrite(_ issue: Issue) throws(BeadsError) {
    let assignments = IssueRow.writtenColumns.enumerated().map { "\($1) = ?\($0 + 1)" }
    try connection.withStatement("UPDATE issues SET \(assignments.joined(separator: ",")) WHERE id = ?1") {
      statement throws(BeadsError) in
      IssueRow.bind(issue, to: statement)
      try statement.run()
    }
  }
}
