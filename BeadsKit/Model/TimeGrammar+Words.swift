/// The lower-case words of a text, split at spaces and commas.
struct TimeWords {
  let list: [String]

  init(_ text: String) {
    list = text.lowercased().split(whereSeparator: { $0 == " " || $0 == "," || $0 == "\t" }).map(String.init)
  }

  static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
  private static let numbers = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
  ]

  /// 0 to 6 for a weekday's name or its first three letters or more.
  static func weekday(_ word: String) -> Int? {
    guard word.utf8.count >= 3 else { return nil }
    return weekdays.firstIndex { $0.hasPrefix(word) }
  }

  /// The value of up to seven digits.
  static func number(_ digits: Substring.UTF8View) -> Int? {
    guard (1...7).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
    return Int(Substring(digits))
  }

  /// The value of digits, `a` or a number word up to twelve.
  static func amount(_ word: String) -> Int? {
    if word == "a" || word == "an" { return 1 }
    return number(word.utf8[...]) ?? numbers.firstIndex(of: word)
  }

  /// Seconds after midnight of `9am`, `9:30pm`, `14:30`, `14:30:15`, `noon`, `midnight`, and after `at` also `9`.
  static func clock(_ word: String, allowBareHour: Bool) -> Int? {
    if word == "noon" { return 43_200 }
    if word == "midnight" { return 0 }
    var digits = word[...]
    let isHalfDay = digits.hasSuffix("am") || digits.hasSuffix("pm")
    if isHalfDay { digits.removeLast(2) }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false).map { part in
      part.utf8.count <= 2 ? number(part.utf8) ?? -1 : -1
    }
    guard (1...3).contains(parts.count), parts.count > 1 || isHalfDay || allowBareHour,
      var hour = parts.first,
      hour >= 0, parts.dropFirst().allSatisfy({ (0...59).contains($0) })
    else { return nil }
    if isHalfDay {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (word.hasSuffix("pm") ? 12 : 0)
    }
    guard hour <= 23 else { return nil }
    return hour * 3600 + (parts.count > 1 ? parts[1] * 60 : 0) + (parts.count > 2 ? parts[2] : 0)
  }
}

/// A unit of relative times.
enum TimeUnit {
  case second, minute, hour, day, week, month, year

  /// The units of the compact form.
  init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "h"): self = .hour
    case UInt8(ascii: "d"): self = .day
    case UInt8(ascii: "w"): self = .week
    case UInt8(ascii: "m"): self = .month
    case UInt8(ascii: "y"): self = .year
    default: return nil
    }
  }

  init?(_ word: String) {
    switch word {
    case "second", "seconds", "sec", "secs": self = .second
    case "minute", "minutes", "min", "mins": self = .minute
    case "hour", "hours", "hr", "hrs": self = .hour
    case "day", "days": self = .day
    case "week", "weeks": self = .week
    case "month", "months": self = .month
    case "year", "years": self = .year
    default: return nil
    }
  }

  /// The length in seconds of units that do not depend on the calendar.
  var seconds: Int? {
    switch self {
    case .second: 1
    case .minute: 60
    case .hour: 3600
    default: nil
    }
  }

  /// The local time so many units later, for units of a day or more.
  func adding(_ amount: Int, to civil: CivilTime) -> CivilTime {
    var copy = civil
    switch self {
    case .month: return civil.adding(months: amount)
    case .year: return civil.adding(months: amount * 12)
    case .week: copy.day += amount * 7
    default: copy.day += amount
    }
    return CivilTime(seconds: copy.seconds)
  }

  /// Midnight of the first day of the unit that holds a time; weeks start on Monday.
  func start(of civil: CivilTime) -> CivilTime {
    var copy = civil.midnight
    switch self {
    case .week: copy.day -= (civil.weekday + 6) % 7
    case .month: copy.day = 1
    case .year: (copy.month, copy.day) = (1, 1)
    default: break
    }
    return CivilTime(seconds: copy.seconds)
  }
}
