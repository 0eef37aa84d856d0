import BeadsModel
public import BeadsSystem

/// What `Store.fsck` is doing, for a progress display.
public enum FsckPhase: Sendable, Equatable {
  /// Git's history of the file is read; so far it had this much.
  case history(HistoryProgress)
  /// SQLite reads every page.
  case pages
  /// The schema, and the rows that belong to others.
  case tables
  /// The lines of the file.
  case file
  /// Every issue against its line and the operation log.
  case issues
}

extension Store {
  /// Proves that database, file and operation log agree with each other, and that git knows no issue they do not.
  ///
  /// Reads one snapshot of the database and the file that belongs to it, and changes nothing. Each issue must be
  /// what the last operation on it left, and byte for byte what the file has, unless it is marked as not written
  /// yet; then the file must have the state remembered with the mark. Linear: about 40 us an issue.
  /// - Parameters:
  ///   - workspace: Where to look for git's history; nil leaves it out.
  ///   - progress: Called when a phase begins, and for each version of the file that git has.
  /// - Throws: `io` when the file or the repository cannot be read; damage is not an error but a finding.
  public func fsck(
    history workspace: Workspace? = nil, progress: (FsckPhase) -> Void = { _ in }
  ) throws(BeadsError) -> FsckReport {
    // Before the snapshot, which then has everything that was committed until now.
    let history = try workspace?.issueIDsInHistory { progress(.history($0)) }
    let examined = try examineSettled(progress)
    var report = examined.report
    guard let workspace, let history else { return report }
    report.proved.history = history.count
    for (id, commit) in history.sorted(by: { $0.key < $1.key }) where !examined.known.contains(id) {
      if let last = try workspace.issue(id, at: commit) {
        // Such a record may be forgotten when it is old.
        if last.isTombstone { continue }
        if try workspace.laterIDs(of: last, at: commit).contains(where: examined.known.contains) { continue }
      }
      report.add(.historyLost, id, "\(id) was in commit \(commit.prefix(7)) and is not known any more")
    }
    return report
  }

  /// What does not agree, and the issues of the file.
  func fsckWithLines() throws(BeadsError) -> (FsckReport, [IssueID: Issue]) {
    let examined = connection.isInTransaction ? try examineNow() : try examineSettled()
    return (examined.report, examined.file.issues)
  }

  private struct Examined {
    let report: FsckReport
    let known: Set<IssueID>
    let file: FsckFile
  }

  private func examineNow() throws(BeadsError) -> Examined {
    examine(try FsckFile(location.jsonlPath, recorded: try? FileState.load(connection)))
  }

  /// Examines a snapshot together with the file that belongs to it.
  private func examineSettled(
    _ progress: (FsckPhase) -> Void = { _ in }
  ) throws(BeadsError) -> Examined {
    var attempt = 0
    while true {
      attempt += 1
      let isLast = attempt == 100
      try connection.begin(.deferred)
      // Nothing is written, and a damaged database cannot even be committed.
      defer { connection.rollBack() }
      let file = try FsckFile(location.jsonlPath, recorded: try? FileState.load(connection))
      // Somebody may be between writing the file and remembering it.
      let maySettle = !file.isAsRecorded && !isLast && (attempt == 1 || exportLock.holder() != nil)
      if !maySettle { return examine(file, progress) }
      if attempt > 1 { pause(nanoseconds: 20_000_000) }
    }
  }

  private func examine(_ file: FsckFile, _ progress: (FsckPhase) -> Void = { _ in }) -> Examined {
    var report = FsckReport()
    progress(.pages)
    let tables = FsckTables(connection: connection)
    tables.checkPages(&report)
    progress(.tables)
    tables.checkSchema(&report)
    tables.checkRows(&report)
    progress(.file)
    let lines = file.lines(&report)
    progress(.issues)
    var issues = FsckIssues(store: self, file: file, lines: lines)
    issues.run(&report)
    file.check(lines, against: issues, &report)
    return Examined(report: report, known: issues.seen, file: file)
  }
}

extension Workspace {
  /// The IDs that an issue has by now if an earlier one had its ID, or that of one of its ancestors.
  fileprivate func laterIDs(of issue: Issue, at commit: String) throws(BeadsError) -> [IssueID] {
    var ids = [SeparatedIssue(issue).newID]
    var (id, numbers) = (issue.id, "")
    while let (parent, number) = id.parentAndNumber {
      numbers = ".\(number)\(numbers)"
      id = parent
      guard let ancestor = try self.issue(id, at: commit) else { continue }
      ids.append(IssueID(unchecked: "\(SeparatedIssue(ancestor).newID)\(numbers)"))
    }
    return ids
  }

  /// What the file of a commit has of an issue.
  fileprivate func issue(_ id: IssueID, at commit: String) throws(BeadsError) -> Issue? {
    guard let repository else { return nil }
    let decoder = IssueDecoder()
    var last: Issue?
    for path in historyPaths {
      guard let content = try GitRepository(repository).content(of: path, at: commit) else { continue }
      content.withUnsafeBufferPointer { bytes in
        FileLines.forEach(bytes) { _, line in
          guard IssueLine.id(line, decoder) == id, case .issue(let issue)? = try? decoder.decode(line) else {
            return
          }
          last = issue
        }
      }
    }
    return last
  }
}
