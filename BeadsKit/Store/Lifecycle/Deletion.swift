public import BeadsModel
public import BeadsSystem

/// What deleting issues does, or would do.
public struct DeletionReport: Sendable, Equatable {
  /// The issues deleted: the ones named, then their dependents when those go too.
  public internal(set) var deleted: [IssueID] = []
  /// Issues that stay and waited for a deleted one, or were its children.
  public internal(set) var orphaned: [IssueID] = []
  /// How many edges go, from and to the deleted issues.
  public internal(set) var dependenciesRemoved = 0
  /// Issues that stay and name a deleted one in their text, which becomes `[deleted:ID]`.
  public internal(set) var rewritten: [IssueID] = []

  /// Makes the report of deleting nothing.
  public init() {}
}

extension Store {
  /// Says what deleting issues would do, without doing it.
  ///
  /// A few queries for any number of issues.
  /// - Parameter cascade: Whether everything that waits for a deleted issue, and its children, are deleted too.
  /// - Throws: `notFound` naming the first ID that is no issue.
  public func previewDeletion(_ ids: [IssueID], cascade: Bool = false) throws(BeadsError) -> DeletionReport {
    try read { () throws(BeadsError) in
      try DeletionPlan(store: self, ids: ids, cascade: cascade).report
    }
  }
}

/// Works out what a deletion touches.
struct DeletionPlan {
  private(set) var report = DeletionReport()
  /// The issues that stay and have to be edited.
  private(set) var edited: [IssueID] = []
  let names: [String: String]

  init(store: Store, ids: [IssueID], cascade: Bool) throws(BeadsError) {
    let found = Set(try store.issues(ids).filter { !$0.isTombstone }.map(\.id))
    for id in ids where !found.contains(id) { throw Store.noIssue(id.rawValue) }
    var seen = Set<IssueID>()
    report.deleted = ids.filter { seen.insert($0).inserted }
    if cascade {
      for id in try Self.dependents(of: ids, store) where seen.insert(id).inserted {
        report.deleted.append(id)
      }
    }
    names = Dictionary(uniqueKeysWithValues: report.deleted.map { ($0.rawValue, "[deleted:\($0)]") })
    let edges = try store.edgesTouching(report.deleted)
    report.dependenciesRemoved = edges.count
    let incoming = edges.filter { seen.contains($0.dependsOnID) && !seen.contains($0.issueID) }
    report.orphaned = Set(incoming.filter(\.type.isBlocking).map(\.issueID)).sorted()
    let neighbours = Set(edges.flatMap { [$0.issueID, $0.dependsOnID] }).subtracting(seen).sorted()
    for issue in try store.issues(neighbours) where !issue.isTombstone && issue.textMentions(names) {
      report.rewritten.append(issue.id)
    }
    edited = Set(incoming.map(\.issueID)).union(report.rewritten).sorted()
  }

  /// Everything that waits for the issues or is below them, nearest first.
  private static func dependents(of ids: [IssueID], _ store: Store) throws(BeadsError) -> [IssueID] {
    try store.connection.all(
      """
      WITH RECURSIVE gone (id) AS (
        SELECT value FROM json_each(?1)
        UNION
        SELECT d.issue_id FROM gone g JOIN dependencies d ON d.depends_on_id = g.id
        WHERE d.type IN ('blocks', 'parent-child', 'conditional-blocks', 'waits-for'))
      SELECT id FROM gone
      """, Store.jsonList(ids)
    ) { IssueID(unchecked: $0.text(0)) }
  }
}

extension Store {
  /// The edges from or to any of the issues.
  func edgesTouching(_ ids: [IssueID]) throws(BeadsError) -> [Dependency] {
    try edges(
      """
      rowid IN (
        SELECT rowid FROM dependencies WHERE issue_id IN (SELECT value FROM json_each(?1))
        UNION
        SELECT rowid FROM dependencies WHERE depends_on_id IN (SELECT value FROM json_each(?1)))
      """, Self.jsonList(ids))
  }
}

extension Issue {
  /// The texts in which IDs are mentioned.
  private static let texts: [any WritableKeyPath<Issue, String> & Sendable] = [
    \.description, \.design, \.acceptanceCriteria, \.notes,
  ]

  func textMentions(_ names: [String: String]) -> Bool {
    Self.texts.contains { replacingMentions(in: self[keyPath: $0], names) != self[keyPath: $0] }
  }

  mutating func replaceMentions(_ names: [String: String]) {
    for path in Self.texts { self[keyPath: path] = replacingMentions(in: self[keyPath: path], names) }
  }
}
