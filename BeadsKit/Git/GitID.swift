import CGit2

/// The name of an object in a git repository: the SHA-1 of its content.
public struct GitID: Sendable, Hashable, CustomStringConvertible {
  let raw: git_oid

  init(_ raw: git_oid) { self.raw = raw }

  /// Reads 40 hexadecimal digits.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 40 else { return nil }
    var oid = git_oid()
    let isRead = withUnsafeMutableBytes(of: &oid.id) { bytes -> Bool in
      var digits = text.utf8.makeIterator()
      for index in bytes.indices {
        guard let high = digits.next().flatMap(Self.value), let low = digits.next().flatMap(Self.value) else {
          return false
        }
        bytes[index] = high << 4 | low
      }
      return true
    }
    guard isRead else { return nil }
    raw = oid
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }

  /// The 40 hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return withUnsafeBytes(of: raw.id) { bytes in
      String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
  }

  /// The first digits, as people write it.
  public var short: String { String(description.prefix(7)) }

  /// Whether both name the same object.
  public static func == (a: GitID, b: GitID) -> Bool {
    withUnsafeBytes(of: a.raw.id) { a in withUnsafeBytes(of: b.raw.id) { a.elementsEqual($0) } }
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) {
    withUnsafeBytes(of: raw.id) { hasher.combine(bytes: $0) }
  }
}
