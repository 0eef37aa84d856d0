import BeadsFormats
import BeadsModel
import BeadsSystem

/// One reading of another project's file into this store.
struct Hydration {
  let store: Store
  let repo: String
  let now: Timestamp
  private(set) var imported = 0
  private(set) var warnings: [String] = []
  private var mine: [IssueID: Issue] = [:]
  private var bases: [IssueID: Issue] = [:]
  private var seen: Set<IssueID> = []
  private var owned: [IssueID] = []
  private var badLines = 0
  private let decoder = IssueDecoder()

  init(store: Store, repo: String, now: Timestamp) {
    self.store = store
    self.repo = repo
    self.now = now
  }

  mutating func run(_ content: [UInt8], _ transaction: inout Transaction) throws(BeadsError) {
    for issue in try store.issues(where: "i.source_repo = ?1", [repo]) { mine[issue.id] = issue }
    try loadBases()
    try content.withUnsafeBufferPointer { buffer throws(BeadsError) in
      try FileLines.forEach(buffer) { _, line throws(BeadsError) in try take(line, &transaction) }
    }
    // A deleted issue, and one that the file has no more, goes; unless it was changed here.
    for (id, _) in mine where !seen.contains(id) && bases[id] == nil {
      try store.rows.forget(id)
      transaction.touched.isEverything = true
    }
    if !owned.isEmpty {
      let names = owned.prefix(3).map(\.rawValue).joined(separator: ", ") + (owned.count > 3 ? ", ..." : "")
      warnings.append(
        "\(names) of \(repo) \(owned.count == 1 ? "is" : "are") not shown: this project has that ID")
    }
    if badLines > 0 { warnings.append("\(badLines) lines of \(repo) cannot be read") }
  }

  private mutating func loadBases() throws(BeadsError) {
    let rows = try store.connection.all("SELECT issue_id, base FROM hydrated_changes") {
      ($0.text(0), $0.text(1))
    }
    for (id, line) in rows {
      do throws(JSONError) { bases[IssueID(unchecked: id)] = try decoder.decodeIssue(line) } catch {
        throw BeadsError(.corrupt, "the merge base of \(id) cannot be read: \(error.reason)")
      }
    }
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, _ transaction: inout Transaction
  ) throws(BeadsError) {
    guard case .issue(var theirs)? = try? decoder.decode(line) else {
      badLines += 1
      return
    }
    theirs.repair(now: now)
    if theirs.isTombstone && bases[theirs.id] == nil { return }
    guard seen.insert(theirs.id).inserted else { return }
    guard let ours = mine[theirs.id] else {
      if try store.exists(theirs.id) { return owned.append(theirs.id) }
      try transaction.apply(before: nil, after: theirs, file: .isElsewhere)
      try store.rows.setSource(theirs.id, repo)
      imported += 1
      return
    }
    var merged: Issue? = theirs
    if let base = bases[theirs.id] {
      merged = IssueMerge.merge(base: base, ours: ours, theirs: theirs, policy: MergePolicy(now: now))
      try store.rows.setBase(theirs.id, merged == theirs ? nil : theirs)
    }
    guard let merged, merged != ours else { return }
    try transaction.apply(before: ours, after: merged, file: .isElsewhere)
    imported += 1
  }
}
