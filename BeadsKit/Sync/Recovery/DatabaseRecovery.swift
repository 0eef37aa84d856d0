import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// Makes the database of a store anew from the issue file and from what can be read of the old database.
///
/// Nothing is deleted: the old database is set aside, under a name that says when and why, after the new one is
/// complete. A process that is killed on the way leaves the old one, or a new one that the next takes.
public struct DatabaseRecovery: Sendable {
  private let location: StoreLocation
  private let prefix: Prefix
  private let environment: Environment
  private let options: StoreOptions

  /// Describes a recovery; nothing is touched yet.
  /// - Parameter prefix: What new IDs start with, unless the old database says otherwise.
  public init(
    at location: StoreLocation, prefix: Prefix, environment: Environment,
    options: StoreOptions = StoreOptions()
  ) {
    self.location = location
    self.prefix = prefix
    self.environment = environment
    self.options = options
  }

  /// Puts a new database in the place of one that cannot be used.
  ///
  /// While no process writes or exports. Linear in the size of both stores; 10,000 issues take about 0.5 s.
  /// - Parameters:
  ///   - always: Whether a sound database is replaced, too.
  ///   - deep: Whether every page is checked first.
  ///   - isDryRun: Makes the new database, tells what is in it, and throws it away.
  /// - Returns: What was done; nil when the database is sound after all, because another process was first.
  /// - Throws: `unsupported` for another program's database or that of a newer version, which are left alone;
  ///   `corrupt` when neither store holds anything; `read_only`, `locked`, `io_error`.
  public func run(
    always: Bool = false, deep: Bool = false, isDryRun: Bool = false
  ) throws(BeadsError) -> RecoveryReport? {
    if !FileSystem.isWritable(location.directory) {
      throw BeadsError(.readOnly, "\(location.directory) has to be written to make the database, and may not")
    }
    return try location.whileNobodyWrites(options.command, environment.clock, timeout: options.lockTimeout) {
      () throws(BeadsError) in
      try NewDatabase(path: location.databasePath, environment: environment).removeDrafts()
      try finishEarlierRun()
      let found = try Store.examineDatabase(at: location, deep: deep)
      guard found.isRecoverable || found == .sound else { throw refusal(found) }
      guard found != .sound || always else { return nil }
      return try replace(found, isDryRun: isDryRun)
    }
  }

  /// The error for a database that is left alone.
  private func refusal(_ found: DatabaseCondition) -> BeadsError {
    BeadsError(
      .unsupported, "\(location.databasePath) \(found.reason ?? "cannot be used"); it is left as it is",
      hint: found == .foreign ? "name another file in .beads/metadata.json (\"database\")" : "upgrade bd")
  }

  /// A new database that is complete.
  private var finished: DatabaseFiles { DatabaseFiles(location.databasePath + ".rebuilt") }

  /// A process was killed after the new database was complete: before the old one was moved it is worth nothing,
  /// afterwards it is the database.
  private func finishEarlierRun() throws(BeadsError) {
    guard FileSystem.exists(finished.path) else { return }
    if try FileSystem.status(location.databasePath, followLinks: false) != nil { return finished.remove() }
    try takePlace()
  }

  private func takePlace() throws(BeadsError) {
    let files = DatabaseFiles(location.databasePath)
    _ = try files.setCompanionsAside("left", environment.clock)
    try FileSystem.rename(finished.path, to: files.path)
    try FileSystem.synchronizeDirectory(location.directory)
    FailPoint.reach("recover.named")
  }

  private func replace(_ found: DatabaseCondition, isDryRun: Bool) throws(BeadsError) -> RecoveryReport {
    var report = RecoveryReport(found: found)
    let draft = DatabaseFiles(location.databasePath + ".new-\(environment.entropy())")
    do throws(BeadsError) {
      try NewDatabase(path: draft.path, environment: environment).build(prefix: prefix)
      try fill(draft, found, &report, isDryRun: isDryRun)
      if isDryRun {
        draft.remove()
        return report
      }
      try FileSystem.rename(draft.path, to: finished.path)
    } catch {
      draft.remove()
      throw error
    }
    FailPoint.reach("recover.built")
    if found != .missing {
      report.keptAs = try DatabaseFiles(location.databasePath).setAside(found.label, environment.clock)
    }
    try takePlace()
    return report
  }

  // MARK: Filling the new database

  private func fill(
    _ draft: DatabaseFiles, _ found: DatabaseCondition, _ report: inout RecoveryReport, isDryRun: Bool
  ) throws(BeadsError) {
    let connection = try Connection(draft.path, .readWrite)
    try connection.executeScript(
      "PRAGMA synchronous = OFF; PRAGMA cache_size = -100000; PRAGMA temp_store = MEMORY")
    let place = StoreLocation(
      directory: location.directory, databasePath: draft.path, jsonlPath: location.jsonlPath)
    let store = try Store(
      location: place, opened: Store.Opened(connection: connection, medium: isDryRun ? .snapshot : .draft),
      access: .readWrite, actor: "recovery", environment: environment, options: options)
    defer { store.closeConnection() }
    var trust = FileImporter.Trust()
    switch found {
    case .sound, .classic, .damaged:
      let isSound = found == .sound || found == .classic
      let source = try SalvageSource.open(location.databasePath, isSound: isSound, environment: environment)
      if let source {
        trust = try store.salvage(
          source.connection, isClassic: found == .classic, isDamaged: !isSound, &report)
      } else {
        report.losses.append("nothing of the old database could be read")
      }
    case .missing, .empty, .notAFile, .foreign, .newer: break
    }
    let before = Set(try store.allIDs())
    report.imported = try store.importChanges(trust)
    try store.settle(before, &report)
    if report.issueCount == 0, report.imported == nil, found != .sound, found != .classic, found != .empty {
      throw BeadsError(
        .corrupt,
        "\(location.databasePath) \(found.reason ?? "cannot be read"), nothing can be read from it, and there is no \(location.jsonlPath)",
        hint: "bring back one of them from git or a backup; nothing was changed")
    }
    if try connection.journalMode == "wal" { try connection.checkpoint(.truncate) }
    store.closeConnection()
    for ending in DatabaseFiles.companions { try FileSystem.remove(draft.path + ending) }
    try File(draft.path, .read).synchronize()
  }
}

extension Store {
  fileprivate func allIDs() throws(BeadsError) -> [IssueID] {
    try connection.all("SELECT id FROM issues") { IssueID(unchecked: $0.text(0)) }
  }

  /// Copies what can be read of another database into this one, which is empty.
  fileprivate func salvage(
    _ source: Connection, isClassic: Bool, isDamaged: Bool, _ report: inout RecoveryReport
  ) throws(BeadsError) -> FileImporter.Trust {
    var trust = FileImporter.Trust()
    trust.hasBases = !isClassic
    try connection.begin(.immediate)
    for name in SalvageTable.all {
      if try SalvageTable(name: name, source: source, target: connection).copy() { continue }
      report.losses.append("not all of the table \(name) could be read")
      if name == "dirty_issues" { trust.hasBases = false }
      if ["labels", "dependencies", "comments"].contains(name) { trust.hasLists = false }
    }
    try dropUnusable(&report)
    if isDamaged { try dropDoubtful() }
    try takeImages(&report)
    try alignLog()
    try connection.commit(.immediate)
    try reloadRules()
    return trust
  }

  /// Removes rows that were read but hold no issue, so that they fail no command.
  private func dropUnusable(_ report: inout RecoveryReport) throws(BeadsError) {
    var unusable: [(seq: Int64, text: String)] = []
    try connection.query("SELECT \(IssueRow.columns()), seq FROM issues") { row throws(BeadsError) in
      do throws(BeadsError) {
        let issue = try IssueRow.read(row)
        let line = Array(issue.jsonLine.utf8)
        let isWhole = line.withUnsafeBufferPointer { (try? IssueDecoder().decode($0)) != nil }
        if isWhole, IssueID(rawValue: issue.id.rawValue) != nil { return }
      } catch {}
      unusable.append((row.int64(Int32(IssueRow.count)), row.text(0)))
    }
    for row in unusable {
      try connection.execute("DELETE FROM issues WHERE seq = ?1", row.seq)
      report.losses.append("the row of \(quoted(row.text)) in the old database is unreadable")
    }
    for table in ["labels", "dependencies", "comments"] {
      try connection.execute("DELETE FROM \(table) WHERE issue_id NOT IN (SELECT id FROM issues)")
    }
    for table in ["dependencies", "comments"] {
      try connection.execute("DELETE FROM \(table) WHERE created_at NOT GLOB '[0-9][0-9][0-9][0-9]-*T*Z'")
    }
    try connection.execute("DELETE FROM operations WHERE created_at NOT GLOB '[0-9][0-9][0-9][0-9]-*T*Z'")
  }

  /// Removes rows that are partly overwritten: what else is known of the issue is right, the row is not.
  private func dropDoubtful() throws(BeadsError) {
    // The name of another project is all that decides whose issue it is.
    try connection.execute(
      "UPDATE issues SET source_repo = '.' WHERE source_repo = '' OR instr(CAST(source_repo AS BLOB), x'00') > 0"
    )
    var doubtful: [String] = []
    try connection.query("SELECT \(IssueRow.columns()), content_hash FROM issues") { row throws(BeadsError) in
      let issue = try IssueRow.read(row)
      if issue.contentHash != row.text(Int32(IssueRow.count)) { doubtful.append(issue.id.rawValue) }
    }
    for id in doubtful {
      try connection.execute(
        """
        DELETE FROM issues WHERE id = ?1 AND (in_file = 1 OR EXISTS
          (SELECT 1 FROM operation_changes WHERE subject = ?1 AND after IS NOT NULL))
        """, id)
    }
  }

  /// Issues whose row was lost are taken from the last image that the operation log has of them.
  private func takeImages(_ report: inout RecoveryReport) throws(BeadsError) {
    let images = try connection.all(
      """
      SELECT subject, after, max(operation_id) FROM operation_changes
      WHERE after IS NOT NULL AND subject NOT LIKE 'config %' AND subject NOT IN (SELECT id FROM issues)
      GROUP BY subject
      """
    ) { (id: $0.text(0), line: $0.text(1)) }
    for image in images {
      guard let issue = try? IssueDecoder().decodeIssue(image.line), issue.id.rawValue == image.id else {
        continue
      }
      try rows.insert(issue, isInFile: false)
      try rows.replaceLists(of: issue, replacing: nil)
      report.losses.removeAll { $0.contains(quoted(image.id)) }
    }
  }

  /// Lets operations and the marks of changes count on from the last operation that was read.
  private func alignLog() throws(BeadsError) {
    try connection.execute(
      "DELETE FROM operation_changes WHERE operation_id NOT IN (SELECT id FROM operations)")
    try connection.execute(
      "UPDATE dirty_issues SET version = min(version, (SELECT coalesce(max(id), 0) FROM operations))")
  }

  /// Marks what the file lacks, works out what is blocked, and counts.
  fileprivate func settle(_ before: Set<IssueID>, _ report: inout RecoveryReport) throws(BeadsError) {
    try connection.begin(.immediate)
    try connection.execute(
      """
      INSERT OR IGNORE INTO dirty_issues (issue_id, marked_at, version)
      SELECT i.id, ?1, coalesce((SELECT max(id) FROM operations), 0) FROM issues i
      WHERE NOT i.in_file AND \(exportedCondition)
      """, now.sortableText)
    var touched = BlockedSet.Touched()
    touched.isEverything = true
    try BlockedSet(connection: connection).refresh(touched)
    try connection.commit(.immediate)
    report.issueCount = Int(try connection.int64("SELECT COUNT(*) FROM issues") ?? 0)
    report.operationCount = Int(try connection.int64("SELECT COUNT(*) FROM operations") ?? 0)
    report.eventCount = Int(try connection.int64("SELECT COUNT(*) FROM events") ?? 0)
    let unwritten = try connection.all(
      "SELECT d.issue_id, d.base IS NOT NULL FROM dirty_issues d ORDER BY d.issue_id"
    ) { (id: IssueID(unchecked: $0.text(0)), hasBase: $0.bool(1)) }
    report.unwritten = unwritten.filter(\.hasBase).map(\.id)
    let outside = try connection.all("SELECT id FROM issues WHERE NOT in_file ORDER BY id") {
      IssueID(unchecked: $0.text(0))
    }
    let lost = Set(unwritten.filter { !$0.hasBase }.map(\.id))
    report.onlyInDatabase = Set(outside).union(lost).intersection(before).sorted()
  }
}
