public import BeadsModel
public import BeadsSystem

/// Open issues that say exactly the same.
public struct DuplicateGroup: Sendable {
  /// One of the issues and how much hangs on it.
  public struct Member: Sendable {
    /// The issue.
    public let issue: Issue
    /// How many other issues name it in their texts.
    public let references: Int
    /// How many edges point at it.
    public let dependents: Int
    /// How many edges it has itself.
    public let dependencies: Int

    /// The edges at both ends.
    public var weight: Int { dependents + dependencies }
  }

  /// The issues, the one to keep first: most references, then most edges, then smallest ID.
  public let members: [Member]

  /// The issue to keep.
  public var target: Issue { members[0].issue }
  /// The others.
  public var sources: [Issue] { members.dropFirst().map(\.issue) }

  init(members: [Member]) {
    self.members = members.sorted {
      ($1.references, $1.weight, $0.issue.id) < ($0.references, $0.weight, $1.issue.id)
    }
  }
}

extension Store {
  /// Groups of issues with the same title, texts and status, by title.
  ///
  /// Finished issues, wisps, templates and steps that a formula made are left out: those are meant to be alike. One
  /// query finds the groups; texts are searched for references only when there are any.
  public func duplicateGroups() throws(BeadsError) -> [DuplicateGroup] {
    try read { () throws(BeadsError) in
      let groups = try equalIssues()
      let ids = groups.joined().map(\.id)
      if ids.isEmpty { return [] }
      let references = try referenceCounts(of: ids)
      var dependents: [IssueID: Int] = [:]
      for edge in try edges(.up, of: ids) { dependents[edge.dependsOnID, default: 0] += 1 }
      return groups.map { group in
        DuplicateGroup(
          members: group.map { issue in
            DuplicateGroup.Member(
              issue: issue, references: references[issue.id] ?? 0, dependents: dependents[issue.id] ?? 0,
              dependencies: issue.dependencies.count)
          })
      }
    }
  }

  private func equalIssues() throws(BeadsError) -> [[Issue]] {
    let candidates = """
      i.ephemeral = 0 AND i.is_template = 0 AND i.source_formula = ''
        AND i.status NOT IN (SELECT status FROM settled_statuses)
      """
    let found = try issues(
      where: """
        \(candidates) AND i.title IN (
          SELECT i.title FROM issues i WHERE \(candidates) GROUP BY i.title HAVING COUNT(*) > 1)
        """, order: "i.title, i.id")
    var groups: [[String]: [Issue]] = [:]
    for issue in found {
      let key = [
        issue.title, issue.description, issue.design, issue.acceptanceCriteria, issue.status.rawValue,
      ]
      groups[key, default: []].append(issue)
    }
    return groups.values.filter { $0.count > 1 }.sorted { ($0[0].title, $0[0].id) < ($1[0].title, $1[0].id) }
  }

  /// In how many texts of other issues each ID occurs; one pass over all texts.
  private func referenceCounts(of ids: [IssueID]) throws(BeadsError) -> [IssueID: Int] {
    var counts: [IssueID: Int] = [:]
    let names = Set(ids.map(\.rawValue))
    try forEachText { id, text in
      for name in mentions(in: text, of: names) where name != id {
        counts[IssueID(unchecked: name), default: 0] += 1
      }
    }
    return counts
  }

  /// The issues, not deleted, whose texts name one of the IDs; one pass over all texts.
  func issuesMentioning(_ names: Set<String>) throws(BeadsError) -> [IssueID] {
    var found: [IssueID] = []
    try forEachText { id, text in
      if !mentions(in: text, of: names).isEmpty { found.append(IssueID(unchecked: id)) }
    }
    return found
  }

  private func forEachText(_ body: (_ id: String, _ text: String) -> Void) throws(BeadsError) {
    try connection.query(
      """
      SELECT id, description || char(10) || design || char(10) || acceptance_criteria || char(10) || notes
      FROM issues WHERE status <> 'tombstone' ORDER BY id
      """
    ) { row throws(BeadsError) in body(row.text(0), row.text(1)) }
  }
}
