public import BeadsSystem

/// Durations as Go writes them, `1h30m`, held as nanoseconds in issue files.
public enum GoDuration {
  /// Reads a sign, then numbers with units: `1h30m`, `-1.5h`, `500ms`, `0`; also days `30d` and weeks `2w`.
  ///
  /// Units are ns, us (or µs), ms, s, m, h, d and w; days have 24 hours. The text of every `Int64` reads back.
  /// - Returns: nanoseconds; digits below one nanosecond are dropped.
  /// - Throws: `invalid` when this is not a duration or one longer than 292 years.
  public static func nanoseconds(_ text: String) throws(BeadsError) -> Int64 {
    var rest = text.utf8[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    if rest.elementsEqual("0".utf8) { return 0 }
    guard !rest.isEmpty else { throw malformed(text) }
    var total: UInt64 = 0
    while !rest.isEmpty {
      guard let amount = Amount(&rest), let unit = takeUnit(&rest) else { throw malformed(text) }
      guard let part = amount.times(unit) else { throw tooLong(text) }
      let (sum, overflow) = total.addingReportingOverflow(part)
      if overflow { throw tooLong(text) }
      total = sum
    }
    guard total <= UInt64(Int64.max) + (isNegative ? 1 : 0) else { throw tooLong(text) }
    return isNegative ? Int64(truncatingIfNeeded: 0 &- total) : Int64(total)
  }

  /// Writes nanoseconds as Go does: `1h0m0s`, `1.5s`, `250ms`, `0s`.
  public static func text(nanoseconds: Int64) -> String {
    let sign = nanoseconds < 0 ? "-" : ""
    let value = nanoseconds.magnitude
    switch value {
    case 0: return "0s"
    case ..<1000: return "\(sign)\(value)ns"
    case ..<1_000_000: return sign + decimal(value, digits: 3) + "µs"
    case ..<1_000_000_000: return sign + decimal(value, digits: 6) + "ms"
    default: break
    }
    let minutes = value / 60_000_000_000
    let seconds = decimal(value % 60_000_000_000, digits: 9) + "s"
    if minutes == 0 { return sign + seconds }
    if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
    return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
  }

  /// `value` with the decimal point `digits` places from the right and without trailing zeros.
  private static func decimal(_ value: UInt64, digits: Int) -> String {
    var scale: UInt64 = 1
    for _ in 0..<digits { scale *= 10 }
    var fraction = String(value % scale)
    if fraction == "0" { return String(value / scale) }
    fraction = String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
    return "\(value / scale).\(fraction)"
  }

  /// Takes the unit at the start and returns its nanoseconds.
  private static func takeUnit(_ rest: inout Substring.UTF8View) -> UInt64? {
    let unit = rest.prefix { !$0.isASCIIDigit && $0 != UInt8(ascii: ".") }
    rest = rest[unit.endIndex...]
    switch String(Substring(unit)) {
    case "ns": return 1
    case "us", "µs", "\u{3BC}s": return 1000
    case "ms": return 1_000_000
    case "s": return 1_000_000_000
    case "m": return 60_000_000_000
    case "h": return 3_600_000_000_000
    case "d": return 86_400_000_000_000
    case "w": return 604_800_000_000_000
    default: return nil
    }
  }

  private static func malformed(_ text: String) -> BeadsError {
    BeadsError(
      .invalid, "\(quoted(text)) is not a duration", hint: "use forms like 90s, 1h30m, 500ms, 30d or 2w")
  }

  private static func tooLong(_ text: String) -> BeadsError {
    BeadsError(
      .invalid, "the duration \(quoted(text)) is too long", hint: "the longest is 2562047h47m16s, 292 years")
  }
}

/// A decimal number: digits, or digits with a point before, between or after them.
private struct Amount {
  private var whole: UInt64 = 0
  private var isHuge = false
  private var fraction: UInt64 = 0
  private var scale: UInt64 = 1

  /// Takes the number at the start.
  init?(_ rest: inout Substring.UTF8View) {
    var digits = 0
    while let byte = rest.first, byte.isASCIIDigit {
      let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      isHuge = isHuge || overflow || carry
      whole = sum
      digits += 1
      rest.removeFirst()
    }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      while let byte = rest.first, byte.isASCIIDigit {
        // 18 digits already say more than a nanosecond of a week.
        if scale < 1_000_000_000_000_000_000 {
          fraction = fraction * 10 + UInt64(byte - UInt8(ascii: "0"))
          scale *= 10
        }
        digits += 1
        rest.removeFirst()
      }
    }
    if digits == 0 { return nil }
  }

  /// The product with a unit, rounded down, or nil when it does not fit.
  func times(_ unit: UInt64) -> UInt64? {
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
    if isHuge || overflow { return nil }
    let (part, _) = scale.dividingFullWidth(fraction.multipliedFullWidth(by: unit))
    let (sum, carry) = product.addingReportingOverflow(part)
    return carry ? nil : sum
  }
}
