/// A moment with nanosecond precision that remembers the UTC offset it was written with.
///
/// Issues written by other tools carry local offsets and 3 to 9 fraction digits; keeping both makes a canonical
/// line round-trip byte for byte, which `Date` (sub-millisecond loss, no offset) cannot do. Comparison and
/// equality look at the moment only.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  public var seconds: Int64
  /// 0 to 999,999,999.
  public var nanoseconds: Int32
  /// Minutes east of Greenwich that the moment was written with; 0 is written `Z`.
  public var offsetMinutes: Int16

  /// Makes a moment from seconds since 1970 and its fraction.
  public init(seconds: Int64, nanoseconds: Int32 = 0, offsetMinutes: Int16 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.offsetMinutes = offsetMinutes
  }

  /// Makes a UTC moment from nanoseconds since 1970.
  public init(unixNanoseconds: Int64) {
    let (q, r) = unixNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    seconds = r < 0 ? q - 1 : q
    nanoseconds = Int32(r < 0 ? r + 1_000_000_000 : r)
    offsetMinutes = 0
  }

  /// Nanoseconds since 1970, saturated at the ends of `Int64` (years 1677 and 2262).
  public var unixNanoseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(Int64(nanoseconds))
    return carry ? .max : sum
  }

  /// The same moment written in UTC.
  public var utc: Timestamp { Timestamp(seconds: seconds, nanoseconds: nanoseconds) }

  /// The moment this many seconds later, saturated at the ends of `Int64`.
  public func adding(seconds delta: Int64) -> Timestamp {
    let (sum, overflow) = seconds.addingReportingOverflow(delta)
    var copy = self
    copy.seconds = overflow ? (delta < 0 ? .min : .max) : sum
    return copy
  }

  /// The moment this many nanoseconds later, saturated at the ends of `Int64` seconds.
  public func adding(nanoseconds delta: Int64) -> Timestamp {
    let total = Int64(nanoseconds) + delta % 1_000_000_000
    let carry: Int64 = total < 0 ? -1 : (total >= 1_000_000_000 ? 1 : 0)
    var copy = adding(seconds: delta / 1_000_000_000 + carry)
    copy.nanoseconds = Int32(total - carry * 1_000_000_000)
    return copy
  }

  /// The moment a nanosecond later, in UTC; the last one that can be written is its own successor.
  package var next: Timestamp {
    let later = utc.adding(nanoseconds: 1)
    return Self.writableSeconds.contains(later.seconds) ? later : self
  }

  /// Whether both are the same moment, whatever their offsets.
  public static func == (a: Timestamp, b: Timestamp) -> Bool {
    a.seconds == b.seconds && a.nanoseconds == b.nanoseconds
  }

  /// Hashes the moment.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(seconds)
    hasher.combine(nanoseconds)
  }

  /// Whether `a` is the earlier moment.
  public static func < (a: Timestamp, b: Timestamp) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }
}
