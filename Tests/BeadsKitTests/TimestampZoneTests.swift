import Testing

@testable import BeadsModel

@Suite struct TimestampZoneTests {
  /// Central Europe in 2026: one hour east, two from 29 March 01:00Z to 25 October 01:00Z.
  static let berlin = TimeZoneRule { (1_774_746_000..<1_792_890_000).contains($0) ? 7200 : 3600 }

  @Test(arguments: [
    (CivilTime(year: 2026, month: 1, day: 11, hour: 12), "2026-01-11T12:00:00+01:00"),
    (CivilTime(year: 2026, month: 7, day: 1), "2026-07-01T00:00:00+02:00"),
    (CivilTime(year: 2026, month: 3, day: 29, hour: 1, minute: 59), "2026-03-29T01:59:00+01:00"),
    (CivilTime(year: 2026, month: 3, day: 29, hour: 2, minute: 30), "2026-03-29T03:30:00+02:00"),
    (CivilTime(year: 2026, month: 3, day: 29, hour: 3), "2026-03-29T03:00:00+02:00"),
    (CivilTime(year: 2026, month: 10, day: 25, hour: 2, minute: 30), "2026-10-25T02:30:00+02:00"),
    (CivilTime(year: 2026, month: 10, day: 25, hour: 3), "2026-10-25T03:00:00+01:00"),
  ])
  func findsTheMomentOfALocalTime(_ civil: CivilTime, _ text: String) {
    #expect(Self.berlin.timestamp(civil).description == text)
  }

  @Test func everyHourOfAYearRoundTripsExceptTheRepeatedOne() {
    for hour in 0..<8760 {
      let time = Timestamp(seconds: 1_767_225_600 + Int64(hour) * 3600)
      let again = Self.berlin.timestamp(Self.berlin.civil(time))
      let isSecondOfTwo = time.seconds == 1_792_890_000
      #expect(again == (isSecondOfTwo ? time.adding(seconds: -3600) : time))
    }
  }

  @Test func writesInAnotherZone() {
    let time = Timestamp(seconds: 1_783_000_000, nanoseconds: 5)
    #expect(time.written(in: Self.berlin) == time)
    #expect(time.written(in: Self.berlin).description == "2026-07-02T15:46:40.000000005+02:00")
    #expect(time.written(in: .fixed(minutes: -90)).description == "2026-07-02T12:16:40.000000005-01:30")
  }

  @Test func theLocalZoneIsTheOneOfTheCLibrary() {
    let offset = TimeZoneRule.local.secondsEast(at: 1_768_156_427)
    #expect((-50_400...50_400).contains(offset))
    #expect(
      TimeZoneRule.local.civil(Timestamp(seconds: 1_768_156_427)).seconds == 1_768_156_427 + Int64(offset))
  }

  @Test(arguments: [
    (CivilTime(year: 2026, month: 1, day: 31), 1, CivilTime(year: 2026, month: 2, day: 28)),
    (CivilTime(year: 2024, month: 2, day: 29), 12, CivilTime(year: 2025, month: 2, day: 28)),
    (CivilTime(year: 2026, month: 1, day: 31), -2, CivilTime(year: 2025, month: 11, day: 30)),
    (CivilTime(year: 2026, month: 12, day: 15), 1, CivilTime(year: 2027, month: 1, day: 15)),
    (CivilTime(year: 0, month: 1, day: 1), -1, CivilTime(year: -1, month: 12, day: 1)),
  ])
  func addsMonths(_ civil: CivilTime, _ months: Int, _ expected: CivilTime) {
    #expect(civil.adding(months: months) == expected)
  }

  @Test func knowsWeekdays() {
    #expect(CivilTime(year: 1970, month: 1, day: 1).weekday == 4)
    #expect(CivilTime(year: 1969, month: 12, day: 28).weekday == 0)
    #expect(CivilTime(year: 2026, month: 8, day: 1).weekday == 6)
  }
}
