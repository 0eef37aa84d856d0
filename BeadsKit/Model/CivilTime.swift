/// A date of the proleptic Gregorian calendar and a time of day, without a zone.
package struct CivilTime: Sendable, Hashable {
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  package var hour = 0
  package var minute = 0
  package var second = 0

  package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// Reads a count of seconds since 1970-01-01T00:00:00 of the same zone.
  package init(seconds: Int64) {
    var days = Int(seconds / 86_400)
    var rest = Int(seconds % 86_400)
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    (year, month, day) = Self.date(days: days)
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
  }

  /// Seconds since 1970-01-01T00:00:00 of the same zone; `day` and the time fields may be out of range and carry.
  package var seconds: Int64 {
    let days = Self.days(year: year, month: month, day: 1) + day - 1
    return Int64(days) * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
  }

  /// 0 for Sunday to 6 for Saturday.
  package var weekday: Int {
    let day = (Self.days(year: year, month: month, day: day) + 4) % 7
    return day < 0 ? day + 7 : day
  }

  /// The same date at 00:00:00.
  package var midnight: CivilTime { CivilTime(year: year, month: month, day: day) }

  /// The date this many months later; a day that the month lacks becomes its last.
  package func adding(months: Int) -> CivilTime {
    let total = year * 12 + month - 1 + months
    var copy = self
    copy.year = total >= 0 ? total / 12 : (total - 11) / 12
    copy.month = total - copy.year * 12 + 1
    copy.day = min(day, Self.dayCount(year: copy.year, month: copy.month))
    return copy
  }

  @inline(__always)
  package static func isLeap(_ year: Int) -> Bool {
    year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The number of days in a month.
  @inline(__always)
  package static func dayCount(year: Int, month: Int) -> Int {
    if month == 2 { return isLeap(year) ? 29 : 28 }
    return 30 + (month ^ (month >> 3)) & 1
  }

  /// Days since 1970-01-01, after Howard Hinnant's `days_from_civil`; the year may be any that fits 32 bits.
  @inline(__always)
  package static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date of a day counted from 1970-01-01, after Howard Hinnant's `civil_from_days`.
  @inline(__always)
  package static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = UInt32(truncatingIfNeeded: shifted - era * 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    return (Int(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
