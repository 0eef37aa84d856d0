package import BeadsModel
public import BeadsSystem

extension Store {
  /// Takes over what other programs wrote into `issues.jsonl` since we last looked.
  ///
  /// As long as the file's stamp is the recorded one this costs one `stat`. Otherwise each line is compared with
  /// ours and what differs is merged field by field against what the file had before. Nothing disappears: an issue
  /// that the file has lost is written back by the next export. A line that cannot be read stops nothing: it is kept
  /// in `.beads/quarantine` and reported. Safe to call before every command.
  /// - Returns: What changed, or nil when the file is as we left it.
  /// - Throws: `corrupt` when nothing in the file can be read and the database is empty; `io_error`, `read_only`
  ///   when the file cannot be read or a bad line cannot be kept. Then nothing is imported, and nothing is exported
  ///   over the file.
  @discardableResult
  public func importChanges() throws(BeadsError) -> ImportReport? {
    try importChanges(FileImporter.Trust())
  }

  /// As `importChanges`, into a store that was recovered and may lack something.
  func importChanges(_ trust: FileImporter.Trust) throws(BeadsError) -> ImportReport? {
    guard try fileDiffers() else { return nil }
    var separations: [IDCollision] = []
    while true {
      let (report, collisions) = try importFile(trust, separations)
      guard let report else {
        separations += collisions
        continue
      }
      for one in separations where one.isOursLater { movedIDs[one.id] = one.separated.newID }
      return report
    }
  }

  /// One attempt to take the file over; without a report when IDs turned out to be those of two issues.
  private func importFile(
    _ trust: FileImporter.Trust, _ separations: [IDCollision]
  ) throws(BeadsError) -> (ImportReport?, [IDCollision]) {
    var report = ImportReport()
    var collisions: [IDCollision] = []
    do throws(BeadsError) {
      try takeOver { transaction throws(BeadsError) in
        guard let stamp = try FileSystem.stamp(location.jsonlPath), try fileDiffers(),
          let content = try FileSystem.readIfPresent(location.jsonlPath)
        else { return }
        var importer = FileImporter(
          store: self, now: transaction.now, trust: trust, separations: separations)
        try importer.run(content, &transaction)
        collisions = separations.count < 64 ? importer.collisions : []
        if !collisions.isEmpty { throw BeadsError(.conflict, "two issues have one ID") }
        FailPoint.reach("import.merged")
        report = importer.report
        // The stamp from before reading: had the file changed since, the next look would see it.
        try FileState(stamp: stamp, isCanonical: importer.isCanonical).save(connection)
        transaction.countBookkeeping()
        transaction.summary = "\(report.created.count) created, \(report.updated.count) updated"
      }
    } catch {
      if collisions.isEmpty { throw error }
      return (nil, collisions)
    }
    return (report, [])
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
  func fileDiffers() throws(BeadsError) -> Bool {
    guard let stamp = try FileSystem.stamp(location.jsonlPath) else { return false }
    return try FileState.load(connection)?.stamp != stamp
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

  /// Notes that the file has lost an issue that it must have, or that its line is torn.
  ///
  /// Until then it had what we have, or the base of our change; so should the line come back, that is what both
  /// agreed on. Git writes files in place: half of one is no reason to forget it.
  func fileLacks(_ issue: Issue) throws(BeadsError) {
    try store.rows.markDirty(issue.id, base: issue, version: operationID, at: now)
  }

  /// Keeps a transaction that changed only what is remembered about the file.
  mutating func countBookkeeping() { isBookkeeping = true }
}

extension IssueRows {
  func markInFile(_ id: IssueID) throws(BeadsError) {
    // An issue that our own file has is ours, wherever else it is.
    try connection.execute(
      "UPDATE issues SET in_file = 1, source_repo = '.' WHERE id = ?1 AND in_file = 0", id.rawValue)
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
