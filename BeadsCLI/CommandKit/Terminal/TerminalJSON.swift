/// JSON for the eyes of a terminal's user: characters that steer a terminal or the direction of text are escaped.
///
/// JSON itself only asks for those below U+0020. The document means the same.
public enum TerminalJSON {
  /// The document with such characters escaped.
  public static func escaping(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let scalar = steering(bytes[index...].prefix(3))
      if let scalar {
        let hex = String(scalar, radix: 16)
        result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".utf8)
        index += scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  /// DEL, the second control block, and the marks that turn the direction of text.
  private static func steering(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    guard let first = bytes.first else { return nil }
    if first == 0x7F { return 0x7F }
    guard first == 0xC2 || first == 0xE2, bytes.count > 1 else { return nil }
    let second = bytes[bytes.startIndex + 1]
    if first == 0xC2 { return second < 0xA0 ? UInt32(second) : nil }
    guard bytes.count > 2, second == 0x80 || second == 0x81 else { return nil }
    let scalar = 0x2000 + UInt32(second & 0x3F) << 6 + UInt32(bytes[bytes.startIndex + 2] & 0x3F)
    let isMark = (0x200E...0x200F).contains(scalar) || (0x202A...0x202E).contains(scalar)
    return isMark || (0x2066...0x2069).contains(scalar) ? scalar : nil
  }
}
