import BeadsFormats
import BeadsModel
public import BeadsSystem

/// How `Store.importIssues` treats what it reads; the defaults are those of `bd import`.
public struct ImportOptions: Sendable {
  /// What to do with a child whose parent is neither in the store nor in the file.
  public enum OrphanHandling: String, Sendable, CaseIterable {
    /// Refuse the import.
    case strict
    /// Recreate the parent as a closed stub.
    case resurrect
    /// Leave the child out.
    case skip
    /// Take the child.
    case allow
  }

  /// Only take new issues; leave known ones alone.
  public var skipsExisting = false
  /// Leave out new issues whose title an open issue has.
  public var skipsKnownTitles = false
  /// Give issues of another prefix this project's.
  public var renamesForeign = false
  /// Drop an external reference that another issue has, instead of refusing the import.
  public var clearsDuplicateReferences = false
  /// Children without parent.
  public var orphans = OrphanHandling.allow
  /// Say what would happen and change nothing.
  public var isDryRun = false

  /// The defaults.
  public init() {}
}

extension Store {
  /// Imports issues from the text of a JSONL file that is not this store's own (contract 3.5, 3.6).
  ///
  /// New issues are taken as they are. Of a known one the strictly newer state wins; its edges and comments are
  /// united, so that nothing is lost. A deleted issue stays deleted. One transaction: a bad line changes nothing.
  /// Linear; about 30 us a line.
  /// - Throws: `corrupt` naming the line that cannot be read; `conflict` for orphans when strict.
  public func importIssues(
    from content: [UInt8], name: String = "the file", options: ImportOptions = ImportOptions()
  ) throws(BeadsError) -> ImportReport {
    var separations: [IDCollision] = []
    while true {
      let (report, collisions) = try importIssues(content, name, options, separations)
      if let report { return report }
      // Other clones rename them too, so this is not part of what `undo` takes back.
      let ours = collisions.filter(\.isOursLater)
      if !ours.isEmpty, !options.isDryRun {
        try write(Operation.separationKind, trail: .bulk) { transaction throws(BeadsError) in
          for one in ours { try transaction.makeWay(one, isFileKnown: false) }
        }
      }
      separations += collisions
    }
  }

  /// One attempt to import; without a report when IDs turned out to be those of two issues.
  private func importIssues(
    _ content: [UInt8], _ name: String, _ options: ImportOptions, _ separations: [IDCollision]
  ) throws(BeadsError) -> (ImportReport?, [IDCollision]) {
    let rollback = BeadsError(.conflict, "dry run, or two issues of one ID")
    var report: ImportReport?
    var collisions: [IDCollision] = []
    do throws(BeadsError) {
      try write("import", trail: .bulk) { transaction throws(BeadsError) in
        if options.isDryRun {
          for one in separations where one.isOursLater { try transaction.makeWay(one, isFileKnown: false) }
        }
        var importer = RecordImporter(
          store: self, options: options, name: name, separations: separations)
        let content = try importer.resolved(content, now: transaction.now)
        try content.withUnsafeBufferPointer { content throws(BeadsError) in
          try importer.run(content, &transaction)
        }
        collisions = separations.count < 64 ? importer.collisions.topmost : []
        if !collisions.isEmpty { throw rollback }
        let result = importer.report
        report = result
        transaction.summary = "\(name): \(result.created.count) created, \(result.updated.count) updated"
        if options.isDryRun { throw rollback }
      }
    } catch {
      guard error == rollback else { throw error }
    }
    return (report, collisions)
  }
}

/// Applies the records of a foreign file as they come.
private struct RecordImporter {
  let store: Store
  let options: ImportOptions
  var report = ImportReport()
  /// Issues that wait for what we have of them.
  private var pending: [Issue] = []
  private var known: [IssueID: Issue] = [:]
  private var openTitles: Set<String> = []
  private var references: [String: IssueID] = [:]
  private var seen: Set<IssueID> = []

  private var incoming: Set<IssueID> = []
  private var names: [String: String]
  private let name: String
  /// IDs that are those of two issues here and in the file; the transaction is of no use then.
  private(set) var collisions: [IDCollision] = []

  init(store: Store, options: ImportOptions, name: String, separations: [IDCollision]) {
    names = separations.filter { !$0.isOursLater }.reduce(into: [:]) {
      $0[$1.id.rawValue] = $1.separated.newID.rawValue
    }
    report.warnings = separations.map(\.separated.sentence)
    self.store = store
    self.options = options
    self.name = name
  }

  /// The content with the versions merged that a merge left in it.
  mutating func resolved(_ content: [UInt8], now: Timestamp) throws(BeadsError) -> [UInt8] {
    guard content.withUnsafeBufferPointer({ FileVersions.areSeveral(in: $0) }) else { return content }
    let resolved = IssueFileMerge.resolve(content, policy: MergePolicy(now: now))
    if let bad = resolved.rejected.first {
      throw BeadsError(.corrupt, "line \(bad.number) of \(name) cannot be read: \(bad.reason)")
    }
    report.warnings += resolved.sentences(name)
    return resolved.bytes
  }

  mutating func run(
    _ content: UnsafeBufferPointer<UInt8>, _ transaction: inout Transaction
  ) throws(BeadsError) {
    if options.skipsKnownTitles {
      openTitles = Set(
        try store.connection.all("SELECT title FROM issues WHERE status NOT IN ('closed', 'tombstone')") {
          $0.text(0)
        })
    }
    try store.connection.query(
      "SELECT external_ref, id FROM issues WHERE external_ref IS NOT NULL AND status <> 'tombstone'"
    ) { row throws(BeadsError) in references[row.text(0)] = IssueID(unchecked: row.text(1)) }
    // Some questions need to know every ID of the file first.
    if options.renamesForeign || options.orphans != .allow || !names.isEmpty { try collectIDs(content) }
    let decoder = IssueDecoder()
    try FileLines.forEach(content) { number, line throws(BeadsError) in
      switch try decode(line, number, decoder) {
      case .issue(var issue):
        issue.repair(now: transaction.now)
        if !names.isEmpty { issue = issue.renamingIDs(names) }
        pending.append(issue)
        if pending.count == 500 { try takePending(&transaction) }
      case .memory(let key, let value):
        try transaction.setConfig("kv.memory." + key, value)
        report.memories += 1
      case .deletion(let id, let time):
        try takePending(&transaction)
        try delete(id, at: time ?? transaction.now, &transaction)
      }
    }
    try takePending(&transaction)
  }

  /// Takes the issues read so far: what we have of a batch is a few queries, and memory does not grow with the file.
  private mutating func takePending(_ transaction: inout Transaction) throws(BeadsError) {
    known.removeAll(keepingCapacity: true)
    for issue in try store.issues(pending.map(\.id)) { known[issue.id] = issue }
    for issue in pending { try take(issue, &transaction) }
    pending.removeAll(keepingCapacity: true)
  }

  private func decode(
    _ line: UnsafeBufferPointer<UInt8>, _ number: Int, _ decoder: IssueDecoder
  ) throws(BeadsError) -> FileRecord {
    do throws(LineError) { return try FileLines.record(line, decoder) } catch {
      throw BeadsError(.corrupt, "line \(number) of \(name) cannot be read: \(error.reason)")
    }
  }

  private mutating func collectIDs(_ content: UnsafeBufferPointer<UInt8>) throws(BeadsError) {
    let decoder = IssueDecoder()
    try FileLines.forEach(content) { number, line throws(BeadsError) in
      if case .issue(let issue) = try decode(line, number, decoder) { incoming.insert(issue.id) }
    }
    // Children follow their parents.
    for (id, newID) in names {
      for child in incoming where child.rawValue.utf8.starts(with: (id + ".").utf8) {
        names[child.rawValue] = newID + child.rawValue.dropFirst(id.utf8.count)
      }
    }
    incoming = Set(incoming.map { id in names[id.rawValue].map(IssueID.init(unchecked:)) ?? id })
    guard options.renamesForeign else { return }
    names.merge(try ForeignNames(store: store).names(for: incoming)) { _, foreign in foreign }
    incoming = Set(incoming.map { id in names[id.rawValue].map(IssueID.init(unchecked:)) ?? id })
  }

  private mutating func take(
    _ theirs: Issue, _ transaction: inout Transaction
  ) throws(BeadsError) {
    guard seen.insert(theirs.id).inserted else {
      report.skipped.append(theirs.id)
      return
    }
    if let mine = known[theirs.id], mine.isOther(than: theirs) {
      collisions.append(IDCollision(ours: mine, theirs: theirs))
      return
    }
    var theirs = theirs
    try settleReference(&theirs)
    if let mine = known[theirs.id] { return try update(mine, theirs, &transaction) }
    if options.skipsKnownTitles, !theirs.isClosed, openTitles.contains(theirs.title) {
      report.duplicatesSkipped.append(theirs.id)
      return
    }
    guard try acceptOrphan(theirs, &transaction) else { return }
    try transaction.apply(before: nil, after: theirs, file: .mustHave)
    if let (parent, number) = theirs.id.parentAndNumber {
      try store.rows.raiseChildCounter(of: parent, to: number)
    }
    known[theirs.id] = theirs
    report.created.append(theirs.id)
  }

  private mutating func update(
    _ mine: Issue, _ theirs: Issue, _ transaction: inout Transaction
  ) throws(BeadsError) {
    if theirs == mine {
      report.unchanged += 1
      return
    }
    if mine.isTombstone || options.skipsExisting {
      report.skipped.append(theirs.id)
      return
    }
    guard theirs.updatedAt > mine.updatedAt else {
      report.staleSkipped.append(theirs.id)
      return
    }
    let merged = theirs.isTombstone ? theirs : Self.unite(mine, theirs)
    try transaction.apply(before: mine, after: merged)
    known[theirs.id] = merged
    if merged.isTombstone { report.deleted.append(theirs.id) } else { report.updated.append(theirs.id) }
  }

  /// Their state, with the edges, comments and unknown keys that only ours has, and our labels if they have none.
  private static func unite(_ mine: Issue, _ theirs: Issue) -> Issue {
    var merged = theirs
    let edges = Set(theirs.dependencies.map(\.key))
    merged.dependencies += mine.dependencies.filter { !edges.contains($0.key) }
    let said = Set(theirs.comments.map { "\($0.author)\u{0}\($0.text)" })
    merged.comments =
      (mine.comments.filter { !said.contains("\($0.author)\u{0}\($0.text)") } + theirs.comments)
      .sorted { $0.createdAt < $1.createdAt }
    if merged.labels.isEmpty { merged.labels = mine.labels }
    let keys = Set(theirs.unknownMembers.map(\.key))
    merged.unknownMembers += mine.unknownMembers.filter { !keys.contains($0.key) }
    return merged
  }

  private mutating func settleReference(_ issue: inout Issue) throws(BeadsError) {
    guard let reference = issue.externalRef, !issue.isTombstone else { return }
    if let other = references[reference], other != issue.id {
      guard options.clearsDuplicateReferences else {
        throw BeadsError(
          .exists, "external reference \(quoted(reference)) belongs to \(other) and \(issue.id)",
          hint: "--clear-duplicate-external-refs keeps the first")
      }
      issue.externalRef = nil
    } else {
      references[reference] = issue.id
    }
  }

  private mutating func acceptOrphan(
    _ issue: Issue, _ transaction: inout Transaction
  ) throws(BeadsError) -> Bool {
    guard options.orphans != .allow, let parent = issue.id.parentAndNumber?.parent,
      !incoming.contains(parent), try !store.exists(parent)
    else { return true }
    switch options.orphans {
    case .strict:
      throw BeadsError(
        .conflict, "parent \(parent) of \(issue.id) is missing",
        hint: "--orphan-handling allow takes it all the same")
    case .skip:
      report.skipped.append(issue.id)
      report.warnings.append("\(issue.id) was left out: its parent \(parent) is missing")
      return false
    default:
      var stub = Issue(id: parent, title: Issue.standInTitle(parent), createdAt: issue.createdAt)
      stub.status = .closed
      stub.priority = 4
      stub.closedAt = issue.createdAt
      stub.closeReason = "Recreated as the parent of \(issue.id)"
      try transaction.apply(before: nil, after: stub)
      report.created.append(parent)
      return true
    }
  }

  private mutating func delete(
    _ id: IssueID, at time: Timestamp, _ transaction: inout Transaction
  ) throws(BeadsError) {
    guard let mine = try store.issue(id), !mine.isTombstone else { return }
    _ = try transaction.bury(mine, reason: "deleted by marker", at: time)
    report.deleted.append(id)
  }
}

/// New names, with this project's prefix, for issues of other prefixes.
private struct ForeignNames {
  let store: Store

  func names(for ids: Set<IssueID>) throws(BeadsError) -> [String: String] {
    let prefixes = try store.prefixes()
    var names: [String: String] = [:]
    var taken = ids
    for foreignID in ids.sorted() where prefixes.known(foreignID) == nil {
      guard let foreign = prefixes.prefix(of: foreignID) else { continue }
      let suffix = foreignID.rawValue.dropFirst(foreign.rawValue.count + 1)
      var id = try prefixes.primary.id(String(suffix))
      var number = 2
      while true {
        let isTaken = try store.exists(id)
        guard isTaken || taken.contains(id) else { break }
        id = try prefixes.primary.id("\(suffix)-\(number)")
        number += 1
      }
      taken.insert(id)
      names[foreignID.rawValue] = id.rawValue
    }
    return names
  }
}
