public import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// An issue with what it is connected to: what `bd show` prints.
public struct IssueDetails: Sendable {
  /// The other end of an edge.
  public struct Link: Sendable {
    /// The edge.
    public let edge: Dependency
    /// The ID at the other end.
    public let id: IssueID
    /// The issue at the other end; nil when it is not in this store.
    public let issue: Issue?
  }

  /// The issue.
  public let issue: Issue
  /// What it depends on, in the order the edges were made.
  public internal(set) var dependencies: [Link] = []
  /// What depends on it, in the order of IDs; empty unless asked for.
  public internal(set) var dependents: [Link] = []
  /// How many edges point at it.
  public internal(set) var dependentCount = 0
  /// How many children there are, and how many of them are done.
  public internal(set) var children = (total: 0, closed: 0)
  /// Whether it has to wait, by an edge of its own or because its parent does.
  public internal(set) var isBlocked = false
  /// The edges of its own that it has to wait for.
  public internal(set) var blockers: [ActiveBlocker] = []
  /// Its audit trail, oldest first; empty unless asked for.
  public internal(set) var events: [AuditEvent] = []

  /// Whether this is an open epic whose children are all done.
  public var isCloseable: Bool {
    issue.type == .epic && !issue.isClosed && children.total > 0 && children.closed == children.total
  }
}

extension Store {
  /// Reads issues with their connections, on one snapshot and with the same few queries for any number of them.
  ///
  /// - Parameters:
  ///   - dependents: Whether the issues that depend on them are read too.
  ///   - events: Whether their audit trails are read too.
  /// - Returns: The issues in that order, without deleted ones and ones that do not exist.
  public func details(
    of ids: [IssueID], dependents: Bool = false, events: Bool = false
  ) throws(BeadsError) -> [IssueDetails] {
    try read { () throws(BeadsError) in
      var details = try issues(ids).filter { !$0.isTombstone }.map { IssueDetails(issue: $0) }
      let incoming = try edges(
        "depends_on_id IN (SELECT value FROM json_each(?1))", Self.jsonList(ids), order: Self.acrossIssues)
      let outgoing = details.flatMap(\.issue.dependencies)
      let ends = outgoing.map(\.dependsOnID) + (dependents ? incoming.map(\.issueID) : [])
      let others = try issues(Set(ends).sorted())
      let byID = Dictionary(uniqueKeysWithValues: others.filter { !$0.isTombstone }.map { ($0.id, $0) })
      let incomingByID = Dictionary(grouping: incoming, by: \.dependsOnID)
      let trails = events ? try self.events(of: ids) : [:]
      let counts = try childCounts(details.map(\.issue.id))
      let waiting = try blocked(among: ids)
      let blockers = try activeBlockers(of: ids)
      for index in details.indices {
        let id = details[index].issue.id
        let edges = incomingByID[id] ?? []
        details[index].dependencies = details[index].issue.dependencies.map { edge in
          IssueDetails.Link(edge: edge, id: edge.dependsOnID, issue: byID[edge.dependsOnID])
        }
        if dependents {
          details[index].dependents = edges.map { edge in
            IssueDetails.Link(edge: edge, id: edge.issueID, issue: byID[edge.issueID])
          }.sorted { $0.id < $1.id }
        }
        details[index].dependentCount = edges.count
        details[index].children = counts[id] ?? (0, 0)
        details[index].isBlocked = waiting.contains(id)
        details[index].blockers = blockers[id] ?? []
        details[index].events = trails[id] ?? []
      }
      return details
    }
  }

  private func childCounts(_ ids: [IssueID]) throws(BeadsError) -> [IssueID: (total: Int, closed: Int)] {
    var counts: [IssueID: (total: Int, closed: Int)] = [:]
    try connection.query(
      """
      SELECT d.depends_on_id, COUNT(*), SUM(k.status IN (SELECT status FROM status_categories WHERE category = 'done'))
      FROM dependencies d JOIN issues k ON k.id = d.issue_id
      WHERE d.depends_on_id IN (SELECT value FROM json_each(?1)) AND d.type = 'parent-child'
        AND k.status <> 'tombstone'
      GROUP BY d.depends_on_id
      """, Self.jsonList(ids)
    ) { row throws(BeadsError) in
      counts[IssueID(unchecked: row.text(0))] = (Int(row.int64(1)), Int(row.int64(2)))
    }
    return counts
  }
}

extension JSONWriter {
  /// Writes an issue with its connections as an object (IssueDetails of contract 1.12).
  public mutating func issueDetails(
    _ details: IssueDetails, dependents: Bool = false, comments: Bool = false, events: Bool = false
  ) {
    object { writer in
      let issue = details.issue
      writer.issueMembers(issue)
      if !details.dependencies.isEmpty {
        writer.key("dependencies")
        writer.array(details.dependencies) { $0.link($1) }
      }
      if dependents, !details.dependents.isEmpty {
        writer.key("dependents")
        writer.array(details.dependents) { $0.link($1) }
      }
      if comments, !issue.comments.isEmpty {
        writer.key("comments")
        writer.array(issue.comments) { writer, comment in writer.object { $0.commentMembers(comment) } }
      }
      if events {
        writer.key("events")
        writer.array(details.events) { $0.auditEvent($1) }
      }
      if let parent = issue.parentID { writer.member("parent", parent.rawValue) }
      writer.member("dependency_count", details.dependencies.count)
      writer.member("dependent_count", details.dependentCount)
      writer.member("comment_count", issue.comments.count)
      if issue.type == .epic {
        writer.member("epic_total_children", details.children.total)
        writer.member("epic_closed_children", details.children.closed)
        writer.member("epic_closeable", details.isCloseable)
      }
    }
  }

  /// Writes the issue at the other end of an edge with the type of the edge (IssueWithDependencyMetadata).
  ///
  /// What is not in this store is written with the members that every issue has.
  public mutating func link(_ link: IssueDetails.Link) {
    object { writer in
      if let issue = link.issue {
        writer.issueMembers(issue)
      } else {
        writer.member("id", link.id.rawValue)
        writer.member("title", link.id.rawValue)
        writer.member("status", "open")
        writer.member("priority", 2)
        writer.member("issue_type", link.id.isExternal ? "external" : "task")
        writer.member("created_at", link.edge.createdAt)
        writer.member("updated_at", link.edge.createdAt)
      }
      writer.member("dependency_type", link.edge.type.rawValue)
    }
  }
}
