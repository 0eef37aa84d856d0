extension Timestamp: CustomStringConvertible {
  /// The longest canonical text: date, time, nine fraction digits and an offset.
  package static let textCapacity = 35

  /// Canonical RFC 3339 like Go's RFC3339Nano: `2026-01-11T10:33:47.827185-08:00`, `Z` for offset 0.
  public var description: String {
    String(unsafeUninitializedCapacity: Self.textCapacity) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return write(to: base)
    }
  }

  /// UTC with exactly nine fraction digits, `2026-01-11T18:33:47.827185000Z`: text order is time order.
  public var sortableText: String {
    String(unsafeUninitializedCapacity: Self.textCapacity) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return writeSortable(to: base)
    }
  }

  /// Appends the canonical text.
  package func append(to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textCapacity) { buffer in
      guard let base = buffer.baseAddress else { return }
      let count = write(to: base)
      bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }
  }

  /// Appends the fixed-width UTC text.
  package func appendSortable(to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textCapacity) { buffer in
      guard let base = buffer.baseAddress else { return }
      let count = writeSortable(to: base)
      bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }
  }

  /// Writes the canonical text, at most `textCapacity` bytes, and returns its length.
  ///
  /// Moments that four digits of year cannot say are clamped; an offset that would leave the years 0000 to 9999
  /// or is a day or more is written as UTC.
  package func write(to out: UnsafeMutablePointer<UInt8>) -> Int {
    let (utc, fraction) = clamped
    var offset = Int(offsetMinutes)
    if abs(offset) >= 1440 || !Self.writableSeconds.contains(utc + Int64(offset) * 60) { offset = 0 }
    writeDateTime(utc + Int64(offset) * 60, to: out)
    var length = 19
    if fraction != 0 {
      out[19] = UInt8(ascii: ".")
      writeFraction(fraction, to: out + 20)
      length = 29
      while out[length - 1] == UInt8(ascii: "0") { length -= 1 }
    }
    if offset == 0 {
      out[length] = UInt8(ascii: "Z")
      return length + 1
    }
    out[length] = offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
    writePair(abs(offset) / 60, to: out + length + 1)
    out[length + 3] = UInt8(ascii: ":")
    writePair(abs(offset) % 60, to: out + length + 4)
    return length + 6
  }

  /// Writes the fixed-width UTC text and returns its length, 30.
  package func writeSortable(to out: UnsafeMutablePointer<UInt8>) -> Int {
    let (utc, fraction) = clamped
    writeDateTime(utc, to: out)
    out[19] = UInt8(ascii: ".")
    writeFraction(fraction, to: out + 20)
    out[29] = UInt8(ascii: "Z")
    return 30
  }

  private var clamped: (seconds: Int64, nanoseconds: UInt32) {
    if seconds < Self.writableSeconds.lowerBound { return (Self.writableSeconds.lowerBound, 0) }
    if seconds > Self.writableSeconds.upperBound { return (Self.writableSeconds.upperBound, 999_999_999) }
    return (seconds, UInt32(min(max(nanoseconds, 0), 999_999_999)))
  }
}

/// Writes `2026-01-11T10:33:47`.
@inline(__always)
private func writeDateTime(_ localSeconds: Int64, to out: UnsafeMutablePointer<UInt8>) {
  let civil = CivilTime(seconds: localSeconds)
  writePair(civil.year / 100, to: out)
  writePair(civil.year % 100, to: out + 2)
  out[4] = UInt8(ascii: "-")
  writePair(civil.month, to: out + 5)
  out[7] = UInt8(ascii: "-")
  writePair(civil.day, to: out + 8)
  out[10] = UInt8(ascii: "T")
  writePair(civil.hour, to: out + 11)
  out[13] = UInt8(ascii: ":")
  writePair(civil.minute, to: out + 14)
  out[16] = UInt8(ascii: ":")
  writePair(civil.second, to: out + 17)
}

@inline(__always)
private func writeFraction(_ nanoseconds: UInt32, to out: UnsafeMutablePointer<UInt8>) {
  var rest = nanoseconds
  for index in stride(from: 8, through: 0, by: -1) {
    out[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
    rest /= 10
  }
}

@inline(__always)
private func writePair(_ value: Int, to out: UnsafeMutablePointer<UInt8>) {
  let value = UInt32(truncatingIfNeeded: value)
  out[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10)
  out[1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
}
