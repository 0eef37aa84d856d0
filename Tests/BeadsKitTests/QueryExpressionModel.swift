import BeadsFormats
import BeadsKit
import BeadsModel

@testable import BeadsStore

/// What expressions mean, written as plainly as possible.
extension QueryWorld {
  func expected(_ expression: QueryExpression, includesFinished: Bool) -> [IssueID] {
    let terms = expression.terms
    let speaksOfStatus = terms.contains { $0.field == .status }
    let demandsDeleted = conjuncts(expression).contains { part in
      guard case .term(let term) = part, term.field == .status else { return false }
      return term.value.words.contains("tombstone")
    }
    let found = issues.filter { issue in
      if issue.status == .tombstone, !demandsDeleted { return false }
      let isDone = store.rules.vocabulary.category(of: issue.status) == .done
      return (!isDone || includesFinished || speaksOfStatus || demandsDeleted) && holds(expression, issue)
    }
    return found.map(\.id).sorted()
  }

  private func conjuncts(_ expression: QueryExpression) -> [QueryExpression] {
    if case .all(let parts) = expression { parts } else { [expression] }
  }

  private func holds(_ expression: QueryExpression, _ issue: BeadsModel.Issue) -> Bool {
    switch expression {
    case .all(let parts): parts.allSatisfy { holds($0, issue) }
    case .any(let parts): parts.contains { holds($0, issue) }
    case .not(let part): !holds(part, issue)
    case .term(let term): holds(term, issue)
    }
  }

  private func holds(_ term: QueryTerm, _ issue: BeadsModel.Issue) -> Bool {
    let words = term.value.words
    switch term.field {
    case .status:
      return words.contains(effectiveStatus(issue).rawValue)
        || (words.contains("blocked") && blocked.contains(issue.id))
    case .priority:
      guard case .numbers(let numbers) = term.value else { return false }
      return term.comparison == .equal
        ? numbers.contains(issue.priority) : compare(issue.priority, term.comparison, numbers[0])
    case .type: return words.contains(issue.type.rawValue)
    case .assignee: return words.contains(issue.assignee)
    case .owner: return words.contains(issue.owner)
    case .label:
      return issue.labels.isEmpty ? words.contains("") : issue.labels.contains(where: words.contains)
    case .title: return words.contains { contains(issue.title, $0) }
    case .description: return words.contains { contains(issue.description, $0) }
    case .notes: return words.contains { contains(issue.notes, $0) }
    case .id: return words.contains { matches(Array(issue.id.rawValue), Array($0)) }
    case .specification: return words.contains { matches(Array(issue.specID), Array($0)) }
    case .parent:
      let parents = parents(of: issue).map(\.rawValue)
      return parents.isEmpty ? words.contains("") : parents.contains(where: words.contains)
    case .created, .updated, .started, .closed, .due, .deferred: return holds(moment(term.field, issue), term)
    case .pinned: return term.value == .flag(issue.isPinned || issue.status == .pinned)
    case .ephemeral: return term.value == .flag(issue.isEphemeral)
    case .template: return term.value == .flag(issue.isTemplate)
    case .molType: return words.contains(issue.molType.isEmpty ? "work" : issue.molType)
    case .metadata(let key):
      let member = issue.metadata.flatMap { JSONValue(parsing: $0) }?[key]
      return member.map { words.contains($0.stringValue ?? $0.compactText) } ?? false
    case .metadataKey:
      let value = issue.metadata.flatMap { JSONValue(parsing: $0) }
      return words.contains { value?[$0] != nil }
    }
  }

  private func moment(_ field: QueryField, _ issue: BeadsModel.Issue) -> Timestamp? {
    switch field {
    case .created: issue.createdAt
    case .updated: issue.updatedAt
    case .started: issue.startedAt
    case .closed: issue.closedAt
    case .due: issue.dueAt
    default: issue.deferUntil
    }
  }

  private func holds(_ moment: Timestamp?, _ term: QueryTerm) -> Bool {
    switch term.value {
    case .never: moment == nil
    case .moment(let edge): moment.map { compare($0, term.comparison, edge) } ?? false
    case .day(let start, let end): moment.map { start <= $0 && $0 < end } ?? false
    default: false
    }
  }

  private func compare<T: Comparable>(_ a: T, _ comparison: QueryComparison, _ b: T) -> Bool {
    switch comparison {
    case .equal: a == b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }

  private func contains(_ text: String, _ part: String) -> Bool {
    if part.isEmpty { return text.isEmpty }
    let (text, part) = (Array(text.lowercased().unicodeScalars), Array(part.lowercased().unicodeScalars))
    return text.indices.contains { text[$0...].starts(with: part) }
  }

  private func matches(_ text: [Character], _ pattern: [Character]) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return (0...text.count).contains { matches(Array(text[$0...]), Array(pattern.dropFirst())) }
    }
    return text.first == first && matches(Array(text.dropFirst()), Array(pattern.dropFirst()))
  }
}

extension QueryValue {
  fileprivate var words: [String] { if case .words(let words) = self { words } else { [] } }
}

// MARK: Random expressions

extension QueryWorld {
  /// One condition of each kind, as a person writes it.
  static let conditions: [(String, @Sendable (QueryWorld) -> String)] = [
    (
      "status",
      { $0.pick(["open", "closed", "deferred", "blocked", "open,closed", "review", "tombstone", "shipped"]) }
    ),
    ("priority", { $0.pick(["0", "P1", "2,3", "4"]) }),
    ("type", { $0.pick(["bug", "task,epic", "gate", "alien", "convoy"]) }),
    ("assignee", { $0.pick(["alice", "none", "none,bob", "\"rig/polecats/Ädam\"", "''"]) }),
    ("owner", { $0.pick(["none", "alice"]) }),
    ("label", { $0.pick(["backend", "none", "ui,none", "100%", "gt:agent,tech-debt"]) }),
    ("labels", { $0.pick(["\"front_end\"", "ui"]) }),
    ("title", { QueryValue.quoted($0.needle()) }), ("desc", { QueryValue.quoted($0.needle()) }),
    ("notes", { $0.pick(["none", "token", "LOGIN"]) }),
    ("id", { $0.pick(["t-*", "*1*", "t-wisp-*", "t-mol-*q", "t-3q,t-4q", "*?*", "t-[0-9]q"]) }),
    ("spec", { $0.pick(["specs/*", "none", "specs/b.md", "*%*"]) }),
    ("parent", { world in world.chance(30) ? "none" : world.livingParent().rawValue }),
    ("pinned", { $0.pick(["true", "no"]) }), ("ephemeral", { $0.pick(["1", "false"]) }),
    ("template", { $0.pick(["TRUE", "false"]) }),
    ("mol_type", { $0.pick(["swarm", "work", "patrol,swarm"]) }),
    ("metadata.team", { $0.pick(["core", "Core"]) }), ("metadata.n", { _ in "7" }),
    ("metadata.a.b", { _ in "1.5" }), ("has_metadata_key", { $0.pick(["team", "none", "flag"]) }),
  ]

  static let momentFields = ["created", "updated_at", "started", "closed", "due", "defer_until"]
  private static let times = [
    "1d", "30h", "\"3 days ago\"", "2026-03-01", "2026-03-02T12:30:30", "1w", "+2d", "yesterday",
  ]

  func condition() -> String {
    if chance(25) {
      let field = pick(Self.momentFields)
      if field != "created", field != "updated_at", chance(20) { return "\(field)\(pick(["=", "!="]))none" }
      return "\(field)\(pick([" = ", "!=", "<", "<=", ">", " >="]))\(pick(Self.times))"
    }
    if chance(10) { return "priority \(pick(["<", "<=", ">", ">="])) \(pick([0, 1, 2, 3, 4]))" }
    let (field, value) = pick(Self.conditions)
    return "\(field)\(pick(["=", "=", "!=", " = "]))\(value(self))"
  }

  func expression(depth: Int) -> String {
    if depth == 0 || chance(30) { return condition() }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return "\(pick(["NOT", "not"])) \(parenthesised(depth - 1))"
    case 1: return "\(expression(depth: depth - 1)) \(pick(["OR", "or"])) \(expression(depth: depth - 1))"
    case 2: return "\(parenthesised(depth - 1)) AND \(parenthesised(depth - 1))"
    default: return "\(expression(depth: depth - 1)) and \(expression(depth: depth - 1))"
    }
  }

  func livingParent() -> IssueID {
    while true {
      let id = parent()
      if byID[id]?.isTombstone == false { return id }
    }
  }

  private func parenthesised(_ depth: Int) -> String { "(\(expression(depth: depth)) )" }
}

extension QueryValue {
  static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
