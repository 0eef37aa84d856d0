/// A set of the three-byte parts of texts in 2016 bits: a Bloom filter with one bit a part.
///
/// A text that lacks a bit of another text's signature cannot contain it. Of texts of 400 bytes one in six bits is
/// set, so that five letters find one wrong issue in 500; longer texts are found more often in vain, never missed.
struct TextSignature {
  /// Sixteen fill what SQLite keeps of a row on a page of 4096 bytes.
  static let size = 252

  /// The bit of each part of a folded text; texts shorter than three bytes have none.
  @inline(__always)
  static func forEachBit(_ text: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Void) {
    if text.count < 3 { return }
    var part = UInt32(text[0]) << 8 | UInt32(text[1])
    for index in 2..<text.count {
      part = (part << 8 | UInt32(text[index])) & 0xFF_FFFF
      body(Int((UInt64(part &* 0x9E37_79B1) &* UInt64(8 * size)) >> 32))
    }
  }

  /// The bits that a text which holds all of these has.
  static func bits(of texts: [String]) -> [Int] {
    var bits: Set<Int> = []
    for text in texts {
      var folded = TextSearch.folded(text)
      folded.withUTF8 { utf8 in forEachBit(utf8) { bits.insert($0) } }
    }
    return bits.sorted()
  }

  /// Whether the signature at an address has all the bits.
  @inline(__always)
  static func has(_ bits: [Int], _ signature: UnsafePointer<UInt8>) -> Bool {
    for bit in bits where signature[bit >> 3] & (1 << UInt8(bit & 7)) == 0 { return false }
    return true
  }
}
