import BeadsKit

/// What is remembered of sessions that end: who has died, since when somebody is looked into, and how long nothing is
/// started again.
struct Vigil {
  /// When sessions were found dead, for deaths of many at once.
  var deaths: [(at: Int64, address: AgentAddress)] = []
  /// Until when nothing is started again, after many died at once.
  var holdUntil: Int64 = 0
  /// Since when the process of a session is known to have ended, or its server.
  var since: [Int64: Int64] = [:]
  /// The servers that sessions run in.
  var servers: [Int64: ProcessIdentity] = [:]
  /// Sessions whose process runs and has no server for a parent.
  var orphans: Set<Int64> = []
  /// Who died with a server: that is no fault of theirs, and does not count against them.
  var excused: Set<AgentAddress> = []
  /// Whether a process has ended of which it is not yet known how.
  var isUnsettled = false
  /// Engines that were asked to end.
  var told: Set<ProcessIdentity> = []
  /// Why a session was left alone the last time.
  var unknown: [Int64: String] = [:]

  /// Forgets sessions that are on record no longer.
  mutating func keep(_ sessions: [SessionRecord]) {
    let ids = Set(sessions.map(\.id))
    since = since.filter { ids.contains($0.key) }
    servers = servers.filter { ids.contains($0.key) }
    orphans.formIntersection(ids)
    unknown = unknown.filter { ids.contains($0.key) }
  }
}
