import BeadsModel
public import BeadsSystem

/// Reads the text of a query by recursive descent: OR binds least, then AND, then NOT.
struct QueryParser {
  let store: Store
  let time: TimeGrammar
  var scanner: QueryScanner
  private var depth = 0
  private var termCount = 0

  /// In bytes.
  static let maximumLength = 16_384
  /// How many conditions there may be: SQLite's limit on the depth of expressions is a thousand.
  static let maximumTerms = 250
  /// How deep parentheses and NOT may nest: SQLite's parser has a stack of a hundred, and a level takes three.
  static let maximumDepth = 20

  init(_ text: String, _ store: Store) {
    self.store = store
    time = TimeGrammar(now: store.now)
    scanner = QueryScanner(text)
  }

  mutating func parse() throws(QueryProblem) -> QueryExpression {
    if let zero = scanner.text.firstIndex(of: "\0") {
      throw QueryProblem("the query contains a NUL character", at: zero)
    }
    let expression = try disjunction()
    if scanner.next == ")" {
      throw QueryProblem("this parenthesis closes nothing", at: scanner.position)
    }
    guard scanner.isAtEnd else {
      throw QueryProblem(
        "AND or OR is missing before this", at: scanner.position,
        hint: "values with spaces stand in quotes: title=\"auth bug\"")
    }
    return expression
  }

  private mutating func disjunction() throws(QueryProblem) -> QueryExpression {
    var parts = [try conjunction()]
    while scanner.takeKeyword("OR") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(QueryProblem) -> QueryExpression {
    var parts = [try negation()]
    while scanner.takeKeyword("AND") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(QueryProblem) -> QueryExpression {
    scanner.skipSpace()
    let start = scanner.position
    if scanner.takeKeyword("NOT") {
      return .not(try nested(from: start) { parser throws(QueryProblem) in try parser.negation() })
    }
    guard scanner.take("(") else { return try term() }
    let inner = try nested(from: start) { parser throws(QueryProblem) in try parser.disjunction() }
    guard scanner.take(")") else {
      if scanner.isAtEnd { throw QueryProblem("this parenthesis is never closed", at: start) }
      throw QueryProblem("AND, OR or ) is missing before this", at: scanner.position)
    }
    scanner.skipSpace()
    return inner
  }

  private mutating func nested(
    from start: Int, _ body: (inout QueryParser) throws(QueryProblem) -> QueryExpression
  ) throws(QueryProblem) -> QueryExpression {
    guard depth < Self.maximumDepth else {
      throw QueryProblem("parentheses and NOT nest more than \(Self.maximumDepth) deep", at: start)
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Conditions

  private mutating func term() throws(QueryProblem) -> QueryExpression {
    let start = scanner.position
    let field = try field()
    termCount += 1
    guard termCount <= Self.maximumTerms else {
      throw QueryProblem("there are more than \(Self.maximumTerms) conditions", at: start)
    }
    scanner.skipSpace()
    let (comparison, isNegated) = try comparison(field)
    scanner.skipSpace()
    let value = try value(of: field, comparison)
    scanner.skipSpace()
    let term = QueryExpression.term(QueryTerm(field, comparison, value))
    return isNegated ? .not(term) : term
  }

  private mutating func field() throws(QueryProblem) -> QueryField {
    let start = scanner.position
    let name = scanner.takeName()
    if name.isEmpty {
      let hint = "a condition is FIELD, an operator and a value: status=open"
      if scanner.isAtEnd { throw QueryProblem("a condition is missing here", at: start, hint: hint) }
      if scanner.next == ")" {
        throw QueryProblem("a condition is missing before this", at: start, hint: hint)
      }
      throw QueryProblem("no field starts like this", at: start, hint: hint)
    }
    guard let field = QueryField(name: name) else {
      if ["AND", "OR", "NOT"].contains(name.uppercased()) {
        throw QueryProblem("a condition is missing before \(name)", at: start)
      }
      let names = QueryField.names.map(\.name) + ["metadata.KEY"]
      throw QueryProblem(
        "unknown field \(quoted(name))", at: start, hint: "fields: " + names.joined(separator: ", "))
    }
    if case .metadata(let key) = field { try checkKey(key, at: start + "metadata.".count) }
    return field
  }

  func checkKey(_ key: String, at position: Int) throws(QueryProblem) {
    guard IssueFilter.isMetadataKey(key) else {
      throw QueryProblem(
        "\(quoted(key)) is not a metadata key", at: position, hint: IssueFilter.metadataKeyRule)
    }
  }

  /// The comparison; `!=` is the opposite of `=`.
  private mutating func comparison(
    _ field: QueryField
  ) throws(QueryProblem) -> (QueryComparison, isNegated: Bool) {
    let start = scanner.position
    let word = scanner.takeOperator()
    let isNegated = word == "!="
    guard let comparison = isNegated ? .equal : QueryComparison(rawValue: word) else {
      let hint = "use =, !=, <, <=, > or >=, for example \(field.name)=…"
      if word.isEmpty {
        throw QueryProblem("an operator is missing after \(field.name)", at: start, hint: hint)
      }
      throw QueryProblem("\(quoted(word)) is no operator", at: start, hint: hint)
    }
    if comparison != .equal, !field.isOrdered {
      throw QueryProblem(
        "\(field.name) has no order, so \(word) means nothing", at: start, hint: "use = or !=")
    }
    return (comparison, isNegated)
  }
}

extension Store {
  /// Reads the query language of `bd query` (contract 5.8).
  ///
  /// Linear in the text, which may be 16 KiB long with 250 conditions, nested 20 deep.
  /// - Throws: `invalid` with the text and a caret under the problem; `notFound` or `ambiguous` for a parent.
  public func expression(_ text: String) throws(BeadsError) -> QueryExpression {
    guard text.utf8.count <= QueryParser.maximumLength else {
      throw BeadsError(.invalid, "the query is longer than \(QueryParser.maximumLength) bytes")
    }
    if text.allSatisfy(\.isWhitespace) {
      throw BeadsError(
        .invalid, "the query is empty", hint: "for example: status=open AND priority<=1 AND NOT label=blocked"
      )
    }
    var parser = QueryParser(text, self)
    do throws(QueryProblem) { return try parser.parse() } catch { throw error.error(in: parser.scanner.text) }
  }
}
