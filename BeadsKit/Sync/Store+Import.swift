import BeadsFormats
package import BeadsModel
public import BeadsSystem

extension Store {
  /// Takes over what other programs wrote into `issues.jsonl` since we last looked.
  ///
  /// As long as the file's stamp is the recorded one this costs one `stat`. Otherwise each line is compared with
  /// ours and what differs is merged field by field against what the file had before. Nothing disappears: an issue
  /// that the file has lost is written back by the next export. Safe to call before every command.
  /// - Returns: What changed, or nil when the file is as we left it.
  /// - Throws: `corrupt` when a line cannot be read; then nothing is imported, and nothing is exported over it.
  @discardableResult
  public func importChanges() throws(BeadsError) -> ImportReport? {
    guard try fileDiffers() else { return nil }
    var report = ImportReport()
    try takeOver { transaction throws(BeadsError) in
      guard let stamp = try FileSystem.stamp(location.jsonlPath), try fileDiffers() else { return }
      let content = try FileSystem.read(location.jsonlPath)
      var importer = FileImporter(store: self, now: transaction.now)
      try importer.run(content, &transaction)
      FailPoint.reach("import.merged")
      report = importer.report
      // The stamp from before reading: had the file changed since, the next look would see it.
      try FileState(stamp: stamp, isCanonical: importer.isCanonical).save(connection)
      transaction.countBookkeeping()
      transaction.summary = "\(report.created.count) created, \(report.updated.count) updated"
    }
    return report
  }

  /// Whether the file holds something that was not taken over yet; costs one `stat`.
  public var isBehindFile: Bool { get throws(BeadsError) { try fileDiffers() } }

  /// The transaction that brings in the file's changes; in memory it needs no permission to write.
  private func takeOver(_ body: (inout Transaction) throws(BeadsError) -> Void) throws(BeadsError) {
    if medium == .database {
      try write(Operation.takeOverKind, trail: .bulk, body)
    } else {
      try commit(Operation.takeOverKind, .bulk, nil, body)
    }
  }

  /// Whether the file is not the one we recorded.
  private func fileDiffers() throws(BeadsError) -> Bool {
    guard let stamp = try FileSystem.stamp(location.jsonlPath) else { return false }
    return try FileState.load(connection)?.stamp != stamp
  }
}

/// Merges the whole of our own file into the store, with the last agreed state of each issue as base.
private struct FileImporter {
  let store: Store
  let now: Timestamp
  var report = ImportReport()
  /// Whether every line is the canonical one and in order, so that the file can be spliced from now on.
  var isCanonical = true
  /// Lines that wait for our side of them.
  private var pending: [(issue: Issue, line: UnsafeBufferPointer<UInt8>)] = []
  private var ours: [IssueID: Issue] = [:]
  private var bases: [IssueID: String?] = [:]
  private var last: IssueID?
  private var seen: Set<IssueID> = []
  private let decoder = IssueDecoder()
  private var writer = JSONWriter()

  init(store: Store, now: Timestamp) {
    self.store = store
    self.now = now
  }

  mutating func run(_ content: [UInt8], _ transaction: inout Transaction) throws(BeadsError) {
    try store.connection.query("SELECT issue_id, base FROM dirty_issues") { row throws(BeadsError) in
      bases[IssueID(unchecked: row.text(0))] = .some(row.optionalText(1))
    }
    try content.withUnsafeBufferPointer { buffer throws(BeadsError) in
      try FileLines.forEach(buffer) { number, line throws(BeadsError) in
        try take(line, number, &transaction)
        if pending.count == 500 { try mergePending(&transaction) }
      }
      try mergePending(&transaction)
    }
    try restoreMissing(&transaction)
  }

  /// Merges the lines read so far: our side of a batch is a few queries, and memory does not grow with the file.
  private mutating func mergePending(_ transaction: inout Transaction) throws(BeadsError) {
    ours.removeAll(keepingCapacity: true)
    for issue in try store.issues(pending.map(\.issue.id)) { ours[issue.id] = issue }
    for (theirs, line) in pending { try merge(theirs, line, &transaction) }
    pending.removeAll(keepingCapacity: true)
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, _ number: Int, _ transaction: inout Transaction
  ) throws(BeadsError) {
    if FileLines.isConflictMarker(line) {
      throw BeadsError(
        .corrupt, "\(store.location.jsonlPath) has conflict markers (line \(number))",
        hint: "resolve the merge in git first")
    }
    let record: FileRecord
    do throws(JSONError) { record = try decoder.decode(line) } catch {
      throw BeadsError(
        .corrupt, "line \(number) of \(store.location.jsonlPath) cannot be read: \(error.reason)",
        hint: "repair that line or restore the file from git")
    }
    switch record {
    case .issue(var theirs):
      theirs.repair(now: now)
      pending.append((theirs, line))
    case .memory(let key, let value):
      isCanonical = false
      try transaction.setConfig("kv.memory." + key, value)
      report.memories += 1
    case .deletion(let id, let time):
      isCanonical = false
      try mergePending(&transaction)
      try delete(id, at: time ?? now, &transaction)
    }
  }

  private mutating func merge(
    _ theirs: Issue, _ line: UnsafeBufferPointer<UInt8>, _ transaction: inout Transaction
  ) throws(BeadsError) {
    writer.removeAll()
    writer.issue(theirs, edges: .raw)
    let isFirst = seen.insert(theirs.id).inserted
    if !isFirst || last.map({ $0 >= theirs.id }) ?? false || !writer.bytes.elementsEqual(line) {
      isCanonical = false
    }
    last = theirs.id
    guard let mine = ours[theirs.id] else {
      try transaction.takeFromFile(theirs, before: nil, fileHas: theirs)
      ours[theirs.id] = theirs
      report.created.append(theirs.id)
      return
    }
    if mine.jsonLine.utf8.elementsEqual(writer.bytes) {
      try transaction.fileAgrees(mine)
      report.unchanged += 1
      return
    }
    let base = try base(of: mine, isFirst: isFirst)
    let policy = MergePolicy(now: now)
    guard let merged = IssueMerge.merge(base: base, ours: mine, theirs: theirs, policy: policy) else {
      return
    }
    try transaction.takeFromFile(merged, before: mine, fileHas: theirs)
    ours[theirs.id] = merged
    if merged == mine { report.unchanged += 1 } else { report.updated.append(theirs.id) }
  }

  /// What the file had when both last agreed: kept with the mark of a change, else our present state.
  ///
  /// The second line of one ID has no base.
  private func base(of mine: Issue, isFirst: Bool) throws(BeadsError) -> Issue? {
    guard isFirst else { return nil }
    guard let kept = bases[mine.id] else { return mine }
    guard let kept else { return nil }
    do throws(JSONError) { return try decoder.decodeIssue(kept) } catch {
      throw BeadsError(.corrupt, "the merge base of \(mine.id) cannot be read: \(error.reason)")
    }
  }

  private mutating func delete(
    _ id: IssueID, at time: Timestamp, _ transaction: inout Transaction
  ) throws(BeadsError) {
    guard let mine = try store.issue(id), !mine.isTombstone else { return }
    _ = try transaction.bury(mine, reason: "deleted by marker", at: time)
    report.deleted.append(id)
  }

  /// Marks what the file has lost, so that the next export writes it back: only a tombstone deletes.
  private func restoreMissing(_ transaction: inout Transaction) throws(BeadsError) {
    let written = try store.connection.all("SELECT id FROM issues WHERE in_file = 1") {
      IssueID(unchecked: $0.text(0))
    }
    for id in written where !seen.contains(id) {
      if let issue = try store.issue(id) { try transaction.fileLacks(issue) }
    }
  }
}

extension Transaction {
  /// Saves an issue that a file brought, and notes what the file has of it.
  mutating func takeFromFile(_ merged: Issue, before: Issue?, fileHas theirs: Issue) throws(BeadsError) {
    if merged != before { try apply(before: before, after: merged, file: .isKnown) }
    if before != nil { try store.rows.markInFile(merged.id) }
    if merged == theirs {
      if before != nil { try store.rows.clearDirty(merged.id) }
    } else {
      try store.rows.setDirty(merged.id, base: theirs, version: operationID, at: now)
    }
  }

  /// Notes that the file has exactly our state of an issue.
  func fileAgrees(_ issue: Issue) throws(BeadsError) {
    try store.rows.markInFile(issue.id)
    try store.rows.clearDirty(issue.id)
  }

  /// Notes that the file has lost an issue that it must have.
  func fileLacks(_ issue: Issue) throws(BeadsError) {
    try store.rows.setDirty(issue.id, base: nil, version: operationID, at: now)
  }

  /// Keeps a transaction that changed only what is remembered about the file.
  mutating func countBookkeeping() { isBookkeeping = true }
}

extension IssueRows {
  func markInFile(_ id: IssueID) throws(BeadsError) {
    try connection.execute("UPDATE issues SET in_file = 1 WHERE id = ?1 AND in_file = 0", id.rawValue)
  }

  func clearDirty(_ id: IssueID) throws(BeadsError) {
    try connection.execute("DELETE FROM dirty_issues WHERE issue_id = ?1", id.rawValue)
  }

  func setDirty(_ id: IssueID, base: Issue?, version: Int64, at now: Timestamp) throws(BeadsError) {
    try connection.execute(
      "INSERT OR REPLACE INTO dirty_issues (issue_id, marked_at, version, base) VALUES (?1, ?2, ?3, ?4)",
      id.rawValue, now.sortableText, version, base?.jsonLine)
  }
}

extension Issue {
  /// Turns the issue into the record of its deletion: text and labels stay, edges go (contract 1.11).
  package mutating func becomeTombstone(by actor: String, reason: String, at time: Timestamp) {
    originalType = type.rawValue
    status = .tombstone
    deletedAt = time
    deletedBy = actor
    deleteReason = reason
    updatedAt = time
    dependencies = []
  }
}
