/// How far local clocks are from UTC at any moment: the system's zone, or a fixed one in tests.
public struct TimeZoneRule: Sendable {
  private let offset: @Sendable (Int64) -> Int

  /// Makes a zone from a function that gives the seconds east of UTC at a moment in seconds since 1970.
  public init(secondsEast: @escaping @Sendable (Int64) -> Int) { offset = secondsEast }

  /// UTC.
  public static let utc = TimeZoneRule { _ in 0 }

  /// A zone without daylight saving time, minutes east of UTC.
  public static func fixed(minutes: Int) -> TimeZoneRule { TimeZoneRule { _ in minutes * 60 } }

  /// The zone of this process: `TZ`, else the system's.
  public static let local = TimeZoneRule(secondsEast: localSecondsEast)

  /// Seconds east of UTC at a moment.
  public func secondsEast(at seconds: Int64) -> Int { offset(seconds) }

  /// Local clock time at a moment.
  package func civil(_ time: Timestamp) -> CivilTime {
    CivilTime(seconds: time.seconds + Int64(offset(time.seconds)))
  }

  /// The moment when a local clock shows a time.
  ///
  /// That is the first of two moments when clocks were set back; a time that was skipped becomes as much later as
  /// the clocks were set forward. Offsets may change at most once in two days.
  package func timestamp(_ civil: CivilTime, nanoseconds: Int32 = 0) -> Timestamp {
    timestamp(localSeconds: civil.seconds, nanoseconds: nanoseconds)
  }

  package func timestamp(localSeconds: Int64, nanoseconds: Int32 = 0) -> Timestamp {
    let before = offset(localSeconds - 86_400)
    let after = offset(localSeconds + 86_400)
    var utc = localSeconds - Int64(before)
    if before != after, offset(utc) != before, offset(localSeconds - Int64(after)) == after {
      utc = localSeconds - Int64(after)
    }
    return Timestamp(seconds: utc, nanoseconds: nanoseconds).written(in: self)
  }
}

extension Timestamp {
  /// The same moment, written with the offset that a zone has then.
  public func written(in zone: TimeZoneRule) -> Timestamp {
    let minutes = zone.secondsEast(at: seconds) / 60
    return Timestamp(
      seconds: seconds, nanoseconds: nanoseconds, offsetMinutes: Int16(truncatingIfNeeded: minutes))
  }
}
