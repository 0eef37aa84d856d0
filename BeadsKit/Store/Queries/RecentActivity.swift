import BeadsModel
public import BeadsSystem

/// What happened in the last hours: each issue counts once in each of the numbers.
public struct RecentActivity: Sendable, Equatable {
  /// How far back this looks.
  public var hours: Int
  /// Commits that changed the file that git carries.
  public var commits = 0
  /// Issues created here.
  public var created = 0
  /// Issues closed.
  public var closed = 0
  /// Issues changed in any other way.
  public var updated = 0
  /// Issues opened again.
  public var reopened = 0

  /// The sum of what happened to issues.
  public var total: Int { created + closed + updated + reopened }
}

extension Store {
  /// Counts what the audit trail has of the last hours; linear in the number of those events.
  /// - Parameter repository: Where to count commits, if anywhere; failing to read it counts as none.
  public func recentActivity(hours: Int = 24, in repository: GitLocation? = nil) throws(BeadsError)
    -> RecentActivity
  {
    let start = now.adding(seconds: -3600 * Int64(hours))
    let oldest = start.sortableText
    var seen: [String: Set<String>] = [:]
    try connection.withStatement("SELECT issue_id, event_type, created_at FROM events ORDER BY id DESC") {
      statement throws(BeadsError) in
      // Events are numbered as they happen, so the first that is too old ends the walk.
      while try statement.step(), statement.row.text(2) >= oldest {
        let kind = statement.row.text(1)
        let name = ["created", "closed", "reopened"].contains(kind) ? kind : "updated"
        seen[name, default: []].insert(statement.row.text(0))
      }
    }
    var activity = RecentActivity(hours: hours)
    activity.created = seen["created"]?.count ?? 0
    activity.closed = seen["closed"]?.count ?? 0
    activity.updated = seen["updated"]?.count ?? 0
    activity.reopened = seen["reopened"]?.count ?? 0
    if let repository { activity.commits = commits(in: repository, since: start.seconds) }
    return activity
  }

  private func commits(in repository: GitLocation, since: Int64) -> Int {
    let path = Path.relative(location.jsonlPath, to: repository.workTree)
    do throws(BeadsError) {
      return try GitRepository(repository).commitCount(touching: path, since: since)
    } catch { return 0 }
  }
}
