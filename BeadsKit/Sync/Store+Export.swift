import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// A line of the file that is out of date.
private struct LineChange {
  let id: IssueID
  /// The new line with its newline; empty when the file shall not have the issue.
  let line: [UInt8]
}

extension Store {
  /// Brings `issues.jsonl` up to date with what was committed.
  ///
  /// Merges first when somebody else changed the file: the export never overwrites what it has not seen. Writes a
  /// temporary file and renames it; only changed lines are encoded, the rest is copied inside the kernel. One
  /// process writes for all who committed meanwhile. Does nothing when nothing changed; a file larger than
  /// `deferExportAbove` is written at most once a minute unless forced. Forced, it also writes when the options say that
  /// changes are not exported by themselves.
  /// - Returns: Whether the file was written.
  @discardableResult
  public func flush(force: Bool = false) throws(BeadsError) -> Bool {
    if medium != .database { return try flushMemory(force: force) }
    guard access == .readWrite, force || (options.exportsFile && hasUnwrittenChanges) else { return false }
    let lock = exportLock
    // Whoever waits there now will export after our commit, and our lines with theirs.
    if !force, lock.hasWaiter { return false }
    return try lock.withLock(timeout: options.lockTimeout) { () throws(BeadsError) in
      try writeFileUntilSettled(force: force)
    }
  }

  var exportLock: FileLock {
    FileLock(path: location.exportLockPath, command: options.command, clock: environment.clock)
  }

  /// Runs the body while no other process of this tool writes the file; it may call `writeFileUntilSettled`, and not
  /// `flush`.
  func holdingFile<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    try exportLock.withLock(timeout: options.lockTimeout) { () throws(BeadsError) in
      holdsFile = true
      defer { holdsFile = false }
      return try body()
    }
  }

  /// Writes the file, under the export lock, again when another program changes it meanwhile.
  @discardableResult
  func writeFileUntilSettled(force: Bool) throws(BeadsError) -> Bool {
    for _ in 0..<8 {
      do throws(BeadsError) { return try writeFile(force: force) } catch {
        guard error == FileSystem.Expectation.failure else { throw error }
      }
    }
    throw BeadsError(
      .locked, "\(location.jsonlPath) keeps changing while it is written", hint: "try again in a moment")
  }

  /// One attempt of `flush`, under the export lock.
  private func writeFile(force: Bool) throws(BeadsError) -> Bool {
    FailPoint.reach("export.locked")
    try followDatabase()
    try importChanges()
    hasUnwrittenChanges = false
    let state = try FileState.load(connection)
    if let state, !force, medium == .database, isTooSoon(after: state.stamp) { return false }
    let current = try FileSystem.stamp(location.jsonlPath)
    let (count, newest) =
      try connection.first("SELECT COUNT(*), coalesce(max(version), 0) FROM dirty_issues") {
        ($0.int(0), $0.int64(1))
      } ?? (0, 0)
    // What came after the look of `importChanges` has to be taken over first.
    if let current, current != state?.stamp { throw FileSystem.Expectation.failure }
    guard count > 0 || current == nil || state?.isCanonical == false else { return false }
    FailPoint.reach("export.before")
    let stamp: FileStamp
    // A splice seeks once for each line; for much of the file, writing it anew is quicker.
    if let current, state?.isCanonical == true, count < 500 {
      stamp = try splice(try lineChanges(upTo: newest), over: current)
    } else {
      stamp = try writeWholeFile(over: current)
    }
    FailPoint.reach("export.renamed")
    try recordWritten(upTo: newest, FileState(stamp: stamp, isCanonical: true))
    FileSystem.removeAbandonedFiles(in: Path.directory(of: location.jsonlPath))
    return true
  }

  /// A large file is written at most once a minute, so that a change costs the same in a store of any size.
  private func isTooSoon(after written: FileStamp) -> Bool {
    let age = environment.clock().subtractingReportingOverflow(written.modified).partialValue
    return written.size > options.deferExportAbove && 0..<60_000_000_000 ~= age
  }

  private func lineChanges(upTo newest: Int64) throws(BeadsError) -> [LineChange] {
    try read { () throws(BeadsError) in
      let marks = try connection.all(
        """
        SELECT d.issue_id, coalesce(i.in_file, 0) FROM dirty_issues d
        LEFT JOIN issues i ON i.id = d.issue_id WHERE d.version <= ?1 ORDER BY d.issue_id
        """, newest
      ) { (id: IssueID(unchecked: $0.text(0)), isInFile: $0.bool(1)) }
      let issues = try self.issues(marks.map(\.id))
      let byID = Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0) })
      return marks.map { mark in
        guard let issue = byID[mark.id], mark.isInFile || isExported(issue) else {
          return LineChange(id: mark.id, line: [])
        }
        return LineChange(id: mark.id, line: Array((issue.jsonLine + "\n").utf8))
      }
    }
  }

  /// Whether an issue belongs into the file: wisps and infrastructure stay in this clone.
  func isExported(_ issue: Issue) -> Bool {
    !issue.isEphemeral && !issue.hasNoHistory && !rules.vocabulary.isInfrastructure(issue.type)
  }

  private func splice(_ changes: [LineChange], over seen: FileStamp) throws(BeadsError) -> FileStamp {
    let lines = try SortedLines(location.jsonlPath, expected: seen)
    var edits: [(range: Range<Int64>, line: [UInt8])] = []
    for change in changes {
      let range = try lines.range(of: change.id)
      if range.isEmpty, change.line.isEmpty { continue }
      edits.append((range, change.line))
    }
    return try FileSystem.replace(location.jsonlPath, durable: isFileTheStore, expected: .unchanged(seen)) {
      target throws(BeadsError) in
      var position: Int64 = 0
      for edit in edits {
        try lines.file.copyRange(offset: position, length: edit.range.lowerBound - position, to: target)
        try target.write(edit.line)
        position = edit.range.upperBound
      }
      try lines.file.copyRange(offset: position, length: lines.size - position, to: target)
    }.stamp
  }

  private func writeWholeFile(over seen: FileStamp?) throws(BeadsError) -> FileStamp {
    try FileSystem.replace(location.jsonlPath, durable: isFileTheStore, expected: .unchanged(seen)) {
      target throws(BeadsError) in try writeLines(to: target)
    }.stamp
  }

  /// Writes the lines of all issues that the file has or would have.
  func writeLines(to target: borrowing File) throws(BeadsError) {
    var writer = JSONWriter()
    try forEachIssue(where: "i.in_file OR \(exportedCondition)") { issue throws(BeadsError) in
      writer.issue(issue, edges: .raw)
      writer.newline()
      if writer.bytes.count > 1 << 20 {
        try target.write(writer.bytes)
        writer.removeAll()
      }
    }
    try target.write(writer.bytes)
  }

  /// Without a database the file is the durable copy.
  private var isFileTheStore: Bool { medium != .database }

  /// The same as `isExported`, as an SQL condition over `issues i`.
  var exportedCondition: String {
    "i.source_repo = '.' AND NOT (i.ephemeral OR i.no_history OR i.issue_type IN (\(infrastructureList)))"
  }

  /// Type names are words without quotes: `Vocabulary` refuses others.
  private var infrastructureList: String {
    rules.vocabulary.infrastructureTypes.map { "'\($0.rawValue)'" }.joined(separator: ",")
  }

  /// Calls the body with every issue that the file has or would have, in ID order, deleted ones included.
  ///
  /// Streams a thousand issues at a time from one snapshot.
  /// - Parameters:
  ///   - includingWisps: Whether wisps come too.
  ///   - infrastructure: Whether issues of the types that stay in this clone come too.
  public func exportIssues(
    includingWisps: Bool = false, infrastructure: Bool = false, _ body: (Issue) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    let wisps = includingWisps ? "1" : "NOT (i.ephemeral OR i.no_history)"
    let infra = infrastructure ? "1" : "i.issue_type NOT IN (\(infrastructureList))"
    try forEachIssue(where: "i.in_file OR (i.source_repo = '.' AND \(wisps) AND \(infra))", body)
  }

  /// How many issues the file has, deleted ones included.
  public func exportedCount() throws(BeadsError) -> Int {
    Int(try connection.int64("SELECT COUNT(*) FROM issues WHERE in_file = 1") ?? 0)
  }

  private func forEachIssue(
    where condition: String, _ body: (Issue) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    try read { () throws(BeadsError) in
      var last = ""
      while true {
        let batch = try issues(where: "i.id > ?1 AND (\(condition))", limit: 1000, [last])
        guard let end = batch.last else { return }
        for issue in batch { try body(issue) }
        last = end.id.rawValue
      }
    }
  }

  /// Forgets the marks of what was written.
  ///
  /// Not synced to disk: losing it only means comparing with the file again.
  private func recordWritten(upTo newest: Int64, _ state: FileState) throws(BeadsError) {
    try queued { () throws(BeadsError) in
      try connection.setPragma("synchronous", "NORMAL")
      defer { _ = try? connection.setPragma("synchronous", "FULL") }
      try connection.transaction { () throws(BeadsError) in
        // Issues changed again since have a higher version: what the file has now is the base of those changes.
        let changed = try connection.all("SELECT issue_id FROM dirty_issues WHERE version > ?1", newest) {
          $0.text(0)
        }
        if !changed.isEmpty {
          try recordBases(of: changed.map(IssueID.init(unchecked:)), state)
        }
        try connection.execute(
          """
          UPDATE issues AS i SET in_file = 1 WHERE in_file = 0 AND \(exportedCondition)
            AND id IN (SELECT issue_id FROM dirty_issues WHERE version <= ?1)
          """, newest)
        try connection.execute("DELETE FROM dirty_issues WHERE version <= ?1", newest)
        try state.save(connection)
      }
    }
  }
  private func recordBases(of changed: [IssueID], _ written: FileState) throws(BeadsError) {
    // Another program may have replaced the file already; what it has now was not seen, so it is no base.
    guard try FileSystem.stamp(location.jsonlPath) == written.stamp else { return }
    let lines = try SortedLines(location.jsonlPath, expected: written.stamp)
    for id in changed {
      guard let line = try lines.line(of: id) else { continue }
      try rows.markInFile(id)
      try connection.execute("UPDATE dirty_issues SET base = ?2 WHERE issue_id = ?1", id.rawValue, line)
    }
  }
}
