import BeadsModel
import BeadsSystem

/// What stands after an operator, by the kind of the field.
extension QueryParser {
  /// A value as written, and where it starts.
  private struct Word {
    let text: String
    let isQuoted: Bool
    let position: Int
  }

  mutating func value(of field: QueryField, _ comparison: QueryComparison) throws(QueryProblem) -> QueryValue
  {
    switch field.kind {
    case .moment: return try moment(field, comparison)
    case .flag: return try flag(field)
    case .text: return .words([try text(field)])
    case .member: return .words([try word(separatedByComma: false, field).text])
    case .key:
      let word = try word(separatedByComma: false, field)
      try checkKey(word.text, at: word.position)
      return .words([word.text])
    case .priority: return try priorities(field, comparison)
    default: return try words(field)
    }
  }

  // MARK: Words

  private mutating func word(separatedByComma: Bool, _ field: QueryField) throws(QueryProblem) -> Word {
    let start = scanner.position
    if let quote = scanner.next, quote == "\"" || quote == "'" {
      _ = scanner.take(quote)
      let text = try scanner.takeQuotedValue(quote)
      return Word(text: text, isQuoted: true, position: start)
    }
    let text = scanner.takeBareValue(separatedByComma: separatedByComma)
    guard text.isEmpty else { return Word(text: text, isQuoted: false, position: start) }
    let hint = field.canBeEmpty ? "\(field.name)=none finds issues without it" : nil
    throw QueryProblem("a value of \(field.name) is missing here", at: start, hint: hint)
  }

  /// Values separated by commas.
  private mutating func list(_ field: QueryField) throws(QueryProblem) -> [Word] {
    var words = [try word(separatedByComma: true, field)]
    while scanner.take(",") { words.append(try word(separatedByComma: true, field)) }
    return words
  }

  private func isNone(_ word: Word, _ field: QueryField) -> Bool {
    guard field.canBeEmpty else { return false }
    return word.isQuoted ? word.text.isEmpty : word.text.lowercased() == "none"
  }

  private mutating func words(_ field: QueryField) throws(QueryProblem) -> QueryValue {
    var values: [String] = []
    for word in try list(field) {
      if isNone(word, field) {
        values.append("")
      } else if word.text.isEmpty {
        throw QueryProblem("a value of \(field.name) must not be empty", at: word.position)
      } else {
        values.append(try known(word, field))
      }
    }
    return .words(values)
  }

  /// The value as the store writes it.
  private func known(_ word: Word, _ field: QueryField) throws(QueryProblem) -> String {
    do throws(BeadsError) {
      switch field.kind {
      case .status: return try store.rules.vocabulary.status(word.text, allowingTombstone: true).rawValue
      case .type: return try store.issueType(named: word.text).rawValue
      case .issue: return try store.resolve(word.text).rawValue
      case .molType:
        let kinds = ["swarm", "patrol", "work"]
        if kinds.contains(word.text) { return word.text }
        throw BeadsError(
          .invalid, "\(quoted(word.text)) is no kind of molecule",
          hint: "valid: " + kinds.joined(separator: ", "))
      default: return word.text
      }
    } catch {
      throw QueryProblem(error.message, at: word.position, hint: error.hint)
    }
  }

  private mutating func text(_ field: QueryField) throws(QueryProblem) -> String {
    let word = try word(separatedByComma: false, field)
    if isNone(word, field) { return "" }
    if word.text.allSatisfy(\.isWhitespace) {
      throw QueryProblem("the text to look for in \(field.name) must not be empty", at: word.position)
    }
    return word.text
  }

  // MARK: Numbers, moments, flags

  private mutating func priorities(
    _ field: QueryField, _ comparison: QueryComparison
  ) throws(QueryProblem) -> QueryValue {
    let words = comparison == .equal ? try list(field) : [try word(separatedByComma: false, field)]
    var numbers: [Int] = []
    for word in words {
      let digits =
        word.text.hasPrefix("P") || word.text.hasPrefix("p") ? word.text.dropFirst() : word.text[...]
      guard digits.utf8.count == 1, let number = Int(digits), (0...4).contains(number) else {
        throw QueryProblem(
          "\(quoted(word.text)) is not a priority", at: word.position,
          hint: "use 0 (most urgent) to 4, or P0 to P4")
      }
      numbers.append(number)
    }
    return .numbers(numbers)
  }

  private mutating func moment(
    _ field: QueryField, _ comparison: QueryComparison
  ) throws(QueryProblem) -> QueryValue {
    let word = try word(separatedByComma: false, field)
    if isNone(word, field), comparison == .equal { return .never }
    do throws(BeadsError) {
      // What is due lies ahead, everything else has happened.
      let moment = try time.parse(word.text, sense: field == .due || field == .deferred ? .future : .past)
      guard comparison == .equal else { return .moment(moment) }
      let day = time.day(of: moment)
      return .day(day.start, day.end)
    } catch {
      throw QueryProblem(error.message, at: word.position, hint: error.hint)
    }
  }

  private mutating func flag(_ field: QueryField) throws(QueryProblem) -> QueryValue {
    let word = try word(separatedByComma: false, field)
    switch word.text.lowercased() {
    case "true", "yes", "1": return .flag(true)
    case "false", "no", "0": return .flag(false)
    default:
      throw QueryProblem(
        "\(quoted(word.text)) is neither true nor false", at: word.position,
        hint: "\(field.name)=true or \(field.name)=false")
    }
  }
}
