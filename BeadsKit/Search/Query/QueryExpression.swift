public import BeadsModel

/// What `bd query` asks: conditions on single fields, joined by AND, OR and NOT.
///
/// `Store.expression` makes one of text. Each condition either holds or does not, so that NOT turns it round even for
/// issues that lack the field.
public indirect enum QueryExpression: Sendable, Equatable {
  /// All of these hold; two or more.
  case all([QueryExpression])
  /// At least one of these holds; two or more.
  case any([QueryExpression])
  /// It does not hold.
  case not(QueryExpression)
  /// A condition on one field.
  case term(QueryTerm)
}

/// A condition on one field of an issue.
public struct QueryTerm: Sendable, Equatable {
  /// The field.
  public let field: QueryField
  /// How it is compared; only numbers and moments have an order.
  public let comparison: QueryComparison
  /// What it is compared with.
  public let value: QueryValue

  /// Makes a condition.
  public init(_ field: QueryField, _ comparison: QueryComparison = .equal, _ value: QueryValue) {
    self.field = field
    self.comparison = comparison
    self.value = value
  }
}

/// How a field is compared with a value.
public enum QueryComparison: String, Sendable, CaseIterable {
  case equal = "="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// What a field is compared with.
public enum QueryValue: Sendable, Equatable {
  /// One of these texts; the empty text means that the field is empty.
  case words([String])
  /// One of these numbers.
  case numbers([Int])
  /// A moment.
  case moment(Timestamp)
  /// From the first moment on, but before the second.
  case day(Timestamp, Timestamp)
  /// Yes or no.
  case flag(Bool)
  /// There is no such moment.
  case never
}

extension QueryExpression {
  /// Every condition in it, from left to right.
  public var terms: [QueryTerm] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.terms)
    case .not(let part): part.terms
    case .term(let term): [term]
    }
  }

  /// The parts that all have to hold.
  var conjuncts: [QueryExpression] {
    if case .all(let parts) = self { parts } else { [self] }
  }

  /// The statuses of which the expression as a whole demands one, if it does.
  var demandedStatuses: [Status]? {
    for case .term(let term) in conjuncts where term.field == .status {
      if case .words(let words) = term.value { return words.map(Status.init(rawValue:)) }
    }
    return nil
  }
}

extension IssueFilter {
  /// The issues that an expression describes, of every kind: finished ones only if it speaks of the status.
  ///
  /// Deleted issues are found where the whole expression demands `status=tombstone`.
  /// - Parameter includesFinished: Whether finished issues are searched in any case.
  public init(_ expression: QueryExpression, includesFinished: Bool = false) {
    self = .everything
    self.expression = expression
    if let demanded = expression.demandedStatuses {
      statuses = .any(demanded)
    } else if !includesFinished, !expression.terms.contains(where: { $0.field == .status }) {
      statuses = .unfinished
    }
  }
}
