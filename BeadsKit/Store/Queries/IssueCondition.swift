import BeadsModel
import BeadsSystem

/// A WHERE clause over `issues i` in the making: terms that all have to hold, and the values they bind.
///
/// Values are always bound, never written into the SQL.
struct IssueCondition {
  private(set) var terms: [String] = []
  private(set) var values: [any SQLBindable] = []
  /// Disjoint conditions on the status of which one has to hold.
  var statusBranches: [StatusBranch] = []
  /// Whether nearly all issues have one of the statuses, so that looking them up by status is slow.
  var hasMostStatuses = false
  /// Whether a term leaves so few issues that they should be looked up by it and not by their status.
  private(set) var isSelective = false
  /// Whether a term calls the functions for text, which have to be made callable.
  private(set) var usesText = false
  /// The moment that times are compared with.
  let now: Timestamp

  init(now: Timestamp) { self.now = now }

  /// Takes a value and returns the parameter that stands for it.
  mutating func bind(_ value: some SQLBindable) -> String {
    values.append(value)
    return "?\(values.count)"
  }

  mutating func bind(_ time: Timestamp) -> String { bind(time.sortableText) }

  /// Parameters for several values: `(?3, ?4)`.
  mutating func bind(list: [String]) -> String {
    "(" + list.map { bind($0) }.joined(separator: ", ") + ")"
  }

  mutating func require(_ term: String) { terms.append(term) }

  /// Adds a term by which the matching issues are found quickly.
  mutating func require(selective term: String) {
    terms.append(term)
    isSelective = true
  }

  /// The whole clause; false when there is no status to match.
  ///
  /// The index on the status is left alone where another term finds the issues, or nearly all have the statuses.
  var sql: String {
    let isIndexed = !isSelective && !hasMostStatuses
    let status = statusBranches.map { "(\($0.sql(isIndexed: isIndexed)))" }.joined(separator: " OR ")
    return (["(\(status.isEmpty ? "0" : status))"] + terms).joined(separator: " AND ")
  }

  /// Issues that have a status and perhaps something else, or only something else.
  struct StatusBranch {
    /// The parameter that stands for the status.
    var status: String?
    /// What else has to hold.
    var rest: String?

    func sql(isIndexed: Bool) -> String {
      // The plus keeps SQLite from using an index.
      let equality = status.map { "\(isIndexed ? "" : "+")i.status = \($0)" }
      return [equality, rest].compactMap(\.self).joined(separator: " AND ")
    }
  }

  // MARK: Text

  /// The condition that one of the columns contains a text, whatever the case.
  mutating func contains(_ columns: [String], _ text: String) -> String {
    usesText = true
    return "text_has(\(bind(TextSearch.folded(text))), \(columns.joined(separator: ", ")))"
  }

  /// How well an issue fits a text that it contains, the best first.
  mutating func rank(_ text: String) -> String {
    usesText = true
    return "text_rank(\(bind(TextSearch.folded(text))), i.id, i.title, i.description)"
  }

  /// The condition that a column starts with a text.
  mutating func hasPrefix(_ column: String, _ text: String) -> String {
    let prefix = bind(text)
    return "substr(\(column), 1, length(\(prefix))) = \(prefix)"
  }
}
