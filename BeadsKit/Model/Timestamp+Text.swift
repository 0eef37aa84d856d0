// Reading: about 30 ns, because an import of 100,000 issues reads 300,000 of these.

extension Timestamp {
  /// 0000-01-01T00:00:00Z to 9999-12-31T23:59:59Z, what four digits of year can say.
  package static let writableSeconds: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  /// Reads RFC 3339 text, or returns nil: any offset, up to nine fraction digits, `T` or a space.
  ///
  /// Also reads what Go programs left in SQLite files: `2026-01-11 10:33:47.827185-08:00` and
  /// `2026-01-11 10:33:47.827185 -0800 PST`. A leap second is the first second of the next minute.
  public init?(_ text: String) {
    var text = text
    guard let value = text.withUTF8({ Timestamp(utf8: $0) }) else { return nil }
    self = value
  }

  /// Reads the whole buffer like `init(_:)`.
  package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress, let civil = CivilText(base, bytes.count, seconds: true),
      let offset = Self.offset(base + civil.length, bytes.count - civil.length)
    else { return nil }
    let utc = civil.localSeconds - Int64(offset) * 60
    guard Self.writableSeconds.contains(utc), !civil.isLeapSecond || utc % 86_400 == 0 else { return nil }
    self.init(seconds: utc, nanoseconds: civil.nanoseconds, offsetMinutes: offset)
  }

  /// Reads `Z`, `+hh:mm`, `+hhmm` or Go's ` +hhmm ZONE m=+0.1`, which must fill the given length.
  private static func offset(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int16? {
    if count == 1 { return bytes[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    if count >= 6, bytes[0] == UInt8(ascii: " ") {
      let tail = UnsafeBufferPointer(start: bytes + 6, count: count - 6)
      return isZoneName(tail) ? offset(bytes + 1, 5) : nil
    }
    let hasColon = count == 6 && bytes[3] == UInt8(ascii: ":")
    guard hasColon || count == 5 else { return nil }
    let hours = digitPair(bytes + 1)
    let minutes = digitPair(bytes + (hasColon ? 4 : 3))
    guard hours | minutes >= 0, hours <= 23, minutes <= 59 else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "+"): return Int16(hours * 60 + minutes)
    case UInt8(ascii: "-"): return Int16(-hours * 60 - minutes)
    default: return nil
    }
  }

  /// Whether this is empty, or a space, a zone name and perhaps Go's monotonic clock reading.
  private static func isZoneName(_ tail: UnsafeBufferPointer<UInt8>) -> Bool {
    if tail.isEmpty { return true }
    guard tail.count > 1, tail[0] == UInt8(ascii: " ") else { return false }
    return tail.dropFirst().allSatisfy { byte in
      switch byte | 0x20 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: byte == 0x20 || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte == 0x3D
      }
    }
  }
}

/// The zoneless head of a date and time, `2026-01-11T10:33:47.827185`, and how many bytes it took.
struct CivilText {
  let localSeconds: Int64
  let nanoseconds: Int32
  let isLeapSecond: Bool
  let length: Int

  /// Reads the head of `count` bytes; with `seconds: false` the date alone or `hh:mm` suffice.
  @inline(__always)
  init?(_ bytes: UnsafePointer<UInt8>, _ count: Int, seconds needsSeconds: Bool) {
    guard count >= (needsSeconds ? 19 : 10), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-")
    else { return nil }
    let century = digitPair(bytes)
    let yearOfCentury = digitPair(bytes + 2)
    let month = digitPair(bytes + 5)
    let day = digitPair(bytes + 8)
    guard century | yearOfCentury | month | day >= 0 else { return nil }
    let year = century * 100 + yearOfCentury
    guard month >= 1, month <= 12, day >= 1, day <= CivilTime.dayCount(year: year, month: month)
    else { return nil }
    let days = CivilTime.days(year: year, month: month, day: day)
    guard let time = ClockText(bytes + 10, count - 10, needsSeconds: needsSeconds) else { return nil }
    localSeconds = Int64(days * 86_400 + time.secondOfDay)
    nanoseconds = time.nanoseconds
    isLeapSecond = time.isLeapSecond
    length = 10 + time.length
  }
}

/// `T10:33:47.827185` after a date.
private struct ClockText {
  var secondOfDay = 0
  var nanoseconds: Int32 = 0
  var isLeapSecond = false
  var length = 0

  @inline(__always)
  init?(_ bytes: UnsafePointer<UInt8>, _ count: Int, needsSeconds: Bool) {
    if !needsSeconds, count == 0 { return }
    guard count >= 6, bytes[0] | 0x20 == UInt8(ascii: "t") || bytes[0] == UInt8(ascii: " "),
      bytes[3] == UInt8(ascii: ":")
    else { return nil }
    let hour = digitPair(bytes + 1)
    let minute = digitPair(bytes + 4)
    guard hour | minute >= 0, hour <= 23, minute <= 59 else { return nil }
    secondOfDay = hour * 3600 + minute * 60
    length = 6
    guard count >= 9, bytes[6] == UInt8(ascii: ":") else {
      if needsSeconds { return nil }
      return
    }
    let second = digitPair(bytes + 7)
    guard second >= 0, second <= 60 else { return nil }
    isLeapSecond = second == 60
    secondOfDay += second
    length = 9
    if count > 9, bytes[9] == UInt8(ascii: ".") {
      guard let digits = readFraction(bytes + 10, count - 10) else { return nil }
      length = 10 + digits
    }
  }

  /// Reads one to nine digits into `nanoseconds` and returns how many there were.
  @inline(__always)
  private mutating func readFraction(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var value: Int32 = 0
    var digits = 0
    while digits < count {
      let digit = bytes[digits] &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      if digits == 9 { return nil }
      value = value &* 10 &+ Int32(digit)
      digits += 1
    }
    if digits == 0 { return nil }
    for _ in digits..<9 { value = value &* 10 }
    nanoseconds = value
    return digits
  }
}

/// The value of two decimal digits, or -1.
@inline(__always)
func digitPair(_ bytes: UnsafePointer<UInt8>) -> Int {
  let high = bytes[0] &- UInt8(ascii: "0")
  let low = bytes[1] &- UInt8(ascii: "0")
  return high <= 9 && low <= 9 ? Int(high) * 10 + Int(low) : -1
}
