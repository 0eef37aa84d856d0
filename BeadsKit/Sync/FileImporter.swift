import BeadsFormats
import BeadsModel
import BeadsSystem

/// Merges the whole of our own file into the store, with the last agreed state of each issue as base.
struct FileImporter {
  /// What of the database counts as complete.
  struct Trust {
    /// Whether every change that the file may lack is marked; otherwise the newer of two states counts.
    var hasBases = true
    /// Whether no label, edge or comment is missing.
    var hasLists = true
  }

  let store: Store
  let now: Timestamp
  let trust: Trust
  var report = ImportReport()
  /// Whether every line is the canonical one and in order, so that the file can be spliced from now on.
  var isCanonical = true
  /// Lines that are no record, in order.
  var rejected: [Rejected] = []
  /// How many lines are records.
  var recordCount = 0
  /// IDs that are those of two issues here and in the file; the transaction is of no use then.
  private(set) var collisions: [IDCollision] = []
  /// Collisions that were found before.
  private let separations: [IDCollision]
  /// What the file calls otherwise until it is written again.
  private var renamed: [IssueChange] = []
  /// The issues that the file has.
  var seen: Set<IssueID> = []
  /// Lines that wait for our side of them.
  private var pending: [(issue: Issue, line: UnsafeBufferPointer<UInt8>)] = []
  private var ours: [IssueID: Issue] = [:]
  private var bases: [IssueID: String?] = [:]
  /// Lines of our earlier states, the latest first, of the issues that wait with an older line.
  private var images: [IssueID: [String]] = [:]
  /// Those of them that another project's file brought.
  private var foreign: Set<IssueID> = []
  private var last: IssueID?
  /// The bytes of the lines so far with a line feed for each: in a canonical file all there are.
  private var lineBytes = 0
  let decoder = IssueDecoder()
  private var writer = JSONWriter()

  init(store: Store, now: Timestamp, trust: Trust, separations: [IDCollision] = []) {
    self.store = store
    self.separations = separations
    self.now = now
    self.trust = trust
  }

  mutating func run(_ content: [UInt8], _ transaction: inout Transaction) throws(BeadsError) {
    for collision in separations {
      if collision.isOursLater { try transaction.makeWay(collision, isFileKnown: true) }
      report.warnings.append(collision.separated.sentence)
    }
    try store.connection.query("SELECT issue_id, base FROM dirty_issues") { row throws(BeadsError) in
      bases[IssueID(unchecked: row.text(0))] = .some(row.optionalText(1))
    }
    let areSeveral = content.withUnsafeBufferPointer { FileVersions.areSeveral(in: $0) }
    let (lines, bad) = areSeveral ? try resolved(content) : (content, [])
    try separated(lines).withUnsafeBufferPointer { buffer throws(BeadsError) in
      try take(buffer, bad, &transaction)
    }
    collisions = collisions.topmost
    for change in renamed {
      guard let id = change.issue?.id, try store.exists(id) else { continue }
      try store.rows.setDirty(id, base: change.before, version: transaction.operationID, at: now)
    }
    try restoreMissing(&transaction)
  }

  /// Merges the versions that a merge left in the file first.
  private mutating func resolved(_ content: [UInt8]) throws(BeadsError) -> ([UInt8], [RejectedLine]) {
    let resolved = try resolve(content)
    isCanonical = false
    report.conflictCount = resolved.conflictCount
    report.mergedVersions = resolved.mergedIDs
    report.warnings += resolved.sentences(store.location.jsonlPath)
    return (resolved.bytes, resolved.rejected)
  }

  /// The lines with the later of two issues of one ID under the ID beside it.
  private mutating func separated(_ original: [UInt8]) throws(BeadsError) -> [UInt8] {
    var content = original
    for collision in separations where !collision.isOursLater {
      isCanonical = false
      content = try IssueFileMerge.renaming(collision.separated, in: content) { id throws(BeadsError) in
        try store.issue(id).flatMap { issue throws(BeadsError) in try store.rows.fileState(of: issue) }
      }
    }
    if content.count != original.count { renamed = IssueFileChanges.changes(from: original, to: content) }
    return content
  }

  /// Takes the lines of a file, and those of it that are known to be no records.
  private mutating func take(
    _ buffer: UnsafeBufferPointer<UInt8>, _ bad: [RejectedLine], _ transaction: inout Transaction
  ) throws(BeadsError) {
    try FileLines.forEach(buffer) { number, line throws(BeadsError) in
      try take(line, number, &transaction)
      if pending.count == 500 { try mergePending(&transaction) }
    }
    try mergePending(&transaction)
    if lineBytes != buffer.count { isCanonical = false }
    for line in bad {
      rejected.append(Rejected(number: line.number, line: line.bytes, reason: line.reason))
    }
    if !rejected.isEmpty { try settleRejected(&transaction) }
  }

  private func resolve(_ content: [UInt8]) throws(BeadsError) -> ResolvedFile {
    var known: [IssueID: Issue] = [:]
    for (id, base) in bases {
      if let base, let issue = try? decoder.decodeIssue(base) { known[id] = issue }
    }
    let clean = try store.issues(where: "i.in_file AND i.id NOT IN (SELECT issue_id FROM dirty_issues)")
    for issue in clean { known[issue.id] = issue }
    return IssueFileMerge.resolve(content, policy: MergePolicy(now: now)) { known[$0] }
  }

  /// Merges the lines read so far: our side of a batch is a few queries, and memory does not grow with the file.
  private mutating func mergePending(_ transaction: inout Transaction) throws(BeadsError) {
    ours.removeAll(keepingCapacity: true)
    for issue in try store.issues(pending.map(\.issue.id)) { ours[issue.id] = issue }
    let lines = pending.map(\.issue)
    try readImages(of: lines.filter { line in ours[line.id].map { line.updatedAt < $0.updatedAt } ?? false })
    for (theirs, line) in pending { try merge(theirs, line, &transaction) }
    pending.removeAll(keepingCapacity: true)
  }

  /// Reads what is remembered of issues whose line is older than ours.
  private mutating func readImages(of older: [Issue]) throws(BeadsError) {
    images.removeAll(keepingCapacity: true)
    foreign.removeAll()
    if older.isEmpty { return }
    let list = Store.jsonList(older.map(\.id))
    try store.connection.query(
      "SELECT id FROM issues WHERE id IN (SELECT value FROM json_each(?1)) AND source_repo <> '.'", list
    ) { row throws(BeadsError) in foreign.insert(IssueID(unchecked: row.text(0))) }
    try store.connection.query(
      """
      SELECT subject, before FROM operation_changes
      WHERE subject IN (SELECT value FROM json_each(?1)) AND before IS NOT NULL ORDER BY operation_id DESC
      """, list
    ) { row throws(BeadsError) in images[IssueID(unchecked: row.text(0)), default: []].append(row.text(1)) }
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, _ number: Int, _ transaction: inout Transaction
  ) throws(BeadsError) {
    let record: FileRecord
    do throws(LineError) { record = try FileLines.record(line, decoder) } catch {
      rejected.append(Rejected(number: number, line: Array(line), reason: error.reason))
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
    seen.insert(theirs.id)
    if last.map({ $0 >= theirs.id }) ?? false || !writer.bytes.elementsEqual(line) { isCanonical = false }
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
    if mine.isOther(than: theirs), try !areOne(mine, theirs) {
      collisions.append(IDCollision(ours: mine, theirs: theirs))
      return
    }
    let base = try base(of: mine, theirs)
    let policy = MergePolicy(now: now)
    // What the line has as well was more likely lost than removed.
    let whole = trust.hasLists ? mine : mine.withLists(of: theirs)
    guard let merged = IssueMerge.merge(base: base, ours: whole, theirs: theirs, policy: policy) else {
      return
    }
    try transaction.takeFromFile(merged, before: mine, fileHas: theirs)
    ours[theirs.id] = merged
    if merged == mine { report.unchanged += 1 } else { report.updated.append(theirs.id) }
  }

  /// What the line and our present state both come from, as far as we know.
  ///
  /// A line older than what we agreed on does not follow from it: git has brought an earlier version back (stash,
  /// reset, a branch without those changes). It goes on from a state that we had at that time; if we remember none,
  /// it is taken for such a state itself, so that it takes nothing back. A deletion counts all the same. Our file
  /// is right about an issue that we had from another project's.
  private func base(of mine: Issue, _ theirs: Issue) throws(BeadsError) -> Issue? {
    guard let agreed = try agreedState(of: mine), !agreed.isOther(than: mine) else {
      return try earlierState(of: mine.id, theirs)
    }
    guard theirs.updatedAt < agreed.updatedAt, !foreign.contains(mine.id) else { return agreed }
    return try earlierState(of: mine.id, theirs) ?? (theirs.isTombstone ? nil : theirs)
  }

  /// Whether two records that look like two issues are known to come from one, or are not ours to tell apart.
  private func areOne(_ mine: Issue, _ theirs: Issue) throws(BeadsError) -> Bool {
    if try store.sourceRepo(of: mine.id) != nil { return true }
    return try agreedState(of: mine).map { !$0.isOther(than: mine) && !$0.isOther(than: theirs) } ?? false
  }

  /// What the file had when both last agreed: kept with the mark of a change, else our present state.
  private func agreedState(of mine: Issue) throws(BeadsError) -> Issue? {
    guard trust.hasBases, let kept = bases[mine.id] else { return mine }
    guard let kept else { return nil }
    return try decode(kept, of: mine.id)
  }

  /// The last state that we remember from the time of a line or before.
  private func earlierState(of id: IssueID, _ theirs: Issue) throws(BeadsError) -> Issue? {
    for line in images[id] ?? [] {
      let state = try decode(line, of: id)
      if state.updatedAt <= theirs.updatedAt, !state.isOther(than: theirs) { return state }
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
    for issue in try store.issues(written.filter { !seen.contains($0) }) { try transaction.fileLacks(issue) }
  }
}

extension Issue {
  /// The issue with the labels, edges and comments of another state of it that it lacks.
  fileprivate func withLists(of other: Issue) -> Issue {
    var copy = self
    copy.labels = Array(Set(labels).union(other.labels)).sorted()
    let edges = Set(dependencies.map(\.key))
    copy.dependencies += other.dependencies.filter { !edges.contains($0.key) }
    copy.comments += other.comments.filter { !comments.contains($0) }
    return copy
  }
}

extension ResolvedFile {
  /// What was merged, for people.
  func sentences(_ path: String) -> [String] {
    var sentences = separated.map(\.sentence)
    if conflictCount > 0 {
      sentences.append(
        "merged both sides of \(conflictCount) conflict\(conflictCount == 1 ? "" : "s") in \(path)")
    } else if repeatCount > 0 {
      sentences.append(
        "merged the lines of \(repeatCount) issue\(repeatCount == 1 ? "" : "s") that had several in \(path)")
    }
    return sentences
  }
}
