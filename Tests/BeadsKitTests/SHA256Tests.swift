import BeadsModel
import Testing

@Suite struct SHA256Tests {
  /// The examples of FIPS 180-4 and NIST's long-message set.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func vectors(_ text: String, _ hex: String) {
    var hash = SHA256()
    hash.update(text)
    #expect(hash.digest.hex == hex)
    #expect(SHA256.digest(text.utf8).hex == hex)
  }

  /// Lengths around the block and padding borders, hashed in one piece and in random pieces.
  @Test func piecesGiveTheSameDigest() {
    var random = TestRandom(seed: 5)
    for length in Array(0...200) + [511, 512, 513, 4096] {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      let whole = SHA256.digest(bytes)
      var hash = SHA256()
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...min(rest.count, 130), using: &random)
        if count.isMultiple(of: 2) {
          hash.update(rest.prefix(count))
        } else {
          hash.update(AnySequence(rest.prefix(count)))
        }
        _ = hash.digest
        rest = rest.dropFirst(count)
      }
      #expect(hash.digest == whole, "\(length) bytes")
      #expect(whole.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == whole.hex)
    }
  }

  @Test func leadingIntegerReadsBigEndian() {
    let digest = SHA256.digest("abc".utf8)
    #expect(digest.leadingInteger(byteCount: 2) == 0xba78)
    #expect(digest.leadingInteger(byteCount: 5) == 0xba_7816_bf8f)
    #expect(digest.leadingInteger(byteCount: 8) == 0xba78_16bf_8f01_cfea)
  }
}
