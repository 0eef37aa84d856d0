import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// The deletions that an old bd kept in `deletions.jsonl` instead of in the issues' own file.
public struct DeletionsManifest: Sendable, Equatable {
  /// One deletion.
  public struct Entry: Sendable, Equatable {
    /// The issue.
    public let id: IssueID
    /// When it was deleted; nil when the line does not say.
    public let time: Timestamp?
    /// Who did it.
    public let actor: String
    /// Why.
    public let reason: String
  }

  /// The deletions in the order of the file.
  public private(set) var entries: [Entry] = []
  /// The numbers of lines that are none, from 1.
  public private(set) var badLines: [Int] = []

  /// Reads the lines `{"id":..., "ts":..., "by":..., "reason":...}`.
  public init(parsing text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where !line.trimmingBlanks.isEmpty {
      let value = JSONValue(parsing: String(line))
      guard let id = value?["id"]?.stringValue.flatMap(IssueID.init(rawValue:)) else {
        badLines.append(index + 1)
        continue
      }
      func text(_ key: String) -> String { value?[key]?.stringValue ?? "" }
      entries.append(
        Entry(id: id, time: Timestamp(text("ts")), actor: text("by"), reason: text("reason")))
    }
  }
}

extension Transaction {
  /// Records old deletions as tombstones, for clones that still have the issues.
  ///
  /// An issue that is here again, or whose deletion is recorded, is left alone.
  /// - Returns: The issues that got one.
  /// - Throws: `invalid`.
  public mutating func record(_ manifest: DeletionsManifest) throws(BeadsError) -> [IssueID] {
    var recorded: [IssueID] = []
    for entry in manifest.entries where try !store.exists(entry.id) {
      let time = entry.time.map { min($0, now) } ?? now
      var tombstone = Issue(id: entry.id, title: "(deleted)", createdAt: time)
      tombstone.becomeTombstone(
        by: entry.actor.isEmpty ? actor : entry.actor, reason: entry.reason, at: time)
      try apply(before: nil, after: tombstone)
      recorded.append(entry.id)
    }
    return recorded
  }
}
