import BeadsFormats
public import BeadsModel
public import BeadsSystem

extension Store {
  package static func noIssue(_ text: String) -> BeadsError {
    BeadsError(
      .notFound, "no issue found matching \(quoted(text))", hint: "list the issues with `bd list --all`")
  }

  /// Runs reads that must agree with each other on one snapshot of the database.
  public func read<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    try connection.transaction(.deferred, body)
  }

  // MARK: Issues

  /// The issue of that ID with its labels, edges and comments, or nil.
  ///
  /// Deleted issues are returned as tombstones.
  ///
  /// Four point queries, about 20 us.
  public func issue(_ id: IssueID) throws(BeadsError) -> Issue? {
    let row = try connection.first(Self.oneIssue, id.rawValue) { row throws(BeadsError) in
      try IssueRow.read(row)
    }
    guard var issue = row else { return nil }
    try fillLists(of: &issue)
    return issue
  }

  private static let oneIssue = "SELECT \(IssueRow.columns()) FROM issues WHERE id = ?1"

  private func fillLists(of issue: inout Issue) throws(BeadsError) {
    let id = issue.id.rawValue
    issue.labels = try connection.all("SELECT label FROM labels WHERE issue_id = ?1 ORDER BY label", id) {
      $0.text(0)
    }
    issue.dependencies = try edges("issue_id = ?1", id)
    issue.comments = try connection.all(Self.commentsOfOne, id) { row throws(BeadsError) in
      try Self.comment(row)
    }
  }

  /// The issues of those IDs in that order, without the ones that do not exist; one query for each kind of row.
  public func issues(_ ids: [IssueID]) throws(BeadsError) -> [Issue] {
    if ids.count == 1 { return try issue(ids[0]).map { [$0] } ?? [] }
    var byID: [IssueID: Issue] = [:]
    let list = Self.jsonList(ids)
    try connection.query(
      "SELECT \(IssueRow.columns()) FROM issues WHERE id IN (SELECT value FROM json_each(?1))", list
    ) { row throws(BeadsError) in
      let issue = try IssueRow.read(row)
      byID[issue.id] = issue
    }
    var found = ids.compactMap { byID.removeValue(forKey: $0) }
    try fillLists(of: &found)
    return found
  }

  /// Every issue that matches an SQL condition over `issues i`, with its lists; linear in the result.
  package func issues(
    where condition: String, order: String = "i.id", limit: Int = -1, _ values: [any SQLBindable] = [],
    lists: Bool = true
  ) throws(BeadsError) -> [Issue] {
    var found: [Issue] = []
    let sql =
      "SELECT \(IssueRow.columns(of: "i")) FROM issues i WHERE \(condition) ORDER BY \(order) LIMIT \(limit)"
    try connection.withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(values)
      while try statement.step() { found.append(try IssueRow.read(statement.row)) }
    }
    if lists { try fillLists(of: &found) }
    return found
  }

  /// Fills labels, edges and comments of many issues with three queries.
  func fillLists(of issues: inout [Issue]) throws(BeadsError) {
    if issues.isEmpty { return }
    var places: [String: Int] = [:]
    places.reserveCapacity(issues.count)
    for index in issues.indices { places[issues[index].id.rawValue] = index }
    // Half of the store or more: reading the tables in order beats looking each ID up.
    let list = issues.count > 5000 ? nil : Self.jsonList(issues.map(\.id))
    let condition = list == nil ? "1" : "issue_id IN (SELECT value FROM json_each(?1))"
    func each(_ sql: String, _ body: (borrowing Row) throws(BeadsError) -> Void) throws(BeadsError) {
      try connection.withStatement(sql) { statement throws(BeadsError) in
        if let list { statement.bind(list, at: 1) }
        while try statement.step() { try body(statement.row) }
      }
    }
    try each("SELECT issue_id, label FROM labels WHERE \(condition) ORDER BY issue_id, label") {
      row throws(BeadsError) in
      if let place = places[row.text(0)] { issues[place].labels.append(row.text(1)) }
    }
    try each("SELECT \(Self.edgeColumns) FROM dependencies WHERE \(condition) ORDER BY rowid") {
      row throws(BeadsError) in
      if let place = places[row.text(0)] { issues[place].dependencies.append(try Self.edge(row)) }
    }
    try each("SELECT \(Self.commentColumns) FROM comments WHERE \(condition) ORDER BY id") {
      row throws(BeadsError) in
      if let place = places[row.text(1)] { issues[place].comments.append(try Self.comment(row)) }
    }
  }

  /// Whether there is an issue of that ID, deleted ones included.
  public func exists(_ id: IssueID) throws(BeadsError) -> Bool {
    try connection.int64("SELECT 1 FROM issues WHERE id = ?1", id.rawValue) != nil
  }

  /// How many issues there are, without deleted ones.
  public func count() throws(BeadsError) -> Int {
    Int(try connection.int64("SELECT COUNT(*) FROM issues WHERE status <> 'tombstone'") ?? 0)
  }

  // MARK: Edges and comments

  static let edgeColumns =
    "issue_id, depends_on_id, type, created_at, created_by, metadata, thread_id, created_offset"
  static let commentColumns = "id, issue_id, author, text, created_at, created_offset, file_id"
  private static let commentsOfOne = "SELECT \(commentColumns) FROM comments WHERE issue_id = ?1 ORDER BY id"

  /// The edges that an SQL condition selects: those of one issue in the order of its line in the file.
  package func edges(
    _ condition: String, _ value: String, order: String = "rowid"
  ) throws(BeadsError) -> [Dependency] {
    try connection.all(
      "SELECT \(Self.edgeColumns) FROM dependencies WHERE \(condition) ORDER BY \(order)", value
    ) { row throws(BeadsError) in try Self.edge(row) }
  }

  /// The edges that point at an issue, oldest first.
  public func dependents(of id: IssueID) throws(BeadsError) -> [Dependency] {
    try edges("depends_on_id = ?1", id.rawValue, order: Self.acrossIssues)
  }

  /// The order of edges of several issues: the same in every clone, whatever order the rows were written in.
  static let acrossIssues = "created_at, issue_id, rowid"

  static func edge(_ row: borrowing Row) throws(BeadsError) -> Dependency {
    Dependency(
      IssueID(unchecked: row.text(0)), dependsOn: IssueID(unchecked: row.text(1)),
      type: DependencyType(rawValue: row.text(2)), createdAt: try time(row, 3, offset: 7),
      createdBy: row.text(4),
      metadata: row.text(5), threadID: row.text(6))
  }

  static func comment(_ row: borrowing Row) throws(BeadsError) -> Comment {
    let fileID = row.text(6)
    return Comment(
      id: fileID.isEmpty ? row.text(0) : fileID, issueID: IssueID(unchecked: row.text(1)),
      author: row.text(2),
      text: row.text(3), createdAt: try time(row, 4, offset: 5))
  }

  private static func time(_ row: borrowing Row, _ column: Int32, offset: Int32) throws(BeadsError)
    -> Timestamp
  {
    guard var time = row.withText(column, { $0.flatMap { Timestamp(utf8: $0) } }) else {
      throw BeadsError(.corrupt, "\(quoted(row.text(column))) is stored as a time but is none")
    }
    time.offsetMinutes = Int16(truncatingIfNeeded: row.int64(offset))
    return time
  }

  package static func jsonList(_ ids: [IssueID]) -> String {
    var writer = JSONWriter()
    writer.strings(ids.map(\.rawValue))
    return writer.text
  }
}
