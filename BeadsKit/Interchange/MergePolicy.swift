/// What a merge needs to know beside the records: the time, and how long deletions count.
public struct MergePolicy: Sendable {
  /// The moment against which tombstones expire.
  public var now: Timestamp
  /// Seconds for which a tombstone beats a live record; negative when it never does.
  public var tombstoneLifetime: Int64

  /// Makes a policy; tombstones live 30 days unless said otherwise.
  public init(now: Timestamp, tombstoneLifetime: Int64 = 30 * 86_400) {
    self.now = now
    self.tombstoneLifetime = tombstoneLifetime
  }

  /// Whether a deletion is so old that a live record beats it.
  ///
  /// Lifetimes above an hour are extended by one, because the clocks of two machines differ.
  public func hasExpired(_ tombstone: Issue) -> Bool {
    if tombstoneLifetime < 0 { return true }
    let grace: Int64 = tombstoneLifetime > 3600 ? 3600 : 0
    let deletedAt = tombstone.deletedAt ?? tombstone.updatedAt
    return deletedAt.adding(seconds: tombstoneLifetime).adding(seconds: grace) < now
  }
}
