import BeadsModel
import BeadsSystem

extension IssueCondition {
  /// Adds an expression, each part that has to hold as a term of its own.
  mutating func add(_ expression: QueryExpression) {
    for part in expression.conjuncts {
      let sql = sql(part)
      if case .term(let term) = part, term.isSelective { require(selective: sql) } else { require(sql) }
    }
  }

  /// The expression as SQL that is true or false and never NULL.
  private mutating func sql(_ expression: QueryExpression) -> String {
    switch expression {
    case .all(let parts): return join(parts, " AND ")
    case .any(let parts): return join(parts, " OR ")
    case .not(let part): return "NOT \(sql(part))"
    case .term(let term): return "(\(sql(term)))"
    }
  }

  private mutating func join(_ parts: [QueryExpression], _ word: String) -> String {
    "(" + parts.map { sql($0) }.joined(separator: word) + ")"
  }

  private mutating func sql(_ term: QueryTerm) -> String {
    switch term.value {
    case .words(let words): return sql(term.field, words)
    case .numbers(let numbers):
      if term.comparison != .equal {
        return "i.priority \(term.comparison.rawValue) \(bind(numbers.first ?? 0))"
      }
      return "i.priority IN (" + numbers.map { bind($0) }.joined(separator: ", ") + ")"
    case .moment(let moment):
      return "coalesce(\(column(term.field)) \(term.comparison.rawValue) \(bind(moment)), 0)"
    case .day(let start, let end):
      let column = column(term.field)
      return "coalesce(\(column) >= \(bind(start)) AND \(column) < \(bind(end)), 0)"
    case .never: return "\(column(term.field)) IS NULL"
    case .flag(let isOn):
      let pinned = term.field == .pinned ? " OR i.status = 'pinned'" : ""
      return "(\(column(term.field)) = 1\(pinned)) = \(isOn ? 1 : 0)"
    }
  }

  private func column(_ field: QueryField) -> String {
    switch field {
    case .assignee: "i.assignee"
    case .owner: "i.owner"
    case .title: "i.title"
    case .description: "i.description"
    case .notes: "i.notes"
    case .id: "i.id"
    case .specification: "i.spec_id"
    case .type: "i.issue_type"
    case .molType: "coalesce(nullif(i.mol_type, ''), 'work')"
    case .created: "i.created_at"
    case .updated: "i.updated_at"
    case .started: "i.started_at"
    case .closed: "i.closed_at"
    case .due: "i.due_at"
    case .deferred: "i.defer_until"
    case .pinned: "i.pinned"
    case .ephemeral: "i.ephemeral"
    case .template: "i.is_template"
    case .status: "i.status"
    case .priority: "i.priority"
    case .label, .parent, .metadata, .metadataKey: ""
    }
  }

  // MARK: Words

  private mutating func sql(_ field: QueryField, _ words: [String]) -> String {
    switch field {
    case .status: return words.map { sql(status: $0) }.joined(separator: " OR ")
    case .label: return sql(words, "labels", "x.label")
    case .parent: return sql(words, "dependencies", "x.type = 'parent-child' AND x.depends_on_id")
    case .title, .description, .notes:
      return words.map { $0.isEmpty ? "\(column(field)) = ''" : contains([column(field)], $0) }
        .joined(separator: " OR ")
    case .id, .specification: return sql(patterns: words, column(field))
    case .metadata(let key): return words.map { metadataMember(key, is: $0) }.joined(separator: " OR ")
    case .metadataKey: return words.map { hasMetadataKey($0) }.joined(separator: " OR ")
    default: return "\(column(field)) IN \(bind(list: words))"
    }
  }

  /// As in `Store.addStatuses`: what is due counts as open, and `blocked` includes the blocked set.
  private mutating func sql(status: String) -> String {
    switch Status(rawValue: status) {
    case .open: return "i.status = 'open' OR (i.status = 'deferred' AND \(isDue()))"
    case .deferred: return "(i.status = 'deferred' AND NOT \(isDue()))"
    case .blocked: return "i.status = 'blocked' OR i.id IN (SELECT issue_id FROM blocked_issues_cache)"
    default: return "i.status = \(bind(status))"
    }
  }

  private mutating func isDue() -> String { "coalesce(i.defer_until <= \(bind(now)), 0)" }

  /// Rows of another table: one with any of the words, or none at all for the empty word.
  private mutating func sql(_ words: [String], _ table: String, _ column: String) -> String {
    var parts: [String] = []
    let named = words.filter { !$0.isEmpty }
    if !named.isEmpty {
      parts.append("i.id IN (SELECT x.issue_id FROM \(table) x WHERE \(column) IN \(bind(list: named)))")
    }
    if named.count < words.count {
      parts.append("NOT EXISTS (SELECT 1 FROM \(table) x WHERE x.issue_id = i.id AND \(column) IS NOT NULL)")
    }
    return parts.joined(separator: " OR ")
  }

  private mutating func sql(patterns: [String], _ column: String) -> String {
    patterns.map { pattern in
      guard pattern.unicodeScalars.contains("*") else { return "\(column) = \(bind(pattern))" }
      return "\(column) GLOB \(bind(Self.glob(pattern)))"
    }.joined(separator: " OR ")
  }

  /// The pattern with everything but `*` taken literally.
  private static func glob(_ pattern: String) -> String {
    var glob = ""
    for scalar in pattern.unicodeScalars {
      if scalar == "?" || scalar == "[" { glob += "[\(scalar)]" } else { glob.unicodeScalars.append(scalar) }
    }
    return glob
  }
}

extension QueryTerm {
  /// Whether the term leaves so few issues that they should be looked up by it.
  fileprivate var isSelective: Bool {
    guard case .words(let words) = value, !words.contains("") else { return false }
    switch field {
    case .label, .parent: return true
    case .id: return !words.contains { $0.unicodeScalars.contains("*") }
    default: return false
    }
  }
}
