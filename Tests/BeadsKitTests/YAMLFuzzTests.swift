import BeadsFormats
import Testing

@Suite struct YAMLFuzzTests {
  private static let seeds = [
    "# Beads\n# no-db: false\nissue-prefix: bd\nsync:\n  branch: x # c\n  mode: \"a\\nb\"\n\nrepos:\n  additional:\n  - a\n  - 'b'\n",
    "sync.branch: x\r\nexternal_projects: {a: ../a, \"b\": [c, d]}\r\n#   deep: 1\r\nlist: [\r\n  a, # c\r\n  b]\r\n",
    "a:\n    b:\n        c: 1\n    # d: 2\n    e: ~\nf: 'it''s'\n---x: 1\n",
  ]
  private static let fragments = [
    ":", ": ", "\n", "\r", "#", " #", "[", "]", "{", "}", ",", "'", "\"", "\\", "-", "- ", "  ", "\t", "&",
    "|", "\u{FEFF}", "ä",
    "a", "a.b", "null", "---\n", "# a: 1\n", "\0",
  ]
  private static let keys = [
    "a", "a.b", "a.b.c", "sync.branch", "no-db", "sync", "x y", "ä:", "#", "a.", ".a", "-", "f",
  ]
  private static let values = [
    "x", "", " y ", "a: b", "[", "'", "\"\\", "null", "\n", "#c", "true", "-", "ä\u{85}", "}", ",",
  ]

  private static func mutated(_ random: inout TestRandom) -> [UInt8] {
    var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let start = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, start + [0, 0, 1, 3, 20].randomElement(using: &random, or: 0))
      let piece =
        Bool.random(using: &random) ? Array((fragments.randomElement(using: &random) ?? "").utf8) : []
      bytes.replaceSubrange(start..<end, with: piece)
      if Int.random(in: 0..<20, using: &random) == 0 {
        bytes.append(UInt8.random(in: 0...255, using: &random))
      }
    }
    return bytes
  }

  @Test(arguments: 0..<4)
  func mutatedFilesNeitherCrashNorLoseOtherKeys(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var (parsed, changed) = (0, 0)
    for _ in 0..<1500 {
      let bytes = Self.mutated(&random)
      guard let before = try? YAMLDocument(bytes) else { continue }
      parsed += 1
      #expect(before.bytes == bytes)
      let key = Self.keys.randomElement(using: &random, or: "a")
      let others = before.leaves.filter { $0.key != key }
      var document = before
      let value = Self.values.randomElement(using: &random, or: "x")
      if (try? document.set(key, to: value)) != nil {
        changed += 1
        #expect(document.string(key) == value)
        let read = try YAMLDocument(document.bytes)
        #expect(read.string(key) == value)
        #expect(read.leaves.filter { $0.key != key }.elementsEqual(others, by: ==))
        #expect(Self.commonBytes(bytes, document.bytes) >= bytes.count - 60)
        try document.unset(key)
        #expect(document[key] == nil)
        #expect(document.leaves.elementsEqual(others, by: ==))
      } else {
        #expect(document.bytes == bytes)
        #expect(
          before[key]?.map != nil, "\(key) could not be set in \(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(parsed > 200)
    #expect(changed > 150)
  }

  /// The bytes at both ends that two arrays share.
  private static func commonBytes(_ a: [UInt8], _ b: [UInt8]) -> Int {
    let head = zip(a, b).prefix { $0 == $1 }.count
    let tail = zip(a.dropFirst(head).reversed(), b.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    return head + tail
  }
}

extension Array {
  fileprivate func randomElement(using random: inout TestRandom, or fallback: Element) -> Element {
    randomElement(using: &random) ?? fallback
  }
}
