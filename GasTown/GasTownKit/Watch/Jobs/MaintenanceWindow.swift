import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A time of day, such as `02:00-05:00`, in the time of this machine; it may go over midnight.
struct MaintenanceWindow: Equatable {
  let start: Int
  let end: Int

  /// Reads a window; nil for an empty text or one that says something else.
  init?(_ text: String) {
    let parts = text.split(separator: "-").map { Self.minutes(String($0)) }
    guard parts.count == 2, let start = parts[0], let end = parts[1], start != end else { return nil }
    self.start = start
    self.end = end
  }

  private static func minutes(_ text: String) -> Int? {
    let parts = text.split(separator: ":").map { Int($0.filter { !$0.isWhitespace }) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour),
      (0...59).contains(minute), hour * 60 + minute <= 24 * 60
    else { return nil }
    return hour * 60 + minute
  }

  /// Whether a minute of the day is in it.
  func contains(minute: Int) -> Bool {
    start < end ? (start..<end).contains(minute) : minute >= start || minute < end
  }

  func contains(_ time: Timestamp) -> Bool {
    var seconds = time_t(time.unixNanoseconds / 1_000_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return contains(minute: Int(parts.tm_hour) * 60 + Int(parts.tm_min))
  }
}
