import BeadsFormats
public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// The one place of a project in which work is merged: whoever holds it merges, the others wait (contract 5.10).
///
/// An issue whose metadata has the holder and the waiters. While nobody holds it the issue is pinned, which keeps it out
/// of lists and of ready work.
public struct MergeSlot: Sendable, Equatable {
  /// The issue.
  public let id: IssueID
  /// The status of the issue.
  public let status: Status
  /// Who holds it; nil when it is free.
  public let holder: String?
  /// Who waits, first come first.
  public let waiters: [String]

  /// Whether it can be acquired.
  public var isAvailable: Bool { holder == nil && status != .closed }

  /// The place of somebody among those who wait, from 1.
  public func position(of name: String) -> Int? { waiters.firstIndex(of: name).map { $0 + 1 } }

  /// Reads the state from the issue; classic files have the holder in a field of its own.
  init(_ issue: Issue) {
    let state = issue.metadata.flatMap { JSONValue(parsing: $0) }
    let holder = state?["holder"]?.stringValue ?? issue.holder
    id = issue.id
    status = issue.status
    self.holder = holder.isEmpty ? nil : holder
    waiters = (state?["waiters"]?.arrayValue ?? []).compactMap(\.stringValue)
  }

  /// What an attempt to take the slot came to.
  public struct Attempt: Sendable, Equatable {
    /// The slot afterwards.
    public let slot: MergeSlot
    /// Whether the one who asked holds it now.
    public let isAcquired: Bool
  }
}

extension Store {
  /// The ID that the merge slot of this project has.
  public func mergeSlotID() throws(BeadsError) -> IssueID {
    try IssueID("\(prefixes().primary)-merge-slot")
  }

  /// The merge slot, or nil when the project has none.
  public func mergeSlot() throws(BeadsError) -> MergeSlot? {
    guard let issue = try issue(try mergeSlotID()), !issue.isTombstone else { return nil }
    return MergeSlot(issue)
  }

  fileprivate func requireMergeSlot() throws(BeadsError) -> MergeSlot {
    if let slot = try mergeSlot() { return slot }
    throw BeadsError(
      .notFound, "merge slot \(try mergeSlotID()) not found", hint: "`bd merge-slot create` makes it")
  }
}

extension Transaction {
  /// Makes the merge slot of the project.
  /// - Returns: The slot, and whether it is new.
  @discardableResult
  public mutating func createMergeSlot() throws(BeadsError) -> (slot: MergeSlot, isNew: Bool) {
    if let slot = try store.mergeSlot() { return (slot, false) }
    var draft = IssueDraft(title: "Merge Slot")
    draft.id = try store.mergeSlotID()
    draft.priority = 0
    draft.labels = ["gt:slot"]
    draft.description = "Whoever holds this slot merges; the others wait."
    draft.isPinned = true
    return (MergeSlot(try create(draft)), true)
  }

  /// Takes the merge slot if nobody has it; of many that ask at once, one gets it.
  ///
  /// Who has it already keeps it. Who gets it no longer waits.
  /// - Parameters:
  ///   - holder: Who asks; the transaction's actor when nil.
  ///   - waits: Whether to join those who wait when somebody else has it.
  /// - Throws: `notFound` without a slot, `invalid` for a blank name, `conflict` when the slot was closed.
  @discardableResult
  public mutating func acquireMergeSlot(
    as holder: String? = nil, waits: Bool = false
  ) throws(BeadsError) -> MergeSlot.Attempt {
    let name = String((holder ?? actor).trimmingBlanks)
    if name.isEmpty { throw BeadsError(.invalid, "the holder of the merge slot must have a name") }
    let slot = try store.requireMergeSlot()
    if slot.status == .closed {
      throw BeadsError(
        .conflict, "merge slot \(slot.id) is closed", hint: "`bd reopen \(slot.id)` makes it usable")
    }
    if let other = slot.holder {
      if other == name || !waits || slot.waiters.contains(name) {
        return MergeSlot.Attempt(slot: slot, isAcquired: other == name)
      }
      let slot = try save(slot.id, holder: other, slot.waiters + [name])
      return MergeSlot.Attempt(slot: slot, isAcquired: false)
    }
    let taken = try save(slot.id, holder: name, slot.waiters.filter { $0 != name })
    return MergeSlot.Attempt(slot: taken, isAcquired: true)
  }

  /// Frees the merge slot; who waits is not given it, but can now acquire it.
  /// - Parameter holder: Who has to have it; nil for whoever it is.
  /// - Throws: `notFound` without a slot, `conflict` when it is free or another has it.
  @discardableResult
  public mutating func releaseMergeSlot(heldBy holder: String? = nil) throws(BeadsError) -> MergeSlot {
    let slot = try store.requireMergeSlot()
    guard let current = slot.holder else {
      throw BeadsError(.conflict, "merge slot \(slot.id) is not held by anybody")
    }
    if let holder, holder != current {
      throw BeadsError(.conflict, "merge slot \(slot.id) is held by \(current), not by \(holder)")
    }
    return try save(slot.id, holder: nil, slot.waiters)
  }

  private mutating func save(
    _ id: IssueID, holder: String?, _ waiters: [String]
  ) throws(BeadsError) -> MergeSlot {
    let saved = try update(id) { issue throws(BeadsError) in
      issue.holder = ""
      issue.status = holder == nil ? .open : .inProgress
      issue.isPinned = holder == nil
      try issue.setMetadata("holder", holder.map { .string($0) } ?? .null)
      try issue.setMetadata("waiters", .array(waiters.map { .string($0) }))
    }
    return MergeSlot(saved)
  }
}
