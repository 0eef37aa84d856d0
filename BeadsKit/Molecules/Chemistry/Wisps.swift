import BeadsFormats
public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// A wisp with when it counts as forgotten.
public struct Wisp: Sendable, Equatable {
  /// The issue.
  public let issue: Issue
  /// Whether it is not finished and was not touched for a day.
  public let isOld: Bool
}

/// Which wisps to sweep away.
public struct WispSweep: Sendable {
  /// Why a wisp may go.
  public enum Reason: Sendable {
    /// Not finished and not touched for so long, in nanoseconds.
    case untouched(for: Int64)
    /// Not touched for so long, finished or not, in nanoseconds.
    case untouchedOrFinished(for: Int64)
    /// Finished, however recently.
    case finished
  }

  /// Why a wisp may go.
  public var reason: Reason
  /// Issue types and wisp types that stay.
  public var excludedTypes: Set<String> = []

  /// Makes a sweep.
  public init(_ reason: Reason) { self.reason = reason }
}

extension Store {
  /// The wisps, latest change first.
  ///
  /// - Parameters:
  ///   - includingFinished: Whether closed ones come too.
  ///   - type: The only issue type or wisp type; nil for all.
  public func wisps(includingFinished: Bool = false, type: String? = nil) throws(BeadsError) -> [Wisp] {
    let open =
      includingFinished
      ? "1" : "i.status NOT IN (SELECT status FROM status_categories WHERE category = 'done')"
    let found = try issues(
      where: """
        i.ephemeral = 1 AND i.status <> 'tombstone' AND \(open) AND (?1 = '' OR i.issue_type = ?1 OR i.wisp_type = ?1)
        """, order: "i.updated_at DESC, i.id", [type ?? ""])
    let limit = now.adding(seconds: -24 * 3600)
    return found.map { issue in
      Wisp(
        issue: issue, isOld: issue.updatedAt < limit && rules.vocabulary.category(of: issue.status) != .done)
    }
  }

  /// The wisps that a sweep would delete, each with its steps.
  ///
  /// A wisp and the ephemeral issues below it are one: it is as young as the youngest of them, finished when its root
  /// is, and stays whole when one of them is pinned, infrastructure or excluded. Two queries.
  public func wisps(for sweep: WispSweep) throws(BeadsError) -> [Issue] {
    let members = try issues(where: "i.ephemeral = 1 AND i.status <> 'tombstone'")
    let byID = Dictionary(uniqueKeysWithValues: members.map { ($0.id, $0) })
    var groups: [IssueID: [Issue]] = [:]
    for issue in members { groups[root(of: issue, byID), default: []].append(issue) }
    return groups.filter { isSwept(root: byID[$0.key], $0.value, sweep) }.values.flatMap { $0 }.sorted {
      $0.id < $1.id
    }
  }

  private func root(of issue: Issue, _ wisps: [IssueID: Issue]) -> IssueID {
    var (place, seen) = (issue, Set([issue.id]))
    while let parent = place.parentID.flatMap({ wisps[$0] }), seen.insert(parent.id).inserted {
      place = parent
    }
    return place.id
  }

  private func isSwept(root: Issue?, _ members: [Issue], _ sweep: WispSweep) -> Bool {
    let isKept = members.contains { issue in
      issue.isPinned || issue.status == .pinned || rules.vocabulary.isInfrastructure(issue.type)
        || sweep.excludedTypes.contains(issue.type.rawValue)
        || (!issue.wispType.isEmpty && sweep.excludedTypes.contains(issue.wispType))
    }
    guard let root, !isKept else { return false }
    let isFinished = rules.vocabulary.category(of: root.status) == .done
    func isUntouched(for age: Int64) -> Bool {
      let limit = now.adding(nanoseconds: -age)
      return members.allSatisfy { $0.updatedAt <= limit }
    }
    switch sweep.reason {
    case .finished: return isFinished
    case .untouched(let age): return !isFinished && isUntouched(for: age)
    case .untouchedOrFinished(let age): return isUntouched(for: age)
    }
  }
}

extension Transaction {
  /// Deletes the wisps of a sweep.
  /// - Returns: What was deleted.
  @discardableResult
  public mutating func sweep(_ sweep: WispSweep) throws(BeadsError) -> DeletionReport {
    try delete(reader.wisps(for: sweep).map(\.id), reason: "swept away", force: true)
  }
}
