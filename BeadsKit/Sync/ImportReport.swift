public import BeadsModel

/// What an import did; the shape of `bd import --json` (contract 3.6).
public struct ImportReport: Sendable, Equatable {
  /// Issues that were new.
  public var created: [IssueID] = []
  /// Issues that were changed.
  public var updated: [IssueID] = []
  /// How many lines said what the store already knew.
  public var unchanged = 0
  /// Issues of the file that are older than ours and were left alone.
  public var staleSkipped: [IssueID] = []
  /// New issues left out because an open issue has their title (`--dedup`).
  public var duplicatesSkipped: [IssueID] = []
  /// Issues left out because ours are deleted, or because only new ones were wanted.
  public var skipped: [IssueID] = []
  /// Issues deleted by tombstones or deletion markers of the file.
  public var deleted: [IssueID] = []
  /// Lines of our own file that are no record; they are kept in `.beads/quarantine`.
  public var badLines: [BadLine] = []
  /// How many conflicts of git were in our own file; both sides of each are merged.
  public var conflictCount = 0
  /// Issues that had several lines, as merges leave them; the lines are merged.
  public var mergedVersions: [IssueID] = []
  /// Memory lines taken over.
  public var memories = 0
  /// What people should know, one sentence each.
  public var warnings: [String] = []

  /// An import that found nothing.
  public init() {}

  /// How many issues changed.
  public var changeCount: Int { created.count + updated.count + deleted.count }
}
