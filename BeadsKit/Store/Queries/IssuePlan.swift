import BeadsModel
import BeadsSystem

/// One SELECT that gives the row numbers of the matching issues in order.
struct IssuePlan {
  let sql: String
  let values: [any SQLBindable]

  init(_ condition: IssueCondition, _ order: IssueOrder, limit: Int?, text: String? = nil) {
    var condition = condition
    let usesIndex = order == .priority && !condition.isSelective
    if usesIndex, (1...Self.maximumBranches).contains(condition.statusBranches.count) {
      sql = Self.merged(condition, limit)
    } else {
      let terms = order.terms(&condition, text: text).joined(separator: ", ")
      sql = "SELECT i.seq FROM issues i WHERE \(condition.sql) ORDER BY \(terms)" + Self.limit(limit)
    }
    values = condition.values
  }

  /// SQLite merges the parts of a compound one row at a time, so more parts cost more for each row.
  private static let maximumBranches = 12

  /// One part for each status, each read along the index in the order of the result: a short list costs the same
  /// in a store of any size.
  private static func merged(_ condition: IssueCondition, _ limit: Int?) -> String {
    let terms = condition.terms.map { " AND \($0)" }.joined()
    let parts = condition.statusBranches.map { branch in
      "SELECT i.seq, i.priority AS priority, i.created_at AS created_at, i.id AS id FROM issues i "
        + "WHERE \(branch.sql(isIndexed: true))\(terms)"
    }
    return parts.joined(separator: " UNION ALL ") + " ORDER BY priority, created_at DESC, id"
      + Self.limit(limit)
  }

  private static func limit(_ limit: Int?) -> String { limit.map { " LIMIT \($0)" } ?? "" }
}

extension IssueOrder {
  private static let byPriority = ["i.priority", "i.created_at DESC", "i.id"]

  /// The terms of ORDER BY; `text` is what a search looks for.
  func terms(_ condition: inout IssueCondition, text: String?) -> [String] {
    switch form {
    case .key(let key, let isDescending):
      let direction = isDescending ? " DESC" : ""
      switch key {
      case .id: return ["i.id\(direction)"]
      case .created: return ["i.created_at\(direction)", "i.id"]
      case .updated: return ["i.updated_at\(direction)", "i.id"]
      case .closed: return ["i.closed_at\(direction) NULLS LAST", "i.id"]
      case .priority: return ["i.priority\(direction)", "i.created_at DESC", "i.id"]
      case .status: return ["i.status\(direction)"] + Self.byPriority
      case .title: return ["i.title COLLATE NOCASE\(direction)"] + Self.byPriority
      case .type: return ["i.issue_type\(direction)"] + Self.byPriority
      case .assignee: return ["nullif(i.assignee, '')\(direction) NULLS LAST"] + Self.byPriority
      }
    case .urgency: return ["i.priority", "i.created_at", "i.id"]
    case .hybrid:
      let isNew = "i.created_at > \(condition.bind(condition.now.adding(seconds: -48 * 3600)))"
      return ["(\(isNew)) DESC", "CASE WHEN \(isNew) THEN i.priority END", "i.created_at", "i.id"]
    case .relevance:
      guard let text, !text.isEmpty else { return Self.byPriority }
      return [condition.rank(text)] + Self.byPriority
    }
  }
}
