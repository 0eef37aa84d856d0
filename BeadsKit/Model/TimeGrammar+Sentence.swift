/// Reads the words of a time: a day and perhaps a time of day, in either order.
struct TimeSentence {
  let grammar: TimeGrammar
  let words: TimeWords
  let sense: TimeGrammar.Sense
  private var position = 0

  init(grammar: TimeGrammar, words: TimeWords, sense: TimeGrammar.Sense) {
    self.grammar = grammar
    self.words = words
    self.sense = sense
  }

  /// The moment all words mean, or nil.
  mutating func parse() -> Timestamp? {
    let time = timeOfDay()
    if time != nil, atEnd { return time.map(nextOccurrence) }
    skip("on")
    guard var moment = day() else { return nil }
    if let clock = time ?? timeOfDay() { moment = at(clock, moment) }
    return atEnd ? moment : nil
  }

  // MARK: Words

  private var atEnd: Bool { position == words.list.count }
  private func peek(_ ahead: Int = 0) -> String? {
    position + ahead < words.list.count ? words.list[position + ahead] : nil
  }

  private mutating func skip(_ word: String) {
    if peek() == word { position += 1 }
  }

  private mutating func take<Value>(_ count: Int, _ value: Value) -> Value {
    position += count
    return value
  }

  // MARK: Days

  private var today: CivilTime { grammar.zone.civil(grammar.now).midnight }

  private func midnight(_ civil: CivilTime) -> Timestamp { grammar.zone.timestamp(civil) }

  private mutating func day() -> Timestamp? {
    guard let word = peek() else { return nil }
    switch word {
    case "now": return take(1, grammar.now.written(in: grammar.zone))
    case "today": return take(1, midnight(today))
    case "tomorrow": return take(1, midnight(TimeUnit.day.adding(1, to: today)))
    case "yesterday": return take(1, midnight(TimeUnit.day.adding(-1, to: today)))
    case "next", "last", "this": return relativeDay(word)
    case "start", "end": return edge(isEnd: word == "end")
    case "in": return amount(1, .future)
    default: break
    }
    if let weekday = TimeWords.weekday(word) {
      let isPast = sense == .past
      return take(1, midnight(day(weekday, isPast ? -7 : 1)))
    }
    if let date = grammar.date(word) { return take(1, date) }
    return amount(0, nil)
  }

  /// `next monday`, `last week`, `this friday`.
  private mutating func relativeDay(_ word: String) -> Timestamp? {
    guard let name = peek(1) else { return nil }
    if let weekday = TimeWords.weekday(name) {
      let first = word == "next" ? 1 : (word == "last" ? -7 : 0)
      return take(2, midnight(day(weekday, first)))
    }
    guard let unit = TimeUnit(name), unit.seconds == nil else { return nil }
    let date = word == "this" ? unit.start(of: today) : unit.adding(word == "next" ? 1 : -1, to: today)
    return take(2, midnight(date))
  }

  /// The first such weekday among the seven days that start `first` days from today.
  private func day(_ weekday: Int, _ first: Int) -> CivilTime {
    let start = TimeUnit.day.adding(first, to: today)
    return TimeUnit.day.adding((weekday - start.weekday + 7) % 7, to: start)
  }

  /// `end of month`, `start of next week`, `end of the day`: the first or the last second.
  private mutating func edge(isEnd: Bool) -> Timestamp? {
    guard peek(1) == "of" else { return nil }
    position += 2
    skip("the")
    var amount = 0
    if let word = peek(), ["next", "last", "this"].contains(word) {
      amount = word == "next" ? 1 : (word == "last" ? -1 : 0)
      position += 1
    }
    guard let word = peek() else { return nil }
    let unit: TimeUnit
    switch word {
    case "today": unit = .day
    case "tomorrow": (unit, amount) = (.day, 1)
    default:
      guard let named = TimeUnit(word), named.seconds == nil else { return nil }
      unit = named
    }
    let start = unit.adding(amount, to: unit.start(of: today))
    guard isEnd else { return take(1, midnight(start)) }
    return take(1, midnight(unit.adding(1, to: start)).adding(seconds: -1).written(in: grammar.zone))
  }

  /// `[in] 3 days`, `3 days ago`, `3 days from now`.
  private mutating func amount(_ skipped: Int, _ direction: TimeGrammar.Sense?) -> Timestamp? {
    guard let number = peek(skipped).flatMap(TimeWords.amount),
      let unit = peek(skipped + 1).flatMap(TimeUnit.init)
    else { return nil }
    position += skipped + 2
    var direction = direction ?? sense
    if skipped == 0, peek() == "ago" {
      position += 1
      direction = .past
    } else if skipped == 0, peek() == "from", peek(1) == "now" {
      position += 2
      direction = .future
    }
    return grammar.adding(direction == .past ? -number : number, unit)
  }

  // MARK: Times of day

  /// `at 9am`, `14:30`, `noon`: seconds after midnight.
  private mutating func timeOfDay() -> Int? {
    let hasAt = peek() == "at"
    guard let word = peek(hasAt ? 1 : 0) else { return nil }
    let suffix = peek(hasAt ? 2 : 1).flatMap { $0 == "am" || $0 == "pm" ? $0 : nil }
    guard let time = TimeWords.clock(word + (suffix ?? ""), allowBareHour: hasAt) else { return nil }
    position += (hasAt ? 2 : 1) + (suffix == nil ? 0 : 1)
    return time
  }

  /// The local time of day on the local date of a moment.
  private func at(_ clock: Int, _ moment: Timestamp) -> Timestamp {
    let date = grammar.zone.civil(moment).midnight
    return grammar.zone.timestamp(localSeconds: date.seconds + Int64(clock))
  }

  /// A time of day alone: the next moment the clock shows it, or the last one in the past sense.
  private func nextOccurrence(_ clock: Int) -> Timestamp {
    let today = at(clock, grammar.now)
    switch sense {
    case .future where today <= grammar.now:
      return at(clock, midnight(TimeUnit.day.adding(1, to: self.today)))
    case .past where today > grammar.now: return at(clock, midnight(TimeUnit.day.adding(-1, to: self.today)))
    default: return today
    }
  }
}
