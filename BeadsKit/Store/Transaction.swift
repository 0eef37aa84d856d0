public import BeadsModel
public import BeadsSystem

/// One atomic change of the store: what `Store.write` gives its closure.
///
/// Reads see what the transaction has written. Every change of an issue goes through `apply`, which writes the
/// rows, the audit events, the image for `undo` and the mark that the file is behind.
public struct Transaction: ~Copyable {
  package let store: Store
  /// The number of this operation; also the version that dirty marks carry.
  let operationID: Int64
  /// When the transaction began: every change in it has this time.
  public let now: Timestamp
  /// Who makes the change.
  public let actor: String
  /// How much trail the changes leave.
  let trail: Trail
  /// Issues whose status, edges or pin changed, for the blocked set.
  var touched = BlockedSet.Touched()
  /// The number of issues and settings changed so far.
  public internal(set) var changeCount = 0
  /// What was done to issues, in order, if somebody wants to know.
  var changes: [CommittedChange]?
  /// Gates whose condition was found to hold, so that the close guard need not look for itself.
  package var clearedGates: Set<IssueID> = []
  /// Whether the transaction is committed although it changed no issue.
  var isBookkeeping = false
  /// Whether its operation stays in the log although it changed no issue.
  var isLogged = false
  /// What the operation did, for `bd op log`.
  public var summary = ""

  /// Whether changes leave full images and events, or only what a bulk import needs to be undone.
  enum Trail { case full, bulk }

  init(store: Store, operationID: Int64, now: Timestamp, actor: String, trail: Trail) {
    self.store = store
    self.operationID = operationID
    self.now = now
    self.actor = actor
    self.trail = trail
  }

  // MARK: Changing issues

  /// Changes one issue: loads it, lets the closure edit it, checks it, and saves what differs.
  ///
  /// A change that leaves the issue as it was writes nothing. `updatedAt` and the fields that follow the status are
  /// kept by this function.
  /// - Parameter force: Whether an issue may be finished although something guards it; see `close`.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `invalid`, `conflict`, and whatever the closure throws; then nothing is changed.
  @discardableResult
  public mutating func update(
    _ id: IssueID, force: Bool = false, _ edit: (inout Issue) throws(BeadsError) -> Void
  ) throws(BeadsError) -> Issue {
    guard let before = try store.issue(id), !before.isTombstone else { throw Store.noIssue(id.rawValue) }
    var after = before
    try edit(&after)
    try guardStatus(before: before, after: &after, force: force)
    let time = try moment(after: before)
    after.settle(after: before, now: time)
    if after == before { return before }
    after.updatedAt = time
    try store.rules.validate(after, replacing: before)
    try requireFreeReference(after, before)
    try apply(before: before, after: after)
    if store.isFinished(after), !store.isFinished(before) { try closeCompletedMolecule(of: after) }
    return after
  }

  /// Saves a new issue whose ID is already chosen; `IssueDraft` chooses one.
  /// - Throws: `exists`, `invalid`.
  @discardableResult
  public mutating func insert(_ issue: Issue) throws(BeadsError) -> Issue {
    var issue = issue
    issue.settle(after: nil, now: now)
    try store.rules.validate(issue, replacing: nil)
    let before = try store.issue(issue.id)
    if let before {
      let what = before.isTombstone ? "was deleted, its ID cannot be used again" : "already exists"
      throw BeadsError(.exists, "issue \(issue.id) \(what)")
    }
    try requireFreeReference(issue, nil)
    try apply(before: nil, after: issue)
    return issue
  }

  /// Replaces one image of an issue by another: the only function that writes issues.
  ///
  /// `nil` before means a new issue. Import, undo and every command end here.
  mutating func apply(
    before: Issue?, after: Issue, file: FileRelation = .isBehind
  ) throws(BeadsError) {
    if let before {
      try store.rows.update(after, replacing: before)
    } else {
      try store.rows.insert(after, isInFile: file.hasIssue)
    }
    try store.rows.replaceLists(of: after, replacing: before)
    if trail == .full || before != nil {
      try store.rows.recordEvents(before: before, after: after, actor: actor, at: now)
    }
    try store.rows.recordChange(operation: operationID, before: before, after: after, isBrief: trail == .bulk)
    if file == .isBehind || file == .mustHave {
      try store.rows.markDirty(after.id, base: before, version: operationID, at: now)
    }
    touched.note(before: before, after: after)
    changes?.append(CommittedChange(before: before, after: after))
    changeCount += 1
  }

  /// Replaces an issue by the record of its deletion, which is returned.
  mutating func bury(_ issue: Issue, reason: String, at time: Timestamp? = nil) throws(BeadsError) -> Issue {
    var tombstone = issue
    tombstone.becomeTombstone(by: actor, reason: reason, at: max(time ?? now, try moment(after: issue)))
    try apply(before: issue, after: tombstone)
    return tombstone
  }

  /// The moment of a change of an issue: now, or just after its last change when our clock is behind that.
  ///
  /// Merges go by it, so a later change must look later whatever the clocks of the machines say.
  package func moment(after issue: Issue?) throws(BeadsError) -> Timestamp {
    guard let last = issue?.updatedAt, last >= now else { return now }
    if last == now, let issue, try store.rows.hasChange(of: issue.id, in: operationID) { return now }
    return last.next
  }

  /// What the file has of an issue after a change.
  enum FileRelation {
    /// Something older, or nothing: the issue is marked for the next export.
    case isBehind
    /// As `isBehind`; and the file gets the issue even if it is a wisp, because it came from a file.
    case mustHave
    /// The caller knows, because it has just read the file, and keeps the mark itself.
    case isKnown
    /// Nothing, because the issue belongs to another project's file.
    case isElsewhere

    var hasIssue: Bool { self == .mustHave || self == .isKnown }
  }

  private func requireFreeReference(_ issue: Issue, _ before: Issue?) throws(BeadsError) {
    guard let reference = issue.externalRef, reference != before?.externalRef else { return }
    if let other = try store.rows.holder(ofReference: reference, except: issue.id) {
      throw BeadsError(.exists, "external reference \(quoted(reference)) belongs to \(other)")
    }
  }

  // MARK: Settings

  /// Sets a key of the database's configuration.
  public mutating func setConfig(_ key: String, _ value: String?) throws(BeadsError) {
    let before = try store.config(key)
    if before == value { return }
    try store.rows.setConfig(key, value)
    try store.rows.recordSetting(operation: operationID, key: key, before: before, after: value)
    changeCount += 1
    if key == "status.custom" || key == "types.custom" || key == "types.infra" {
      try store.reloadRules()
      touched.isEverything = true
    }
  }
}
