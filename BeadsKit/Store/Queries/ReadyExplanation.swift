public import BeadsModel
public import BeadsSystem

/// Why work is ready or not.
public struct ReadyExplanation: Sendable {
  /// A ready issue and what it waited for.
  public struct Ready: Sendable {
    /// The issue.
    public let issue: Issue
    /// The targets of its blocking edges, none of which blocks it any more, in ID order.
    public let resolvedBlockers: [IssueID]

    /// One sentence for people.
    public var reason: String {
      switch resolvedBlockers.count {
      case 0: "nothing blocks it"
      case 1: "its blocker is finished"
      default: "its \(resolvedBlockers.count) blockers are finished"
      }
    }
  }

  /// What a blocked issue waits for, as far as this store knows it.
  public struct Blocker: Sendable {
    /// The issue or external capability.
    public let id: IssueID
    /// Its title; empty for what is not in this store.
    public let title: String
    /// Its status, `external` for what is not in this store.
    public let status: Status
    /// Its priority.
    public let priority: Int
  }

  /// A blocked issue and what it waits for.
  public struct Blocked: Sendable {
    /// The issue and the IDs.
    public let blocked: BlockedIssue
    /// What it waits for, in ID order.
    public let blockers: [Blocker]
  }

  /// The ready issues asked for.
  public let ready: [Ready]
  /// How many are ready without the limit.
  public let readyCount: Int
  /// The blocked issues that the filter matches.
  public let blocked: [Blocked]
  /// Circles of issues that wait for each other and will never be ready.
  public let cycles: [[IssueID]]
}

extension Store {
  /// Says of each issue a ready query is about why it is ready or what it waits for.
  ///
  /// A fixed number of queries; linear in the number of blocking edges because of the search for circles.
  /// - Throws: `invalid` for a filter that contradicts itself or a negative limit.
  public func explainReady(_ query: ReadyQuery = ReadyQuery()) throws(BeadsError) -> ReadyExplanation {
    var waiting = query.filter
    waiting.statuses = .unfinished
    waiting.isPinned = false
    let blocked = try blocked(waiting)
    let details = try blockerDetails(Set(blocked.flatMap(\.blockedBy)))
    let waitTypes = DependencyType.blocking.filter { $0 != .parentChild }
    let ready = try ready(query).map { issue in
      let targets = issue.dependencies.filter { waitTypes.contains($0.type) }.map(\.dependsOnID)
      return ReadyExplanation.Ready(issue: issue, resolvedBlockers: Set(targets).sorted())
    }
    return ReadyExplanation(
      ready: ready, readyCount: try count(query.matching),
      blocked: blocked.map { one in
        let blockers = one.blockedBy.map { id in
          details[id]
            ?? ReadyExplanation.Blocker(id: id, title: "", status: Status(rawValue: "external"), priority: 0)
        }
        return ReadyExplanation.Blocked(blocked: one, blockers: blockers)
      },
      cycles: try dependencyCycles())
  }

  private func blockerDetails(
    _ ids: Set<IssueID>
  ) throws(BeadsError) -> [IssueID: ReadyExplanation.Blocker] {
    var details: [IssueID: ReadyExplanation.Blocker] = [:]
    try connection.query(
      """
      SELECT id, title, status, priority FROM issues
      WHERE id IN (SELECT value FROM json_each(?1)) AND status <> 'tombstone'
      """, Self.jsonList(Array(ids))
    ) { row throws(BeadsError) in
      let id = IssueID(unchecked: row.text(0))
      details[id] = ReadyExplanation.Blocker(
        id: id, title: row.text(1), status: Status(rawValue: row.text(2)), priority: row.int(3))
    }
    return details
  }
}
