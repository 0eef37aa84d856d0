import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("Text that is typed")
struct TypedTextTests {
  @Test func comesBackAsItWas() {
    var state: UInt64 = 7
    func next(_ limit: UInt32) -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: state >> 33) % limit
    }
    let pools: [ClosedRange<UInt32>] = [
      0...0x20, 0x40...0x60, 0x7E...0xA1, 0x23FE...0x2426, 0x1F600...0x1F610,
    ]
    for _ in 0..<2000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<next(12) {
        let pool = pools[Int(next(UInt32(pools.count)))]
        if let scalar = Unicode.Scalar(pool.lowerBound + next(UInt32(pool.count))) { scalars.append(scalar) }
      }
      let text = String(scalars)
      let typed = TypedText.encode(text)
      #expect(Array(TypedText.decode(typed).utf8) == Array(text.utf8))
      let isControl = { (scalar: Unicode.Scalar) in
        scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F..<0xA0).contains(scalar.value)
      }
      #expect(!typed.unicodeScalars.contains(where: isControl))
    }
  }

  @Test func plainTextStaysPlain() {
    let text = "a\tb\nC:\\dir {x} \u{1F431} \u{2420}"
    #expect(TypedText.encode(text) == text && TypedText.decode(text) == text)
    #expect(TypedText.encode("\u{1B}[31mred") == "\u{241B}[31mred")
  }
}
