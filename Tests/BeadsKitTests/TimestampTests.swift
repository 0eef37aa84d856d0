import Foundation
import Testing

@testable import BeadsModel

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-01-11T10:33:47.827185-08:00", 1_768_156_427, 827_185_000, -480),
    ("2026-01-11t10:33:47.827185-0800", 1_768_156_427, 827_185_000, -480),
    ("2026-01-11 10:33:47.827185-08:00", 1_768_156_427, 827_185_000, -480),
    ("2026-01-11 10:33:47.827185 -0800 PST", 1_768_156_427, 827_185_000, -480),
    ("2026-01-11 18:33:47.827185 +0000 UTC", 1_768_156_427, 827_185_000, 0),
    ("2026-01-11 18:33:47.827185 +0000 UTC m=+0.000123", 1_768_156_427, 827_185_000, 0),
    ("2026-01-11 18:33:47 +0000", 1_768_156_427, 0, 0),
    ("2026-01-11T18:33:47z", 1_768_156_427, 0, 0),
    ("2026-01-11T18:33:47.8Z", 1_768_156_427, 800_000_000, 0),
    ("2026-01-11T18:33:47.000000001-00:00", 1_768_156_427, 1, 0),
    ("2026-01-12T18:32:47+23:59", 1_768_156_427, 0, 1439),
    ("1969-12-31T23:59:59.5Z", -1, 500_000_000, 0),
    ("0001-01-01T00:00:00Z", -62_135_596_800, 0, 0),
    ("0000-01-01T00:00:00Z", -62_167_219_200, 0, 0),
    ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999, 0),
    ("2016-12-31T23:59:60Z", 1_483_228_800, 0, 0),
    ("2016-12-31T15:59:60.25-08:00", 1_483_228_800, 250_000_000, -480),
  ])
  func reads(_ text: String, _ seconds: Int64, _ nanoseconds: Int32, _ offset: Int16) throws {
    let time = try #require(Timestamp(text))
    #expect(time.seconds == seconds)
    #expect(time.nanoseconds == nanoseconds)
    #expect(time.offsetMinutes == offset)
  }

  @Test(arguments: [
    "", "Z", "2026-01-11", "2026-01-11T10:33:47", "2026-01-11T10:33Z", "2026-01-11T10:33:47.Z",
    "2026-01-11T10:33:47.1234567890Z", "2026-01-11T10:33:47,5Z", "2026-13-11T10:33:47Z",
    "2026-00-11T10:33:47Z",
    "2026-01-00T10:33:47Z", "2026-01-32T10:33:47Z", "2026-04-31T10:33:47Z", "2026-02-29T10:33:47Z",
    "1900-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2026-01-11T24:00:00Z", "2026-01-11T10:60:47Z",
    "2026-01-11T10:33:60Z", "2026-01-11T23:59:61Z", "2026-01-11T10:33:47+24:00", "2026-01-11T10:33:47+08:60",
    "2026-01-11T10:33:47 08:00", "2026-01-11T10:33:47+8:00", "2026-01-11T10:33:47Zx", " 2026-01-11T10:33:47Z",
    "2026-01-11T10:33:47Z ", "2026-01-11_10:33:47Z", "2026/01/11T10:33:47Z", "2026-01-11T10-33-47Z",
    "02026-01-11T10:33:47Z", "-026-01-11T10:33:47Z", "2026-1-11T10:33:47Z", "2026-01-11T1 :33:47Z",
    "2026-01-11T10:33:47 +0000UTC", "2026-01-11T10:33:47 +0000 ", "2026-01-11T10:33:47 +0000 U\n",
    "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "２026-01-11T10:33:47Z",
  ])
  func refuses(_ text: String) { #expect(Timestamp(text) == nil) }

  @Test(arguments: [
    ("2026-01-11T10:33:47.827185000-08:00", "2026-01-11T10:33:47.827185-08:00"),
    ("2026-01-11T10:33:47.000Z", "2026-01-11T10:33:47Z"),
    ("2026-01-11 10:33:47+0545", "2026-01-11T10:33:47+05:45"),
    ("2026-01-11T10:33:47-00:30", "2026-01-11T10:33:47-00:30"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
  ])
  func writesCanonically(_ text: String, _ canonical: String) throws {
    #expect(try #require(Timestamp(text)).description == canonical)
  }

  @Test func everyOffsetRoundTripsByteForByte() throws {
    var bytes: [UInt8] = []
    for minutes in -1439...1439 {
      let time = Timestamp(seconds: 1_768_156_427, nanoseconds: 827_185_000, offsetMinutes: Int16(minutes))
      bytes.removeAll(keepingCapacity: true)
      time.append(to: &bytes)
      let again = try #require(bytes.withUnsafeBufferPointer { Timestamp(utf8: $0) })
      #expect(again == time && again.offsetMinutes == time.offsetMinutes)
      #expect(String(decoding: bytes, as: UTF8.self) == time.description)
    }
  }

  @Test func everyDayOfTheCalendarRoundTrips() {
    var days = -719_528
    for year in 0...9999 {
      for month in 1...12 {
        for day in [1, CivilTime.dayCount(year: year, month: month)] {
          let expected = days + day - 1
          guard CivilTime.days(year: year, month: month, day: day) == expected,
            CivilTime.date(days: expected) == (year, month, day)
          else {
            Issue.record("\(year)-\(month)-\(day) is day \(expected)")
            return
          }
        }
        days += CivilTime.dayCount(year: year, month: month)
      }
    }
    #expect(days == 2_932_897)
  }

  @Test func agreesWithFoundation() throws {
    var random = TestRandom(seed: 7)
    // Foundation's calendar turns Julian before 1582 and its zones end at 18 hours.
    for _ in 0..<2000 {
      let seconds = Int64.random(in: -12_219_292_800...253_402_300_799, using: &random)
      let minutes = Int.random(in: -840...840, using: &random)
      let time = Timestamp(seconds: seconds, offsetMinutes: Int16(minutes))
      guard Timestamp.writableSeconds.contains(seconds + Int64(minutes * 60)) else { continue }
      let zone = try #require(TimeZone(secondsFromGMT: minutes * 60))
      let style = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone)
      let text = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
      #expect(time.description == text)
      #expect(Timestamp(text) == time)
    }
  }

  @Test func sortableTextOrdersLikeTime() throws {
    var random = TestRandom(seed: 11)
    var times: [Timestamp] = [
      Timestamp(seconds: .min), Timestamp(seconds: .max), Timestamp(seconds: -62_135_596_800),
      Timestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999),
    ]
    for _ in 0..<500 {
      let seconds = Int64.random(in: Timestamp.writableSeconds, using: &random)
      times.append(
        Timestamp(
          seconds: seconds, nanoseconds: .random(in: 0...999_999_999, using: &random),
          offsetMinutes: .random(in: -1439...1439, using: &random)))
    }
    times.sort()
    let texts = times.map(\.sortableText)
    #expect(texts == texts.sorted())
    #expect(texts.allSatisfy { $0.utf8.count == 30 })
    for (time, text) in zip(times, texts) where Timestamp.writableSeconds.contains(time.seconds) {
      #expect(try #require(Timestamp(text)) == time)
    }
    #expect(Timestamp("2026-01-11T10:33:47.827185-08:00")?.sortableText == "2026-01-11T18:33:47.827185000Z")
  }

  @Test(arguments: [
    (Timestamp(seconds: .max), "9999-12-31T23:59:59.999999999Z"),
    (Timestamp(seconds: .min, offsetMinutes: -60), "0000-01-01T00:00:00Z"),
    (Timestamp(seconds: 0, nanoseconds: -5, offsetMinutes: 1440), "1970-01-01T00:00:00Z"),
    (Timestamp(seconds: 0, nanoseconds: .max, offsetMinutes: .min), "1970-01-01T00:00:00.999999999Z"),
    (Timestamp(seconds: 253_402_300_799, offsetMinutes: 1), "9999-12-31T23:59:59Z"),
  ])
  func writesImpossibleValuesClamped(_ time: Timestamp, _ text: String) { #expect(time.description == text) }

  @Test func mutatedTextNeverTrapsAndWhatIsReadIsRewritten() {
    var random = TestRandom(seed: 3)
    let seeds = ["2026-01-11T10:33:47.827185-08:00", "2026-01-11 10:33:47.827185 -0800 PST m=+0.1"].map {
      Array($0.utf8)
    }
    for _ in 0..<20_000 {
      var bytes = seeds[Int.random(in: 0..<2, using: &random)]
      for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
        let index = bytes.indices.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = .random(in: 0x20...0x7E, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(.random(in: 0x2B...0x3A, using: &random), at: index)
        }
      }
      if let time = bytes.withUnsafeBufferPointer({ Timestamp(utf8: $0) }) {
        #expect(Timestamp(time.description) == time)
      }
    }
  }

  @Test func arithmeticSaturates() {
    #expect(Timestamp(seconds: .max).adding(seconds: 1).seconds == .max)
    #expect(Timestamp(seconds: .min).adding(seconds: -1).seconds == .min)
    #expect(
      Timestamp(seconds: 1, nanoseconds: 1).adding(nanoseconds: -2)
        == Timestamp(seconds: 0, nanoseconds: 999_999_999))
    #expect(
      Timestamp(seconds: 1, nanoseconds: 999_999_999).adding(nanoseconds: 1_000_000_002)
        == Timestamp(seconds: 3, nanoseconds: 1))
  }
}
