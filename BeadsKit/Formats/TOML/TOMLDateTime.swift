/// A moment or a part of one, as TOML has four kinds of them: with offset, local, a date alone, a time alone.
public struct TOMLDateTime: Sendable, Equatable, CustomStringConvertible {
  /// A day of the proleptic Gregorian calendar.
  public struct Day: Sendable, Equatable {
    /// 0 to 9999.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to the month's last.
    public let day: Int
  }

  /// A time of day.
  public struct Time: Sendable, Equatable {
    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int
    /// 0 to 59, or 60 for a leap second.
    public let second: Int
    /// 0 to 999,999,999; further digits are cut, as the specification asks.
    public let nanosecond: Int
  }

  /// The day, unless it is a time alone.
  public let day: Day?
  /// The time, unless it is a date alone.
  public let time: Time?
  /// Minutes east of UTC; nil for local ones.
  public let offset: Int?

  /// As RFC 3339 writes it, with `T`, `Z` for UTC and no trailing zeros of the second.
  public var description: String {
    let parts = [day.map(Self.text), time.map(Self.text)].compactMap { $0 }
    return parts.joined(separator: "T") + (offset.map(Self.text) ?? "")
  }

  private static func text(_ day: Day) -> String {
    padded(day.year, 4) + "-" + padded(day.month, 2) + "-" + padded(day.day, 2)
  }

  private static func text(_ time: Time) -> String {
    let whole = padded(time.hour, 2) + ":" + padded(time.minute, 2) + ":" + padded(time.second, 2)
    if time.nanosecond == 0 { return whole }
    var digits = padded(time.nanosecond, 9)
    while digits.last == "0" { digits.removeLast() }
    return whole + "." + digits
  }

  private static func text(_ offset: Int) -> String {
    if offset == 0 { return "Z" }
    let minutes = abs(offset)
    return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension TOMLDateTime {
  /// Reads one of the four forms; nil when the text is none, or names a day or time that does not exist.
  init?(_ text: some Collection<UInt8>) {
    var reader = Reader(rest: Array(text)[...])
    var day: Day?
    if reader.looksLikeDay {
      guard let read = reader.day() else { return nil }
      day = read
      if reader.rest.isEmpty {
        self.init(day: read, time: nil, offset: nil)
        return
      }
      guard reader.take("T") || reader.take("t") || reader.take(" ") else { return nil }
    }
    guard let time = reader.time() else { return nil }
    var offset: Int?
    if day != nil, !reader.rest.isEmpty {
      guard let read = reader.offset() else { return nil }
      offset = read
    }
    guard reader.rest.isEmpty else { return nil }
    self.init(day: day, time: time, offset: offset)
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    var looksLikeDay: Bool { rest.count >= 5 && rest[rest.startIndex + 4] == UInt8(ascii: "-") }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(_ width: Int) -> Int? {
      guard rest.count >= width, rest.prefix(width).allSatisfy(\.isDigit) else { return nil }
      defer { rest.removeFirst(width) }
      return rest.prefix(width).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    mutating func day() -> Day? {
      guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
        1...12 ~= month, 1...Self.days(year, month) ~= day
      else { return nil }
      return Day(year: year, month: month, day: day)
    }

    private static func days(_ year: Int, _ month: Int) -> Int {
      switch month {
      case 4, 6, 9, 11: 30
      case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
      default: 31
      }
    }

    mutating func time() -> Time? {
      guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
        hour < 24, minute < 60, second <= 60
      else { return nil }
      var nanosecond = 0
      if take(".") {
        let digits = rest.prefix(while: \.isDigit)
        if digits.isEmpty { return nil }
        rest.removeFirst(digits.count)
        nanosecond = (0..<9).reduce(0) { total, place in
          let index = digits.startIndex + place
          return total * 10 + (index < digits.endIndex ? Int(digits[index] - UInt8(ascii: "0")) : 0)
        }
      }
      return Time(hour: hour, minute: minute, second: second, nanosecond: nanosecond)
    }

    mutating func offset() -> Int? {
      if take("Z") || take("z") { return 0 }
      let isWest = take("-")
      guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
        minutes < 60
      else { return nil }
      return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
