import BeadsSystem
import Testing

@testable import BeadsModel

@Suite struct TimeGrammarDurationTests {
  @Test(
    arguments: [
      ("0", 0, "0s"), ("-0", 0, "0s"), ("1h", 3_600_000_000_000, "1h0m0s"),
      ("1h30m", 5_400_000_000_000, "1h30m0s"),
      ("500ms", 500_000_000, "500ms"), ("-1.5h", -5_400_000_000_000, "-1h30m0s"),
      ("+90s", 90_000_000_000, "1m30s"),
      ("2562047h", 9_223_369_200_000_000_000, "2562047h0m0s"),
      ("1.000000001s", 1_000_000_001, "1.000000001s"),
      ("1500us", 1_500_000, "1.5ms"), ("1µs", 1000, "1µs"), ("1μs", 1000, "1µs"), ("1001ns", 1001, "1.001µs"),
      ("999ns", 999, "999ns"),
      (".5s", 500_000_000, "500ms"), ("5.s", 5_000_000_000, "5s"),
      ("1h1ns", 3_600_000_000_001, "1h0m0.000000001s"),
      ("30d", 2_592_000_000_000_000, "720h0m0s"), ("2w", 1_209_600_000_000_000, "336h0m0s"),
      ("1.5d", 129_600_000_000_000, "36h0m0s"),
      ("0.3333333333333333333333h", 1_199_999_999_999, "19m59.999999999s"), ("1m1m", 120_000_000_000, "2m0s"),
      ("2562047h47m16.854775807s", .max, "2562047h47m16.854775807s"),
      ("-2562047h47m16.854775808s", .min, "-2562047h47m16.854775808s"),
    ] as [(String, Int64, String)])
  func readsAndWrites(_ text: String, _ nanoseconds: Int64, _ canonical: String) throws {
    #expect(try GoDuration.nanoseconds(text) == nanoseconds)
    #expect(GoDuration.text(nanoseconds: nanoseconds) == canonical)
    #expect(try GoDuration.nanoseconds(canonical) == nanoseconds)
  }

  @Test(arguments: [
    "", "-", "+", "1", "h", "1x", ".s", ".", "1h-1m", "1 h", "1h ", "--1h", "1hm", "1,5h", "1e3s", "00",
    "0x1s",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: BeadsError.self) { try GoDuration.nanoseconds(text) }
    #expect(error?.message == "\(quoted(text)) is not a duration")
  }

  @Test(arguments: [
    "2562048h", "9223372036854775808ns", "2562047h47m16.854775808s", "99999999999999999999s", "20000w",
  ])
  func refusesWhatIsTooLong(_ text: String) {
    let error = #expect(throws: BeadsError.self) { try GoDuration.nanoseconds(text) }
    #expect(error?.message == "the duration \(quoted(text)) is too long")
  }

  @Test func everyValueReadsBack() throws {
    var random = TestRandom(seed: 31)
    for _ in 0..<5000 {
      let value = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random)
      #expect(try GoDuration.nanoseconds(GoDuration.text(nanoseconds: value)) == value)
    }
  }
}
