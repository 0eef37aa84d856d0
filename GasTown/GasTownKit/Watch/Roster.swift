import BeadsKit

/// The sessions and agents on record, read again only after a change.
struct Roster {
  var sessions: [SessionRecord] = []
  var agents: [AgentRecord] = []
  fileprivate var mark: [Int64] = []
}

extension Watcher {
  /// Who there is, and who runs, as it is on record now.
  func currentRoster() throws(BeadsError) -> Roster {
    let mark = try database.changeMark()
    if mark != roster.mark {
      roster = Roster(sessions: try database.openSessions(), agents: try database.agents(), mark: mark)
    }
    return roster
  }
}

extension TownDatabase {
  /// Differs after each change of the database, whoever made it; two queries that read no table.
  func changeMark() throws(BeadsError) -> [Int64] {
    [try connection.int64("PRAGMA data_version") ?? 0, try connection.int64("SELECT total_changes()") ?? 0]
  }
}
