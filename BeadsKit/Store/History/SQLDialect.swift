/// Turns the few MySQL spellings that existing programs use into SQLite's (contract 11.3).
///
/// Works on tokens, so that text in quotes is never touched.
enum SQLDialect {
  static func translate(_ sql: String) -> String {
    var tokens = tokenize(sql)
    var index = 0
    while index < tokens.count {
      switch tokens[index].uppercased() {
      case "INSERT" where next(tokens, index).map { tokens[$0].uppercased() } == "IGNORE":
        if let place = next(tokens, index) { tokens[place] = "OR IGNORE" }
      case "SEPARATOR": replaceSeparator(&tokens, index)
      case "DATE_SUB": replaceDateSub(&tokens, index)
      default: break
      }
      index += 1
    }
    return tokens.joined()
  }

  /// `GROUP_CONCAT(x SEPARATOR ',')` becomes `GROUP_CONCAT(x , ',')`.
  private static func replaceSeparator(_ tokens: inout [String], _ index: Int) {
    if let after = next(tokens, index), tokens[after].first == "'" { tokens[index] = "," }
  }

  /// `DATE_SUB(NOW(), INTERVAL n UNIT)` becomes `strftime(..., 'now', '-n UNIT')`.
  private static func replaceDateSub(_ tokens: inout [String], _ start: Int) {
    var places: [Int] = [start]
    while places.count < 10, let place = next(tokens, places[places.count - 1]) { places.append(place) }
    let words = places.map { tokens[$0].uppercased() }
    guard words.count == 10, words[1] == "(", words[2] == "NOW", words[3] == "(", words[4] == ")",
      words[5] == ",",
      words[6] == "INTERVAL", let amount = Int(words[7]), words[9] == ")",
      ["SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"].contains(words[8])
    else { return }
    for place in start...places[9] { tokens[place] = "" }
    tokens[start] = "strftime('%Y-%m-%dT%H:%M:%f000000Z', NOW(), '-\(amount) \(words[8].lowercased())')"
  }

  /// The place of the next token that is not white space.
  private static func next(_ tokens: [String], _ index: Int) -> Int? {
    tokens.indices.dropFirst(index + 1).first { !(tokens[$0].first?.isWhitespace ?? true) }
  }

  /// Words, quoted text, white space and single characters; joined they are the input.
  private static func tokenize(_ sql: String) -> [String] {
    var tokens: [String] = []
    var rest = Substring(sql)
    while let first = rest.first {
      var token: Substring
      if first == "'" || first == "\"" || first == "`" {
        let body = rest.dropFirst().prefix { $0 != first }
        token = rest.prefix(body.count + 2)
      } else if first.isWhitespace {
        token = rest.prefix(while: \.isWhitespace)
      } else if first.isLetter || first.isNumber || first == "_" {
        token = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      } else {
        token = rest.prefix(1)
      }
      tokens.append(String(token))
      rest = rest.dropFirst(token.count)
    }
    return tokens
  }
}
