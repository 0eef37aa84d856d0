import BeadsFormats
import BeadsModel
public import BeadsSystem

/// An issue whose line in the file is out of date.
private struct Dirty {
  let id: IssueID
  let version: Int64
  /// The new line with its newline; nil when the issue is gone for good or has never been in the file and stays out.
  let line: [UInt8]?
  /// Whether the file has, or will have, the issue.
  let isInFile: Bool
}

extension Store {
  /// Brings `issues.jsonl` up to date with what was committed.
  ///
  /// Merges first when somebody else changed the file: the export never overwrites what it has not seen. Writes a
  /// temporary file and renames it; only changed lines are encoded, the rest is copied inside the kernel. One
  /// process writes for all who committed meanwhile. Does nothing when nothing changed; a file larger than
  /// `deferExportAbove` is written only when forced.
  /// - Returns: Whether the file was written.
  @discardableResult
  public func flush(force: Bool = false) throws(BeadsError) -> Bool {
    guard options.exportsFile, access == .readWrite, force || hasUnwrittenChanges else { return false }
    let lock = FileLock(path: location.exportLockPath, command: options.command, clock: environment.clock)
    return try lock.withLock(timeout: options.lockTimeout) { () throws(BeadsError) in
      for _ in 0..<8 {
        do throws(BeadsError) { return try writeFile(force: force) } catch {
          guard error == Self.changedMeanwhile else { throw error }
        }
      }
      throw BeadsError(
        .locked, "\(location.jsonlPath) keeps changing while it is written", hint: "try again in a moment")
    }
  }

  private static let changedMeanwhile = BeadsError(.conflict, "the file changed while it was written")

  /// One attempt of `flush`, under the export lock.
  private func writeFile(force: Bool) throws(BeadsError) -> Bool {
    try importChanges()
    hasUnwrittenChanges = false
    let state = try FileState.load(connection)
    if let state, !force, state.stamp.size > options.deferExportAbove { return false }
    let dirty = try read { () throws(BeadsError) in try dirtyIssues() }
    let current = try FileSystem.stamp(location.jsonlPath)
    guard !dirty.isEmpty || current == nil || state?.isCanonical == false else { return false }
    let stamp: FileStamp
    // A splice seeks once for each line; for much of the file, writing it anew is quicker.
    if let state, state.isCanonical, state.stamp == current, dirty.count < 500 {
      stamp = try splice(dirty, over: current)
    } else {
      stamp = try writeWholeFile(over: current)
    }
    try recordWritten(dirty, FileState(stamp: stamp, isCanonical: true))
    return true
  }

  private func dirtyIssues() throws(BeadsError) -> [Dirty] {
    let marks = try connection.all(
      """
      SELECT d.issue_id, d.version, coalesce(i.in_file, 0) FROM dirty_issues d
      LEFT JOIN issues i ON i.id = d.issue_id ORDER BY d.issue_id
      """
    ) { (IssueID(unchecked: $0.text(0)), $0.int64(1), $0.bool(2)) }
    let issues = try self.issues(marks.map(\.0))
    let byID = Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0) })
    var writer = JSONWriter()
    return marks.map { id, version, wasInFile in
      guard let issue = byID[id], wasInFile || isExported(issue) else {
        return Dirty(id: id, version: version, line: nil, isInFile: false)
      }
      writer.removeAll()
      writer.issue(issue, edges: .raw)
      writer.newline()
      return Dirty(id: id, version: version, line: writer.bytes, isInFile: true)
    }
  }

  /// Whether an issue belongs into the file: wisps and infrastructure stay in this clone.
  func isExported(_ issue: Issue) -> Bool {
    !issue.isEphemeral && !issue.hasNoHistory && !rules.vocabulary.isInfrastructure(issue.type)
  }

  private func splice(_ dirty: [Dirty], over seen: FileStamp?) throws(BeadsError) -> FileStamp {
    let lines = try SortedLines(location.jsonlPath)
    var edits: [(range: Range<Int64>, line: [UInt8])] = []
    for issue in dirty {
      let range = try lines.range(of: issue.id)
      if range.isEmpty, issue.line == nil { continue }
      edits.append((range, issue.line ?? []))
    }
    return try FileSystem.replace(location.jsonlPath) { target throws(BeadsError) in
      var position: Int64 = 0
      for edit in edits {
        try lines.file.copyRange(offset: position, length: edit.range.lowerBound - position, to: target)
        try target.write(edit.line)
        position = edit.range.upperBound
      }
      try lines.file.copyRange(offset: position, length: lines.size - position, to: target)
      try requireUnchanged(seen)
    }.stamp
  }

  private func writeWholeFile(over seen: FileStamp?) throws(BeadsError) -> FileStamp {
    try FileSystem.replace(location.jsonlPath) { target throws(BeadsError) in
      try writeLines(of: "i.in_file OR NOT (i.ephemeral OR i.no_history OR i.issue_type IN (\(infrastructureList)))") {
        bytes throws(BeadsError) in try target.write(bytes)
      }
      try requireUnchanged(seen)
    }.stamp
  }

  /// The last look before the rename: another program may have replaced the file since we read it.
  private func requireUnchanged(_ seen: FileStamp?) throws(BeadsError) {
    if try FileSystem.stamp(location.jsonlPath) != seen { throw Self.changedMeanwhile }
  }

  /// The types that stay out of the file, as an SQL list.
  private var infrastructureList: String {
    rules.vocabulary.infrastructureTypes
      .map { "'" + $0.rawValue.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
      .joined(separator: ",")
  }

  /// Writes the canonical lines of the issues that an SQL condition over `issues i` selects, in ID order.
  ///
  /// Streams a thousand issues at a time.
  func writeLines(
    of condition: String, to write: ([UInt8]) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    try read { () throws(BeadsError) in
      var writer = JSONWriter()
      var last = ""
      while true {
        let batch = try issues(where: "i.id > ?1 AND (\(condition))", limit: 1000, [last])
        guard let end = batch.last else { return }
        for issue in batch {
          writer.issue(issue, edges: .raw)
          writer.newline()
        }
        try write(writer.bytes)
        writer.removeAll()
        last = end.id.rawValue
      }
    }
  }

  /// Forgets the marks of what was written. Not synced to disk: losing it only means comparing with the file again.
  private func recordWritten(_ dirty: [Dirty], _ state: FileState) throws(BeadsError) {
    let newest = dirty.map(\.version).max() ?? 0
    try queued { () throws(BeadsError) in
      try connection.setPragma("synchronous", "NORMAL")
      defer { _ = try? connection.setPragma("synchronous", "FULL") }
      try connection.transaction { () throws(BeadsError) in
        // Marks made since have a higher version: what the file has now is the base of those changes.
        let changed = Set(
          try connection.all("SELECT issue_id FROM dirty_issues WHERE version > ?1", newest) { $0.text(0) })
        for issue in dirty where changed.contains(issue.id.rawValue) {
          guard let line = issue.line else { continue }
          try connection.execute(
            "UPDATE dirty_issues SET base = ?2 WHERE issue_id = ?1", issue.id.rawValue,
            String(decoding: line.dropLast(), as: UTF8.self))
        }
        let written = Self.jsonList(dirty.filter(\.isInFile).map(\.id))
        try connection.execute(
          "UPDATE issues SET in_file = 1 WHERE in_file = 0 AND id IN (SELECT value FROM json_each(?1))", written)
        try connection.execute("DELETE FROM dirty_issues WHERE version <= ?1", newest)
        try state.save(connection)
      }
    }
  }
}
