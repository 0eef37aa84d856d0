public import BeadsModel
public import BeadsSystem

/// A question for work that nothing blocks (contract 5.1).
public struct ReadyQuery: Sendable {
  /// What of the ready work; its status terms have to be unset.
  public var filter = IssueFilter()
  /// What counts as ready.
  public var readiness = IssueFilter.Readiness()
  /// What comes first.
  public var policy = Policy.priority
  /// At most so many; nil for all.
  public var limit: Int? = 100

  /// What comes first in the ready queue.
  public enum Policy: String, Sendable, CaseIterable {
    /// The most urgent, the newest among equals.
    case priority
    /// The last 48 hours by urgency, then the rest by age.
    case hybrid
    /// The oldest.
    case oldest

    /// The order of the issues.
    public var order: IssueOrder {
      switch self {
      case .priority: .priority
      case .hybrid: .hybrid
      case .oldest: .oldest
      }
    }
  }

  /// Asks for the first hundred by priority.
  public init() {}

  /// The filter that finds exactly the ready issues asked for.
  public var matching: IssueFilter {
    var filter = filter
    filter.readiness = readiness
    return filter
  }
}

extension Store {
  /// Open work that nothing blocks, in the order it should be taken up.
  ///
  /// With the policy `priority` the cost does not depend on the size of the store.
  /// - Throws: `invalid` for a filter that contradicts itself or a negative limit.
  public func ready(_ query: ReadyQuery = ReadyQuery()) throws(BeadsError) -> [Issue] {
    try issues(matching: query.matching, order: query.policy.order, limit: query.limit)
  }
}

extension Transaction {
  /// Claims the first ready issue that nobody has, or returns nil when there is none.
  ///
  /// Choosing and claiming are one transaction: of many processes each gets another issue.
  /// - Parameters:
  ///   - query: Which of the ready work.
  ///   - lease: After how many seconds the claim ends by itself; nil for never.
  /// - Throws: `invalid` for a filter that contradicts itself, or a lease out of range.
  public mutating func claimNext(
    _ query: ReadyQuery = ReadyQuery(), lease: Int64? = nil
  ) throws(BeadsError) -> Issue? {
    var query = query
    query.limit = 1
    if query.filter.assignee == .anyone { query.filter.assignee = .nobody }
    guard let issue = try store.ready(query).first else { return nil }
    // Who asks for deferred work too gets it out of there.
    if issue.status == .deferred { try update(issue.id) { $0.status = .open } }
    return try claim(issue.id, lease: lease)
  }
}
