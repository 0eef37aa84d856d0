/// How a member of a `LockQueue` paces its looks at the lock.
///
/// The next in line looks often, the others the less often the more tickets are ahead of them.
struct QueuePace {
  private let ticket: Int64
  private var movedAt: Int64 = 0
  private var serving: Int64 = -1
  private var freeSince: Int64?

  /// How long the lock may lie free before those behind a ticket that does not move overtake it.
  private static let patience: Int64 = 20_000_000

  init(ticket: Int64) { self.ticket = ticket }

  /// Takes note of the ticket that holds or last held the lock, and whether the lock lies free with others ahead.
  mutating func observe(serving: Int64, isFree: Bool, now: Int64) {
    if serving != self.serving || movedAt == 0 { movedAt = now }
    if serving != self.serving || !isFree { freeSince = nil }
    if isFree, freeSince == nil { freeSince = now }
    self.serving = serving
  }

  /// Whether those ahead had time enough to take the free lock and did not: they are stopped.
  func mayOvertake(now: Int64) -> Bool {
    guard let freeSince else { return false }
    return now - freeSince > Self.patience
  }

  /// Nanoseconds until the next look.
  func delay(isNext: Bool, now: Int64) -> Int64 {
    let turnsToWait = isNext ? 0 : min(max(ticket - serving - 1, 1), 32)
    let delay = 10_000 + turnsToWait * 40_000
    // A turn that has lasted long is not about to end in the next instant.
    return max(delay, min((now - movedAt) / 16, 1_000_000))
  }
}
