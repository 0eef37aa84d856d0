/// What a merge needs to know beside the records: the time, how long deletions count, and who wins.
public struct MergePolicy: Sendable {
  /// The moment against which tombstones expire.
  public var now: Timestamp
  /// Seconds for which a tombstone beats a live record; negative when it never does.
  public var tombstoneLifetime: Int64

  /// Who wins where both sides changed the same field of a live issue.
  public var preference: Preference

  /// Who wins where both sides changed the same field; the other side's texts are kept in the notes.
  public enum Preference: String, Sendable, CaseIterable {
    /// The side updated later.
    case newest
    /// Our side.
    case ours
    /// Their side.
    case theirs
  }

  /// Makes a policy; tombstones live 30 days unless said otherwise.
  public init(
    now: Timestamp, tombstoneLifetime: Int64 = 30 * 86_400, preference: Preference = .newest
  ) {
    self.now = now
    self.tombstoneLifetime = tombstoneLifetime
    self.preference = preference
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
