public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// How long the records of deletions are kept, so that every clone learns of the deletion.
public struct TombstoneLifetime: Sendable, Equatable {
  /// Days; 0 for none.
  public let days: Int

  /// What holds where nobody says otherwise, and what merges go by.
  public static let standard = TombstoneLifetime(days: 30)

  /// Makes a lifetime of so many days.
  public init(days: Int) { self.days = max(0, days) }

  /// The latest time of deletion whose record has expired: an hour more than the days, because clocks differ.
  func end(before now: Timestamp) -> Timestamp {
    days == 0 ? now : now.adding(seconds: Int64(days) * -86_400 - 3600)
  }
}

extension Store {
  /// The records of deletions that have expired, the oldest first; see `forgettableTombstones`.
  public func expiredTombstones(_ lifetime: TombstoneLifetime = .standard) throws(BeadsError) -> [IssueID] {
    try forgettableTombstones(deletedUntil: lifetime.days == 0 ? nil : lifetime.end(before: now))
  }
}
