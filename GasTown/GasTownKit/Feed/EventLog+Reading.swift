public import BeadsKit

/// Which events to read.
public struct EventQuery: Sendable {
  /// At most so many, the last ones.
  public var limit = 100
  /// Only what happened at or after this moment.
  public var since: Timestamp?
  /// Only these types; empty for all.
  public var types: [String] = []
  /// Only of this rig.
  public var rig: String?
  /// Only by actors with this text in their name.
  public var actor: String?
  /// Only what mentions this issue.
  public var bead: String?

  /// Asks for the last hundred.
  public init() {}

  func matches(_ event: TownEvent) -> Bool {
    event.isForPeople && (types.isEmpty || types.contains(event.type)) && (rig == nil || event.rig == rig)
      && (actor.map { event.actor.contains($0) } ?? true)
      && (bead.map { id in ["bead", "mr", "molecule", "convoy", "id"].contains { event.text($0) == id } }
        ?? true)
  }
}

extension EventLog {
  /// The last events that match, oldest first; reads no more of the file than that takes.
  ///
  /// Torn lines and lines of other tools are passed over.
  public func events(_ query: EventQuery = EventQuery()) throws(BeadsError) -> [TownEvent] {
    var found: [TownEvent] = []
    if query.limit <= 0 { return [] }
    try LineFile(path: path).forEachBackwards { line throws(BeadsError) in
      guard let event = TownEvent(line: line) else { return true }
      // Clocks of processes differ a little, so that one event out of order ends nothing.
      if let since = query.since, event.time < since { return event.time.adding(seconds: 60) >= since }
      if query.matches(event) { found.append(event) }
      return found.count < query.limit
    }
    return found.reversed()
  }

  /// Hands new events to a closure as they come, until it returns false.
  /// - Parameter interval: How often to look, in nanoseconds.
  public func follow(
    _ query: EventQuery, interval: Int64 = 300_000_000, _ body: ([TownEvent]) throws(BeadsError) -> Bool
  ) throws(BeadsError) {
    let file = LineFile(path: path)
    var place = try file.end()
    while true {
      let events = try file.lines(since: &place).compactMap(TownEvent.init).filter(query.matches)
      if try !body(events) { return }
      pause(nanoseconds: interval)
    }
  }
}

/// An event, or several that belong together, as people are told.
public struct FeedItem: Sendable, Equatable {
  /// The last of the events.
  public let event: TownEvent
  /// What was done.
  public let summary: String
  /// How many events it stands for.
  public let count: Int

  /// Makes events into what people want to see of them: what was reported twice within ten seconds comes once, and
  /// three or more slings of one actor within half a minute are one line.
  /// - Parameter events: Oldest first.
  public static func curate(_ events: [TownEvent]) -> [FeedItem] {
    var items: [FeedItem] = []
    var index = 0
    while index < events.count {
      let event = events[index]
      let burst = event.type == "sling" ? slings(events, from: index) : [event]
      if burst.count >= 3, let last = burst.last {
        let beads = burst.compactMap { $0.text("bead") }.joined(separator: ", ")
        items.append(
          FeedItem(event: last, summary: "gave out \(burst.count) issues: \(beads)", count: burst.count))
        index += burst.count
        continue
      }
      if event.type != "done" || !isRepeated(event, items) {
        items.append(FeedItem(event: event, summary: event.summary, count: 1))
      }
      index += 1
    }
    return items
  }

  private static func slings(_ events: [TownEvent], from start: Int) -> [TownEvent] {
    let first = events[start]
    return Array(
      events[start...].prefix {
        $0.type == "sling" && $0.actor == first.actor && $0.time <= first.time.adding(seconds: 30)
      })
  }

  private static func isRepeated(_ event: TownEvent, _ items: [FeedItem]) -> Bool {
    items.reversed().prefix { event.time <= $0.event.time.adding(seconds: 10) }.contains {
      $0.event.type == "done" && $0.event.actor == event.actor && $0.event.text("bead") == event.text("bead")
    }
  }
}
