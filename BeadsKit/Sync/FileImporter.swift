import BeadsFormats
import BeadsModel
import BeadsSystem

/// Merges the whole of our own file into the store, with the last agreed state of each issue as base.
struct FileImporter {
  let store: Store
  let now: Timestamp
  var report = ImportReport()
  /// Whether every line is the canonical one and in order, so that the file can be spliced from now on.
  var isCanonical = true
  /// Lines that are no record, in order.
  var rejected: [Rejected] = []
  /// How many lines are records.
  var recordCount = 0
  /// The issues that the file has.
  var seen: Set<IssueID> = []
  /// Lines that wait for our side of them.
  private var pending: [(issue: Issue, line: UnsafeBufferPointer<UInt8>)] = []
  private var ours: [IssueID: Issue] = [:]
  private var bases: [IssueID: String?] = [:]
  private var last: IssueID?
  /// The bytes of the lines so far with a line feed for each: in a canonical file all there are.
  private var lineBytes = 0
  let decoder = IssueDecoder()
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
      if lineBytes != content.count { isCanonical = false }
      if !rejected.isEmpty { try settleRejected(&transaction) }
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
    if FileLines.conflictMark(line) != nil {
      throw BeadsError(
        .corrupt, "\(store.location.jsonlPath) has conflict markers (line \(number))",
        hint: "resolve the merge in git first")
    }
    let record: FileRecord
    do throws(LineError) { record = try FileLines.record(line, decoder) } catch {
      rejected.append(Rejected(number: number, line: line, reason: error.reason))
      isCanonical = false
      return
    }
    recordCount += 1
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
    lineBytes += line.count + 1
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
    let base = try base(of: mine, theirs, isFirst: isFirst)
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
  private func base(
    of mine: Issue, _ theirs: Issue, isFirst: Bool
  ) throws(BeadsError) -> Issue? {
    guard isFirst else { return nil }
    let agreed = try agreedState(of: mine)
    guard theirs.updatedAt < (agreed ?? mine).updatedAt else { return agreed }
    return try stateBeforeOurChanges(of: mine.id, until: theirs.updatedAt) ?? agreed
  }

  private func agreedState(of mine: Issue) throws(BeadsError) -> Issue? {
    guard let kept = bases[mine.id] else { return mine }
    guard let kept else { return nil }
    return try decode(kept, of: mine.id)
  }

  /// The last state that we had at a moment and changed here afterwards; nil when nobody here did.
  ///
  /// A line older than what we agreed on is none that follows from it: git has brought an earlier version back
  /// (stash, reset, a branch without our changes). What was changed here since must not be taken back by that; what
  /// came from a file may follow the file.
  private func stateBeforeOurChanges(of id: IssueID, until time: Timestamp) throws(BeadsError) -> Issue? {
    var wasChangedHere = false
    let images = try store.connection.all(
      """
      SELECT c.before, o.kind FROM operation_changes c JOIN operations o ON o.id = c.operation_id
      WHERE c.subject = ?1 ORDER BY c.operation_id DESC
      """, id.rawValue
    ) { (line: $0.optionalText(0), kind: $0.text(1)) }
    for image in images {
      if image.kind != Operation.takeOverKind { wasChangedHere = true }
      guard let line = image.line else { return nil }
      let state = try decode(line, of: id)
      if state.updatedAt <= time { return wasChangedHere ? state : nil }
    }
    return nil
  }

  private func decode(_ line: String, of id: IssueID) throws(BeadsError) -> Issue {
    do throws(JSONError) { return try decoder.decodeIssue(line) } catch {
      throw BeadsError(.corrupt, "the merge base of \(id) cannot be read: \(error.reason)")
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
