public import BeadsKit

/// How long to wait for something, longer each time that nothing came.
public struct WaitPolicy: Sendable, Equatable {
  /// How long to wait without `base`, in nanoseconds.
  public var timeout: Int64 = 60_000_000_000
  /// How long to wait the first time; nil for `timeout` each time.
  public var base: Int64?
  /// How much longer each time.
  public var multiplier = 2
  /// The longest wait; nil for `timeout`, or `base` when that is longer.
  public var longest: Int64?

  /// One minute each time.
  public init() {}

  /// How long to wait after nothing came so many times.
  public func wait(idle: Int) -> Int64 {
    guard let base else { return timeout }
    let longest = longest ?? max(timeout, base)
    var wait = min(base, longest)
    for _ in 0..<max(0, idle) where wait < longest {
      let (more, overflow) = wait.multipliedReportingOverflow(by: Int64(multiplier))
      wait = overflow ? longest : min(more, longest)
    }
    return wait
  }
}

/// What waiting led to.
public struct WaitResult: Sendable {
  /// The first event of the town that came.
  public internal(set) var signal: TownEvent?
  /// The events of the channel.
  public internal(set) var events: [ChannelEvents.Event] = []
  /// How long it took, in nanoseconds.
  public internal(set) var elapsed: Int64 = 0
  /// How long it would have taken at most, in nanoseconds.
  public internal(set) var limit: Int64 = 0
  /// How many times in a row nothing came.
  public internal(set) var idle = 0

  /// `signal`, `event` or `timeout`.
  public var reason: String { signal != nil ? "signal" : events.isEmpty ? "timeout" : "event" }
  /// `full` when something came; `reduced` when there is nothing new to look at.
  public var effort: String { reason == "timeout" ? "reduced" : "full" }
}

/// Waits for what happens in a town; costs a look at one file or folder a few times a second, and starts no process.
///
/// How often nothing came is kept, as the labels `idle:N` and `backoff-until:TIME` of an agent's issue or in the town's
/// database, so that a wait that was broken off goes on for the rest of its time.
public struct Waiting {
  /// Who remembers.
  public enum Memory: Sendable {
    /// Labels of an issue.
    case issue(IssueID)
    /// The town's database, under somebody's address.
    case agent(AgentAddress)
  }

  let ledgers: Ledgers
  let database: TownDatabase
  let memory: Memory
  let policy: WaitPolicy
  /// How often to look, in nanoseconds.
  let interval: Int64 = 100_000_000

  /// Waits for somebody.
  public init(_ ledgers: Ledgers, _ database: TownDatabase, _ memory: Memory, _ policy: WaitPolicy) {
    self.ledgers = ledgers
    self.database = database
    self.memory = memory
    self.policy = policy
  }

  /// Waits until something happens in the town.
  public func forSignal() throws(BeadsError) -> WaitResult {
    try wait { limit, result throws(BeadsError) in
      let deadline = monotonicNanoseconds() + limit
      try EventLog(ledgers.town).follow(EventQuery(), interval: min(interval, max(1, limit))) { events in
        result.signal = events.first
        return events.isEmpty && monotonicNanoseconds() < deadline
      }
    }
  }

  /// Waits until there are events in a channel; those that are there already come at once.
  /// - Parameter takes: Whether they are taken away.
  public func forEvents(of channel: ChannelEvents, takes: Bool) throws(BeadsError) -> WaitResult {
    let result = try wait { limit, result throws(BeadsError) in
      let deadline = monotonicNanoseconds() + limit
      while true {
        result.events = try channel.pending()
        let left = deadline - monotonicNanoseconds()
        if !result.events.isEmpty || left <= 0 { return }
        pause(nanoseconds: min(interval, left))
      }
    }
    if takes { try channel.remove(result.events) }
    return result
  }

  private func wait(
    _ body: (Int64, inout WaitResult) throws(BeadsError) -> Void
  ) throws(BeadsError) -> WaitResult {
    var result = WaitResult()
    let known = policy.base == nil ? (idle: 0, until: nil) : try recall()
    let now = ledgers.town.environment.clock()
    result.limit = policy.wait(idle: known.idle)
    if let until = known.until, until > now { result.limit = min(result.limit, until - now) }
    if policy.base != nil, known.until == nil { try remember(idle: known.idle, until: now + result.limit) }
    // Nobody else has to wait for what this one has open.
    ledgers.close()
    let start = monotonicNanoseconds()
    try body(result.limit, &result)
    result.elapsed = monotonicNanoseconds() - start
    result.idle = result.reason == "timeout" ? known.idle + 1 : 0
    if policy.base != nil { try remember(idle: result.idle, until: nil) }
    return result
  }

  // MARK: Memory

  private static let idleLabel = "idle:"
  private static let untilLabel = "backoff-until:"

  private func recall() throws(BeadsError) -> (idle: Int, until: Int64?) {
    switch memory {
    case .agent(let agent):
      let idle = try database.fact("idle:\(agent)").flatMap { Int($0) } ?? 0
      return (idle, try database.fact("backoff-until:\(agent)").flatMap { Int64($0) })
    case .issue(let id):
      let labels = try Hook.issue(id, in: ledgers.store(for: id)).labels
      func value(_ prefix: String) -> String? {
        labels.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      }
      let until = value(Self.untilLabel).flatMap { Timestamp($0) }?.unixNanoseconds
      return (value(Self.idleLabel).flatMap { Int($0) } ?? 0, until)
    }
  }

  private func remember(idle: Int, until: Int64?) throws(BeadsError) {
    switch memory {
    case .agent(let agent):
      try database.write { _ throws(BeadsError) in
        try database.setFact("idle:\(agent)", idle == 0 ? nil : String(idle))
        try database.setFact("backoff-until:\(agent)", until.map(String.init))
      }
    case .issue(let id):
      _ = try ledgers.store(for: id).write("await") { tx throws(BeadsError) in
        try tx.update(id) { issue in
          issue.labels.removeAll { $0.hasPrefix(Self.idleLabel) || $0.hasPrefix(Self.untilLabel) }
          if idle > 0 { issue.labels.append(Self.idleLabel + String(idle)) }
          if let until {
            issue.labels.append(Self.untilLabel + Timestamp(unixNanoseconds: until).description)
          }
        }
      }
    }
  }
}
