import BeadsKit

/// What the watcher remembers of a session between two looks.
struct Mind {
  /// What the last look took.
  var evidence: Evidence
  /// When that was.
  var seenAt: Int64
  /// When it was last seen to do anything.
  var activeAt: Int64
  /// When it last did something that a program which only waits does not do.
  var certainAt: Int64
  /// How far the watcher went with it.
  var climb: Climb
  /// When its screen was read, and which output was the last on it then.
  private(set) var readAt: Int64 = 0
  private(set) var readOutput: Int64 = -1
  /// What its screen told.
  private(set) var reading: ScreenReading?
  /// The last lines that it showed.
  private(set) var tail = ""

  /// A session that is looked at for the first time, maybe because the daemon has just started.
  init(_ evidence: Evidence, _ session: SessionRecord, _ saved: Climb?, bead: IssueID, at now: Int64) {
    self.evidence = evidence
    seenAt = now
    guard var climb = saved else {
      climb = Climb(bead: bead, since: now)
      (activeAt, certainAt) = (now, now)
      return
    }
    // What it did while nobody looked counts too, as far as it has a time.
    let latest = min(now, climb.finding == .idle ? evidence.latest : evidence.latestCertain)
    climb.noteActivity(at: latest)
    activeAt = max(climb.since, min(now, max(latest, session.startedAt)))
    certainAt = activeAt
    self.climb = climb
  }

  /// Takes another look.
  mutating func look(_ next: Evidence, at now: Int64) {
    let seconds = Double(now - seenAt) / 1e9
    let signs = next.signs(since: evidence, seconds: seconds)
    (evidence, seenAt) = (next, now)
    if signs.isCertain { certainAt = now }
    if signs.isResult {
      climb.noteResult(at: now)
      activeAt = now
    } else if !signs.words.isEmpty, climb.finding == .idle || signs.isCertain {
      climb.noteActivity(at: now)
      activeAt = now
    }
  }

  /// How long a program may draw without doing anything certain, before what it draws is read.
  private static let drawing: Int64 = 120_000_000_000
  /// So often the screen is read again when something keeps the agent from going on.
  private static let rereading: Int64 = 30_000_000_000

  /// Whether its screen may tell something that is not known yet.
  func wantsReading(at now: Int64, isActionDue: Bool) -> Bool {
    // Where the system does not tell when something was printed, it is read from time to time.
    let isNew = evidence.output != readOutput || (evidence.output == 0 && now - readAt >= Self.drawing)
    guard isNew, climb.finding != .limited else { return false }
    if isActionDue { return true }
    if climb.finding != .idle { return now - readAt >= Self.rereading }
    return now - certainAt >= Self.drawing && now - readAt >= Self.drawing
  }

  /// Takes what its screen shows.
  mutating func read(_ screen: String, _ signs: [ScreenSign], at now: Int64) {
    // A terminal tells the time of what it shows to eight seconds: there may be more with the same time.
    let isSettled = Environment.systemClock() &- evidence.output > 10_000_000_000
    (readAt, readOutput) = (now, isSettled ? evidence.output : -1)
    reading = ScreenReading(screen, signs)
    tail = ScreenText.tail(screen, 3)
  }

  /// Draws conclusions from what was read.
  /// - Parameter standard: How long a rate limit lasts that names no end.
  mutating func conclude(at time: Timestamp, standard: Int64) {
    let now = time.unixNanoseconds
    let finding = reading?.meaning.finding
    guard let finding, let reading else {
      if climb.finding != .idle, climb.finding != .limited { climb.find(.idle, since: now) }
      return
    }
    if finding == .limited {
      climb.limit(reading, at: time, standard: standard)
    } else if finding != climb.finding {
      climb.find(finding, since: max(climb.since, min(activeAt, certainAt)))
      activeAt = climb.since
    }
  }
}

extension Climb {
  private static let longestLimit: Int64 = 8 * 86_400_000_000_000
  /// Clocks differ.
  private static let margin: Int64 = 30_000_000_000

  /// Takes note that the agent is at its rate limit; what is still shown of one that is over changes nothing.
  /// - Parameter standard: How long a limit lasts that names no end.
  mutating func limit(_ reading: ScreenReading, at time: Timestamp, standard: Int64) {
    let now = time.unixNanoseconds
    var end = now + standard
    if let named = ResetTime.find(in: reading.line, now: time)?.unixNanoseconds {
      end = min(named, now + Self.longestLimit)
      // The same time of the next day.
      let day: Int64 = 86_400_000_000_000
      if let until, until <= now, (end + Self.margin - until) % day < 60_000_000_000 { return }
    }
    find(.limited, since: now)
    until = end + Self.margin
  }
}

extension ScreenSign.Meaning {
  /// What it says of an agent with work; nil for nothing.
  var finding: Finding? {
    switch self {
    case .working: nil
    case .limited: .limited
    case .question: .question
    case .exhausted: .exhausted
    case .failing: .failing
    }
  }
}
