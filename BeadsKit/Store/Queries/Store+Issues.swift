import BeadsFormats
public import BeadsModel
public import BeadsSystem

extension Store {
  /// The issues that match a filter, in order, with their labels, edges and comments.
  ///
  /// In the order `priority` and with a limit the cost does not depend on the size of the store; other orders are
  /// linear in the number of issues with the statuses.
  /// - Parameter limit: At most so many; nil for all.
  /// - Throws: `invalid` for a filter that contradicts itself or a negative limit.
  public func issues(
    matching filter: IssueFilter, order: IssueOrder = .priority, limit: Int? = nil
  ) throws(BeadsError) -> [Issue] {
    if let limit, limit < 0 {
      throw BeadsError(.invalid, "limit \(limit) is negative", hint: "use 0 for all")
    }
    let plan = IssuePlan(try condition(filter), order, limit: limit, text: filter.text)
    return try issues(rows: sequence(plan))
  }

  private func sequence(_ plan: IssuePlan) throws(BeadsError) -> [Int64] {
    try connection.withStatement(plan.sql) { statement throws(BeadsError) in
      try statement.bind(plan.values)
      var rows: [Int64] = []
      while try statement.step() { rows.append(statement.row.int64(0)) }
      return rows
    }
  }

  /// The issues of those row numbers in that order: a query for the rows, one for each kind of list.
  private func issues(rows: [Int64]) throws(BeadsError) -> [Issue] {
    if rows.isEmpty { return [] }
    var writer = JSONWriter()
    writer.array(rows) { $0.int($1) }
    var places: [Int64: Int] = [:]
    places.reserveCapacity(rows.count)
    for (place, row) in rows.enumerated() { places[row] = place }
    var issues: [Issue] = []
    issues.reserveCapacity(rows.count)
    var target: [Int] = []
    try connection.query(
      "SELECT i.seq, \(IssueRow.columns(of: "i")) FROM issues i WHERE i.seq IN (SELECT value FROM json_each(?1))",
      writer.text
    ) { row throws(BeadsError) in
      guard let place = places[row.int64(0)] else { return }
      issues.append(try IssueRow.read(row, first: 1))
      target.append(place)
    }
    // Issues are large: exchanging them is cheaper than copying them into another array.
    for place in issues.indices {
      while target[place] != place {
        let other = target[place]
        issues.swapAt(place, other)
        target.swapAt(place, other)
      }
    }
    try fillLists(of: &issues)
    return issues
  }

  // MARK: Counting

  /// How many issues match a filter.
  public func count(_ filter: IssueFilter) throws(BeadsError) -> Int {
    let condition = try condition(filter)
    return try connection.withStatement("SELECT COUNT(*) FROM issues i WHERE \(condition.sql)") {
      statement throws(BeadsError) in
      try statement.bind(condition.values)
      return try statement.first { $0.int(0) } ?? 0
    }
  }

  /// How many of the matching issues have each value of a field, sorted by value; values nobody has are left out.
  ///
  /// An issue counts once for each of its labels.
  public func counts(_ filter: IssueFilter, by grouping: IssueGrouping) throws(BeadsError) -> [IssueGroup] {
    var condition = try condition(filter)
    let value = grouping.expression(&condition)
    let join = grouping == .label ? "LEFT JOIN labels l ON l.issue_id = i.id" : ""
    let sql = "SELECT \(value), COUNT(*) FROM issues i \(join) WHERE \(condition.sql) GROUP BY 1 ORDER BY 1"
    return try connection.withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(condition.values)
      var groups: [IssueGroup] = []
      while try statement.step() {
        groups.append(IssueGroup(name: statement.row.text(0), count: statement.row.int(1)))
      }
      return groups
    }
  }

  /// A number that changes whenever another connection or process has changed the store.
  public func changeMark() throws(BeadsError) -> Int64 { try connection.int64("PRAGMA data_version") ?? 0 }

  /// The type a user means by a word.
  ///
  /// Files bring types the project does not know; those that some issue has can be asked for.
  /// - Throws: `invalid` listing the types.
  public func issueType(named word: String) throws(BeadsError) -> IssueType {
    do throws(BeadsError) {
      return try rules.vocabulary.type(word)
    } catch {
      var used = IssueFilter.everything
      used.types = [IssueType(userInput: word)]
      if try count(used) > 0 { return used.types[0] }
      throw error
    }
  }

  // MARK: Common lists

  /// The direct children of an issue, closed ones included, oldest first.
  /// - Throws: `notFound` when there is no such issue.
  public func childIssues(of parent: IssueID) throws(BeadsError) -> [Issue] {
    guard try exists(parent) else { throw Self.noIssue(parent.rawValue) }
    var filter = IssueFilter.everything
    filter.place = .children(of: parent)
    return try issues(matching: filter, order: .oldest)
  }

  /// Work nobody has touched for so many days, oldest first; what is open or in progress unless statuses are given.
  /// - Throws: `invalid` when the days are not positive.
  public func staleIssues(
    days: Int = 30, statuses: [Status] = [.open, .inProgress], limit: Int? = nil
  ) throws(BeadsError) -> [Issue] {
    try issues(
      matching: try staleFilter(days: days, statuses: statuses),
      order: IssueOrder(.updated, isDescending: false), limit: limit)
  }

  /// The filter behind `staleIssues`.
  public func staleFilter(days: Int, statuses: [Status]) throws(BeadsError) -> IssueFilter {
    guard (1...100_000).contains(days) else {
      throw BeadsError(.invalid, "\(days) days is not an age", hint: "use 1 to 100000")
    }
    var filter = IssueFilter()
    filter.statuses = .any(statuses)
    filter.isEphemeral = false
    filter.updated.before = now.adding(seconds: -86_400 * Int64(days))
    return filter
  }
}

/// A field by which issues are counted.
public enum IssueGrouping: String, Sendable, CaseIterable {
  case status, priority, type, assignee, label

  fileprivate func expression(_ condition: inout IssueCondition) -> String {
    switch self {
    case .status:
      "CASE WHEN i.status = 'deferred' AND i.defer_until <= \(condition.bind(condition.now)) "
        + "THEN 'open' ELSE i.status END"
    case .priority: "'P' || i.priority"
    case .type: "i.issue_type"
    case .assignee: "CASE i.assignee WHEN '' THEN '(unassigned)' ELSE i.assignee END"
    case .label: "coalesce(l.label, '(no labels)')"
    }
  }
}

/// How many issues have one value of a field.
public struct IssueGroup: Sendable, Equatable {
  /// The value: `P1`, `in_progress`, `(unassigned)`, `(no labels)`.
  public let name: String
  /// How many issues have it.
  public let count: Int
}
