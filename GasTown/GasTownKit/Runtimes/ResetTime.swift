public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// When a rate limit ends, as agents print it: `resets 5pm (UTC)`, `try again in 3 days 2 hours`,
/// `resets Oct 9, 10:30am`.
public enum ResetTime {
  /// The next such time after now; nil when the text names none.
  ///
  /// A time of day is that of this machine unless the text says UTC or GMT.
  public static func find(in text: String, now: Timestamp) -> Timestamp? {
    let words = Words(text)
    guard
      let mark = words.all.lastIndex(where: { ["reset", "resets", "again", "retry", "wait"].contains($0) })
    else { return nil }
    let rest = words.all[(mark + 1)...]
    if let span = span(rest) { return Timestamp(unixNanoseconds: now.unixNanoseconds &+ span) }
    return time(rest, isUniversal: words.all.contains { $0 == "utc" || $0 == "gmt" }, now)
  }

  /// Words and numbers in lower case; a number and the letters behind it are two.
  private struct Words {
    var all: [String] = []

    init(_ text: String) {
      var word = ""
      var isNumber = false
      for character in text.lowercased() {
        let isDigit = character.isASCII && character.isNumber || (isNumber && character == ":")
        let isLetter = character.isASCII && character.isLetter
        if !word.isEmpty, !(isDigit || isLetter) || isDigit != isNumber {
          all.append(word)
          word = ""
        }
        if isDigit || isLetter {
          word.append(character)
          isNumber = isDigit
        }
      }
      if !word.isEmpty { all.append(word) }
    }
  }

  // MARK: Time spans

  private static let units: [(names: Set<String>, seconds: Int64)] = [
    (["s", "sec", "secs", "second", "seconds"], 1), (["m", "min", "mins", "minute", "minutes"], 60),
    (["h", "hr", "hrs", "hour", "hours"], 3600), (["d", "day", "days"], 86_400),
    (["w", "week", "weeks"], 604_800),
  ]

  /// A time span at the beginning, in nanoseconds: `in 3 days 2 hours`, `after 30 s`.
  private static func span(_ words: ArraySlice<String>) -> Int64? {
    var rest = words.drop { $0 == "in" || $0 == "after" || $0 == "for" }
    var seconds: Int64 = 0
    while let number = rest.first.flatMap(Int64.init), number < 100_000,
      let unit = units.first(where: { $0.names.contains(rest.dropFirst().first ?? "") })
    {
      seconds += number * unit.seconds
      rest = rest.dropFirst(2).drop { $0 == "and" }
    }
    return seconds > 0 ? seconds * 1_000_000_000 : nil
  }

  // MARK: Times of day

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// The next time of day, on the day that stands before it if one does.
  private static func time(
    _ words: ArraySlice<String>, isUniversal: Bool, _ now: Timestamp
  ) -> Timestamp? {
    var rest = words.drop { $0 == "at" || $0 == "on" }
    var day: (month: Int, day: Int)?
    if let name = rest.first, let month = months.firstIndex(of: String(name.prefix(3))),
      let number = rest.dropFirst().first.flatMap({ Int($0) }), (1...31).contains(number)
    {
      day = (month, number)
      rest = rest.dropFirst(2).drop { ["at", "st", "nd", "rd", "th"].contains($0) }
    }
    guard let minutes = minutes(rest) else { return nil }
    var seconds = time_t(now.unixNanoseconds / 1_000_000_000)
    var parts = tm()
    _ = isUniversal ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(minutes / 60), Int32(minutes % 60), 0)
    parts.tm_isdst = -1
    if let day { (parts.tm_mon, parts.tm_mday) = (Int32(day.month), Int32(day.day)) }
    // A day or a year later, if that is over.
    for _ in 0..<2 {
      var copy = parts
      let found = Int64(isUniversal ? timegm(&copy) : mktime(&copy))
      if found > Int64(seconds) { return Timestamp(unixNanoseconds: found * 1_000_000_000) }
      if day == nil { parts.tm_mday += 1 } else { parts.tm_year += 1 }
    }
    return nil
  }

  /// `5 pm`, `10:30 am`, `19:31`: minutes since midnight.
  private static func minutes(_ words: ArraySlice<String>) -> Int? {
    guard let first = words.first else { return nil }
    let half = words.dropFirst().first
    let parts = first.split(separator: ":").map { Int($0) }
    guard let number = parts.first, let hour = number, (0..<24).contains(hour) else { return nil }
    let minute = parts.count > 1 ? parts[1] ?? -1 : 0
    guard (0..<60).contains(minute), parts.count > 1 || half == "am" || half == "pm" else { return nil }
    switch half {
    case "am": return (hour % 12) * 60 + minute
    case "pm": return (hour % 12 + 12) * 60 + minute
    default: return hour * 60 + minute
    }
  }
}
