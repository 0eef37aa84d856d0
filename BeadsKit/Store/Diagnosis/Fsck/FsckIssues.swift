import BeadsFormats
import BeadsModel
import BeadsSystem

/// The part of `fsck` that takes each issue and compares it with its line, its mark and its log.
struct FsckIssues {
  let store: Store
  let file: FsckFile
  let lines: FsckLines
  /// Deletions that were forgotten; the file may still have them until it is written.
  private(set) var forgotten: Set<IssueID> = []
  /// Every ID in the database.
  private(set) var seen: Set<IssueID> = []
  /// How many issues the file must have.
  private(set) var writtenCount = 0
  /// How many issues differ from a file that was not imported yet.
  private(set) var differing = 0
  /// Why the file is not canonical, if it is not.
  private(set) var formProblem: String?
  private var marks: [IssueID: String?] = [:]
  private var writer = JSONWriter()
  private let decoder = IssueDecoder()

  /// What a row says beside the issue.
  private struct Facts {
    let isInFile: Bool
    let hash: String
    let hasDueDate: Bool
    /// Whether it is shown here and belongs to another project's file.
    let isElsewhere: Bool
  }

  private static let batch = """
    SELECT \(IssueRow.columns(of: "i")), i.in_file, i.content_hash, i.due_date IS i.due_at,
      i.source_repo <> '.'
    FROM issues i WHERE i.id > ?1 ORDER BY i.id LIMIT 1000
    """

  init(store: Store, file: FsckFile, lines: FsckLines) {
    self.store = store
    self.file = file
    self.lines = lines
  }

  mutating func run(_ report: inout FsckReport) {
    do throws(BeadsError) {
      try loadMarks(&report)
      var log = FsckLog(store: store)
      var last = ""
      while let batch = try nextBatch(after: last, &report) {
        try log.load(after: last, through: batch.end, &report)
        for (issue, facts) in zip(batch.issues, batch.facts) { check(issue, facts, &log, &report) }
        last = batch.end
      }
      try log.load(after: last, through: nil, &report)
      try log.checkSettings(&report)
      log.checkLost(known: seen, now: store.now, &report)
      forgotten = log.forgotten
      report.proved.changes = log.changeCount
    } catch { report.add(.rowUnreadable, "database", error.message) }
    report.proved.issues = seen.count
    for id in marks.keys.filter({ !seen.contains($0) && !forgotten.contains($0) }).sorted() {
      report.add(.dirtyMark, id, "\(id) is marked as not written yet and does not exist")
    }
  }

  // MARK: Reading

  private mutating func loadMarks(_ report: inout FsckReport) throws(BeadsError) {
    let newest = try store.connection.int64("SELECT seq FROM sqlite_sequence WHERE name = 'operations'") ?? 0
    try store.connection.query("SELECT issue_id, base, version FROM dirty_issues") { row throws(BeadsError) in
      let id = IssueID(unchecked: row.text(0))
      marks[id] = .some(row.optionalText(1))
      if row.int64(2) > newest {
        report.add(.dirtyMark, id, "the mark of \(id) names operation \(row.int64(2)), which never was")
      }
    }
  }

  private mutating func nextBatch(
    after last: String, _ report: inout FsckReport
  ) throws(BeadsError) -> (issues: [Issue], facts: [Facts], end: String)? {
    var issues: [Issue] = []
    var facts: [Facts] = []
    var end: String?
    let first = Int32(IssueRow.count)
    try store.connection.query(Self.batch, last) { row throws(BeadsError) in
      let id = IssueID(unchecked: row.text(0))
      end = id.rawValue
      seen.insert(id)
      do throws(BeadsError) { issues.append(try IssueRow.read(row)) } catch {
        return report.add(.rowUnreadable, id, error.message)
      }
      facts.append(
        Facts(
          isInFile: row.bool(first), hash: row.text(first + 1), hasDueDate: row.bool(first + 2),
          isElsewhere: row.bool(first + 3)))
    }
    guard let end else { return nil }
    do throws(BeadsError) { try store.fillLists(of: &issues) } catch {
      fillOneByOne(&issues, &facts, &report)
    }
    return (issues, facts, end)
  }

  /// A list that cannot be read hides one issue, not a thousand.
  private func fillOneByOne(_ issues: inout [Issue], _ facts: inout [Facts], _ report: inout FsckReport) {
    var readable: [(Issue, Facts)] = []
    for (issue, fact) in zip(issues, facts) {
      do throws(BeadsError) {
        if let whole = try store.issue(issue.id) { readable.append((whole, fact)) }
      } catch { report.add(.rowUnreadable, issue.id, error.message) }
    }
    issues = readable.map(\.0)
    facts = readable.map(\.1)
  }

  // MARK: Comparing

  private mutating func check(
    _ issue: Issue, _ facts: Facts, _ log: inout FsckLog, _ report: inout FsckReport
  ) {
    writer.removeAll()
    writer.issue(issue, edges: .raw)
    checkFields(issue, facts, &report)
    log.check(issue, line: writer.bytes, &report)
    if facts.isInFile { writtenCount += 1 }
    guard let problem = fileProblem(issue, facts) else { return }
    differing += 1
    if file.isAsRecorded { report.add(problem.kind, issue.id, problem.message) }
  }

  private func checkFields(_ issue: Issue, _ facts: Facts, _ report: inout FsckReport) {
    let id = issue.id
    if issue.isTombstone, issue.deletedAt == nil {
      report.add(.rowInvalid, id, "\(id) is deleted and does not say when")
    }
    if !issue.isTombstone, (issue.status == .closed) != (issue.closedAt != nil) {
      let problem =
        issue.closedAt == nil ? "closed and does not say when" : "not closed and has a time of closing"
      report.add(.rowInvalid, id, "\(id) is \(problem)")
    }
    if facts.hash != issue.contentHash {
      report.add(.rowDerived, id, "the content hash of \(id) is not that of its content")
    }
    if !facts.hasDueDate { report.add(.rowDerived, id, "due_date of \(id) is not its due_at") }
  }

  private mutating func fileProblem(_ issue: Issue, _ facts: Facts) -> Problem? {
    let id = issue.id
    let mark = marks[id]
    guard let range = lines.range(of: id) else {
      if let mark {
        // What the file has lost comes back with the next export.
        return mark == nil || facts.isInFile
          ? nil : (.fileLacks, "\(id) is marked as changed since it was written, and the file never had it")
      }
      let isOurs = facts.isInFile || (!facts.isElsewhere && store.isExported(issue))
      return isOurs ? (.fileLacks, "\(id) is not in the file") : nil
    }
    // Which of several lines counts is for the merge to say.
    if lines.duplicates.contains(id) { return nil }
    if case .some(.none) = mark {
      return (.dirtyMark, "\(id) is marked as never written, and the file has it")
    }
    if mark == nil, !facts.isInFile {
      return (.fileFlag, "\(id) is in the file, and the database does not know it")
    }
    if let base = mark?.flatMap({ $0 }) { return compare(range, withBase: base, of: id) }
    return compare(range, with: writer.bytes, of: id, orElse: "another state of \(id) than the database")
  }

  private typealias Problem = (kind: FsckFinding.Kind, message: String)

  private mutating func compare(_ range: Range<Int>, withBase base: String, of id: IssueID) -> Problem? {
    guard (try? decoder.decodeIssue(base))?.id == id else {
      return (.dirtyMark, "what was written of \(id) before it changed cannot be read")
    }
    return compare(range, with: Array(base.utf8), of: id, orElse: "another state of \(id) than was written")
  }

  private mutating func compare(
    _ range: Range<Int>, with expected: [UInt8], of id: IssueID, orElse difference: String
  ) -> Problem? {
    file.bytes.withUnsafeBufferPointer { bytes in
      let line = UnsafeBufferPointer(rebasing: bytes[range])
      if line.elementsEqual(expected) { return nil }
      do throws(JSONError) {
        guard case .issue(var theirs) = try decoder.decode(line) else { return nil }
        if formProblem == nil, !theirs.jsonLine.utf8.elementsEqual(line) {
          formProblem = "the line of \(id) is not written as this program does"
        }
        theirs.repair(now: store.now)
        let ours = try decoder.decodeIssue(String(decoding: expected, as: UTF8.self))
        return theirs.comparableLine == ours.comparableLine
          ? nil : (.fileDiffers, "the file has \(difference)")
      } catch { return (.fileUnreadable, "the line of \(id) cannot be read: \(error.reason)") }
    }
  }
}

extension Issue {
  /// A line that is equal for equal states: without the numbers of comments, which are local, and with lists in an
  /// order of their own, because the database keeps its own.
  var comparableLine: String {
    var copy = self
    copy.dependencies.sort {
      ($0.dependsOnID, $0.type.rawValue, $0.createdAt) < ($1.dependsOnID, $1.type.rawValue, $1.createdAt)
    }
    for index in copy.comments.indices { copy.comments[index].id = "" }
    copy.comments.sort { ($0.createdAt, $0.author, $0.text) < ($1.createdAt, $1.author, $1.text) }
    return copy.jsonLine
  }
}
