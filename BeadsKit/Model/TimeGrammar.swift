public import BeadsSystem

/// Reads the times that users type: `+3d`, `2026-01-31`, `2026-01-31 14:00`, RFC 3339, `next monday at 9am`.
///
/// Dates without a time of day are local midnight. Results are written with the offset of the zone.
public struct TimeGrammar: Sendable {
  /// What a duration without a sign, a bare weekday or a bare time of day means.
  public enum Sense: Sendable {
    /// `7d` is in seven days, `monday` the coming one.
    case future
    /// `7d` is seven days ago, `monday` the one before today.
    case past
  }

  /// The moment that relative times count from.
  public let now: Timestamp
  /// The zone of local times.
  public let zone: TimeZoneRule

  /// Makes a grammar for one moment and zone.
  public init(now: Timestamp, zone: TimeZoneRule = .local) {
    self.now = now
    self.zone = zone
  }

  /// Reads a time: compact (`[+-]N` and h, d, w, m for months or y), then absolute, then words.
  /// - Throws: `invalid` when nothing fits or the time is outside the years 0 to 9999.
  public func parse(_ text: String, sense: Sense = .future) throws(BeadsError) -> Timestamp {
    let words = TimeWords(text)
    var time = compact(words, sense) ?? absolute(words.list.joined(separator: " "))
    if time == nil {
      var sentence = TimeSentence(grammar: self, words: words, sense: sense)
      time = sentence.parse()
    }
    guard let time else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is not a time",
        hint:
          "use +6h, 3d, 2w, 1m (a month), 1y, 2026-01-31, 2026-01-31T14:00:00, an RFC 3339 time, or words: "
          + "tomorrow at 9am, next monday, in 3 days, 3 days ago, end of month")
    }
    guard Timestamp.writableSeconds.contains(time.seconds) else {
      throw BeadsError(.invalid, "the time \(quoted(text)) is not between the years 0 and 9999")
    }
    return time
  }

  /// `6h`, `+3d`, `-2w`, `1m`, `1y`.
  private func compact(_ words: TimeWords, _ sense: Sense) -> Timestamp? {
    guard words.list.count == 1, var word = words.list.first?.utf8[...] else { return nil }
    let sign = word.first
    let isSigned = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    if isSigned { word.removeFirst() }
    guard let last = word.popLast(), let unit = TimeUnit(letter: last), let amount = TimeWords.number(word)
    else { return nil }
    let isPast = isSigned ? sign == UInt8(ascii: "-") : sense == .past
    return adding(isPast ? -amount : amount, unit)
  }

  /// A date, a local date and time, or RFC 3339.
  private func absolute(_ text: String) -> Timestamp? {
    var text = text
    return text.withUTF8 { bytes in
      guard let base = bytes.baseAddress, let civil = CivilText(base, bytes.count, seconds: false) else {
        return nil
      }
      guard civil.length == bytes.count else { return Timestamp(utf8: bytes) }
      if civil.isLeapSecond { return nil }
      return zone.timestamp(localSeconds: civil.localSeconds, nanoseconds: civil.nanoseconds)
    }
  }

  /// Local midnight of `2026-01-31`.
  func date(_ word: String) -> Timestamp? { word.utf8.count == 10 ? absolute(word) : nil }

  /// The local day that holds a moment: its first moment and that of the next day.
  package func day(of time: Timestamp) -> (start: Timestamp, end: Timestamp) {
    let midnight = zone.civil(time).midnight
    return (zone.timestamp(midnight), zone.timestamp(TimeUnit.day.adding(1, to: midnight)))
  }

  /// Now and so many units; from days on the local clock shows the same time then.
  func adding(_ amount: Int, _ unit: TimeUnit) -> Timestamp {
    if let seconds = unit.seconds { return now.adding(seconds: Int64(amount * seconds)).written(in: zone) }
    return zone.timestamp(unit.adding(amount, to: zone.civil(now)), nanoseconds: now.nanoseconds)
  }
}
