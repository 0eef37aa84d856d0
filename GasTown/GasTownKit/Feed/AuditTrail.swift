public import BeadsKit

/// Something that somebody did, from whatever place remembers it.
public struct AuditEntry: Sendable, Equatable {
  /// When.
  public let time: Timestamp
  /// `git`, `beads` or `events`.
  public let source: String
  /// What kind of thing: `commit`, `created`, `closed`, or the type of an event.
  public let type: String
  /// Who did it.
  public let actor: String
  /// What was done.
  public let summary: String
  /// The commit or the issue.
  public let id: String?
}

/// What was done in a town, from git, the trackers and the events, in one list.
public struct AuditTrail {
  private let ledgers: Ledgers
  /// Only by actors with this text in their name.
  public var actor: String?
  /// Only what happened since then.
  public var since: Timestamp?
  /// At most so many, the latest ones.
  public var limit = 50

  /// Looks at the whole town.
  public init(_ ledgers: Ledgers) { self.ledgers = ledgers }

  /// The entries, the latest first, and what could not be read.
  public func entries() throws(BeadsError) -> (entries: [AuditEntry], problems: [String]) {
    var found = try events()
    var problems: [String] = []
    func collect(_ read: () throws(BeadsError) -> [AuditEntry]) {
      do throws(BeadsError) {
        let entries = try read()
        found += entries
      } catch { problems.append(error.message) }
    }
    collect { () throws(BeadsError) in try issues(try ledgers.hq()) }
    for rig in try ledgers.town.rigs() {
      collect { () throws(BeadsError) in try issues(try ledgers.store(of: rig.name)) }
      collect { () throws(BeadsError) in try commits(rig) }
    }
    let matching = found.filter { entry in
      (actor.map { entry.actor.contains($0) } ?? true) && (since.map { entry.time >= $0 } ?? true)
    }
    let sorted = matching.sorted { ($1.time, $1.source, $1.id ?? "") < ($0.time, $0.source, $0.id ?? "") }
    return (Array(sorted.prefix(limit)), problems)
  }

  private func events() throws(BeadsError) -> [AuditEntry] {
    var query = EventQuery()
    query.limit = limit
    query.actor = actor
    query.since = since
    return try EventLog(ledgers.town).events(query).map {
      AuditEntry(
        time: $0.time, source: "events", type: $0.type, actor: $0.actor, summary: $0.summary,
        id: $0.text("bead") ?? $0.text("id"))
    }
  }

  private func issues(_ store: Store) throws(BeadsError) -> [AuditEntry] {
    var entries: [AuditEntry] = []
    var filter = IssueFilter.everything
    filter.isEphemeral = false
    if let since { filter.updated.after = since.adding(seconds: -1) }
    let order = IssueOrder(.updated, isDescending: true)
    for issue in try store.issues(matching: filter, order: order, limit: limit * 2) {
      entries.append(
        AuditEntry(
          time: issue.createdAt, source: "beads", type: "created", actor: issue.createdBy,
          summary: "made \(issue.id): \(issue.title)", id: issue.id.rawValue))
      if let closed = issue.closedAt {
        entries.append(
          AuditEntry(
            time: closed, source: "beads", type: "closed", actor: issue.assignee,
            summary: "closed \(issue.id): \(issue.title)", id: issue.id.rawValue))
      }
    }
    return entries
  }

  private func commits(_ rig: Rig) throws(BeadsError) -> [AuditEntry] {
    guard FileSystem.isDirectory(rig.repository) else { return [] }
    let result = try ledgers.town.git(rig.repository).ask(
      "log", "--all", "-n", String(limit), "--format=%H%x09%at%x09%an%x09%s")
    if !result.succeeded { return [] }
    return result.text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, let seconds = Int64(parts[1]) else { return nil }
      return AuditEntry(
        time: Timestamp(seconds: seconds), source: "git", type: "commit", actor: parts[2],
        summary: "committed \(parts[0].prefix(10)) in \(rig.name): \(parts[3])", id: parts[0])
    }
  }
}
