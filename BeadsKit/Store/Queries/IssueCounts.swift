public import BeadsModel
public import BeadsSystem

/// What a list shows of an issue's surroundings without showing them.
public struct IssueCounts: Sendable, Equatable {
  /// How many edges start at the issue.
  public var dependencies = 0
  /// How many edges point at it.
  public var dependents = 0
  /// How many comments it has.
  public var comments = 0
  /// The issue its first parent-child edge names.
  public var parent: IssueID?

  /// Zeros.
  public init() {}
}

extension Store {
  /// The counts of many issues: one grouped query for each count.
  ///
  /// IDs nobody has get zeros.
  public func counts(for ids: [IssueID]) throws(BeadsError) -> [IssueID: IssueCounts] {
    if ids.isEmpty { return [:] }
    var counts = Dictionary(ids.map { ($0, IssueCounts()) }) { first, _ in first }
    // Most of the store: reading a table in order beats looking each ID up.
    let list = ids.count > 5000 ? nil : Self.jsonList(ids)
    func count(_ table: String, by key: String, into path: WritableKeyPath<IssueCounts, Int>)
      throws(BeadsError)
    {
      let condition = list == nil ? "1" : "\(key) IN (SELECT value FROM json_each(?1))"
      let sql = "SELECT \(key), COUNT(*) FROM \(table) WHERE \(condition) GROUP BY 1"
      try connection.withStatement(sql) { statement throws(BeadsError) in
        if let list { statement.bind(list, at: 1) }
        while try statement.step() {
          counts[IssueID(unchecked: statement.row.text(0))]?[keyPath: path] = statement.row.int(1)
        }
      }
    }
    try count("dependencies", by: "issue_id", into: \.dependencies)
    try count("dependencies", by: "depends_on_id", into: \.dependents)
    try count("comments", by: "issue_id", into: \.comments)
    for (id, parent) in try parents(of: ids) { counts[id]?.parent = parent }
    return counts
  }
}
