public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// An issue its actor should do now, and why this one.
public struct NextWork: Sendable, Equatable {
  /// Why it comes when it does.
  public enum Reason: String, Sendable {
    /// The actor has begun it.
    case inProgress = "in_progress"
    /// It is ready and was given to the actor.
    case assigned
    /// It is ready and nobody has it.
    case ready
  }

  /// The issue.
  public let issue: Issue
  /// Why it comes when it does.
  public let reason: Reason
}

extension Store {
  /// What this store's actor should do next: what was begun and nothing blocks, then what is ready and was given to
  /// the actor, then what is ready and nobody has; each the most urgent first.
  ///
  /// Epics come after everything else, because the work is in their children. The cost does not depend on the size of
  /// the store.
  /// - Parameter limit: At most so many; nil for all.
  /// - Throws: `invalid` when the limit is negative.
  public func nextWork(limit: Int? = 1) throws(BeadsError) -> [NextWork] {
    if let limit, limit < 0 {
      throw BeadsError(.invalid, "limit \(limit) is negative", hint: "use 0 for all")
    }
    return try read { () throws(BeadsError) in
      var found: [NextWork] = []
      var seen: Set<IssueID> = []
      for isEpic in [false, true] {
        for (filter, reason) in nextFilters {
          let rest = limit.map { $0 - found.count }
          if let rest, rest <= 0 { return found }
          var filter = filter
          if isEpic { filter.types = [.epic] } else { filter.excludedTypes = [.epic] }
          for issue in try issues(matching: filter, order: .priority, limit: rest)
          where seen.insert(issue.id).inserted {
            found.append(NextWork(issue: issue, reason: reason))
          }
        }
      }
      return found
    }
  }

  private var nextFilters: [(IssueFilter, NextWork.Reason)] {
    var begun = IssueFilter()
    begun.statuses = .any([.inProgress, .hooked])
    begun.assignee = .named(actor)
    begun.isBlocked = false
    var given = ReadyQuery()
    given.filter.assignee = .named(actor)
    var free = ReadyQuery()
    free.filter.assignee = .nobody
    return [(begun, .inProgress), (given.matching, .assigned), (free.matching, .ready)]
  }
}
