/// Reads the scalars of a string's UTF-8 bytes, several times faster than `unicodeScalars` does in generic code.
struct ScalarReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0

  /// Reads bytes that are valid UTF-8, as those of a `String` are.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The value of the next scalar, nil at the end.
  mutating func next() -> UInt32? {
    guard index < bytes.count else { return nil }
    let lead = UInt32(bytes[index])
    index += 1
    switch lead {
    case 0..<0x80: return lead
    case 0x80..<0xE0: return (lead & 0x1F) << 6 | continuation()
    case 0xE0..<0xF0: return (lead & 0x0F) << 12 | continuation() << 6 | continuation()
    default: return (lead & 0x07) << 18 | continuation() << 12 | continuation() << 6 | continuation()
    }
  }

  private mutating func continuation() -> UInt32 {
    guard index < bytes.count else { return 0 }
    index += 1
    return UInt32(bytes[index - 1]) & 0x3F
  }
}
