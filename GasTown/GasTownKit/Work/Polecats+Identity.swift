public import BeadsKit

/// What a polecat has done so far.
public struct PolecatHistory: Sendable {
  /// Who it is.
  public let record: AgentRecord
  /// The work that was its own, latest first: assigned to it, or committed under its name.
  public let work: [Issue]
  /// How many sessions it had.
  public let sessions: Int
  /// How many of them died.
  public let deaths: Int
  /// How many commits it made.
  public let commits: Int
  /// The kinds of files it changed, by the ends of their names, the most common first.
  public let fileKinds: [(name: String, count: Int)]

  /// How many of its issues are closed.
  public var completed: Int { work.count(where: \.isClosed) }
  /// How many percent of its sessions ended as they should.
  public var sessionRate: Int { sessions == 0 ? 100 : (sessions - deaths) * 100 / sessions }
}

/// Identities of polecats: names that outlive worktrees and sessions.
extension Polecats {
  /// Makes an identity without work.
  /// - Throws: `exists`, `invalid` for a name that polecats cannot have, `refused` when the rig has too many.
  public func addIdentity(_ text: String) throws(BeadsError) -> AgentRecord {
    let name = try AgentName(text)
    guard NamePool.isAllowed(name) else {
      throw BeadsError(.invalid, "\(quoted(text)) is reserved", hint: "choose another name")
    }
    let admission = try Admission(town, database)
    return try admission.alone { () throws(BeadsError) in
      if try database.agent(address(name)) != nil {
        throw BeadsError(
          .exists, "\(rig.name) has a polecat \(name) already", hint: "`gt polecat list --all`")
      }
      try admission.checkFolders(rig, try all().count)
      let record = try database.save(AgentRecord(address(name)))
      try FileSystem.makeDirectory(rig.polecatFolder(name))
      return record
    }
  }

  /// What a polecat has done.
  public func history(of record: AgentRecord) throws(BeadsError) -> PolecatHistory {
    var filter = IssueFilter.everything
    filter.assignee = .named(record.address.text)
    filter.isEphemeral = false
    let work = try ledgers.store(of: rig.name)
      .issues(matching: filter, order: IssueOrder(.updated, isDescending: true))
      .filter { $0.type != .mergeRequest && $0.type != .message && !$0.isTombstone }
    let sessions = try database.sessions(of: record.address, limit: 10_000)
    let (commits, kinds) = try commits(of: record.address)
    return PolecatHistory(
      record: record, work: work, sessions: sessions.count, deaths: sessions.count { $0.ending == "died" },
      commits: commits, fileKinds: kinds)
  }

  /// How many commits an agent made, and what kinds of files the last two hundred changed.
  private func commits(
    of address: AgentAddress
  ) throws(BeadsError) -> (count: Int, kinds: [(name: String, count: Int)]) {
    let result = try town.git(rig.repository).ask(
      "log", "--all", "-n", "200", "--fixed-strings", "--author=\(address.text) <", "--format=%x00",
      "--name-only")
    guard result.succeeded else { return (0, []) }
    var (count, kinds): (Int, [String: Int]) = (0, [:])
    for line in result.text.split(separator: "\n") {
      if line.first == "\0" {
        count += 1
        continue
      }
      let name = Path.name(of: String(line))
      guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { continue }
      kinds[String(name[dot...].dropFirst()), default: 0] += 1
    }
    return (count, kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) })
  }

  /// Gives a polecat without work another name.
  ///
  /// Its worktree goes; whatever is nowhere else is saved first.
  /// - Throws: `refused` while it has work, a session or an open merge request; `exists`, `invalid`.
  public func renameIdentity(_ record: AgentRecord, to text: String) throws(BeadsError) -> AgentRecord {
    try requireAtRest(record, "renamed")
    guard let old = record.address.name else { throw BeadsError(.invalid, "\(record.address) is no polecat") }
    let made = try addIdentity(text)
    do throws(BeadsError) {
      if try FileSystem.status(rig.polecatFolder(old), followLinks: false) != nil {
        try nuke(record.address, force: .none, reason: "renamed to \(text)")
      }
    } catch {
      try? database.forget(made.address)
      if let name = made.address.name { _ = try? FileSystem.remove(rig.polecatFolder(name)) }
      throw error
    }
    try database.write { db throws(BeadsError) in
      var copy = made
      copy.notifications = record.notifications
      copy.runtime = record.runtime
      try database.save(copy)
      try db.execute(
        "UPDATE sessions SET address = ?2 WHERE address = ?1", record.address.text, made.address.text)
      try database.forget(record.address)
    }
    EventLog(town).append(
      "polecat_renamed", actor: ledgers.actor,
      [("rig", rig.name.rawValue), ("polecat", record.address.text), ("to", made.address.text)])
    return made
  }

  /// Removes a polecat's worktree, as `nuke` does, and forgets its name.
  public func removeIdentity(
    _ record: AgentRecord, force: RemovalForce
  ) throws(BeadsError) -> RigWorktrees.Saved {
    if force == .none { try requireAtRest(record, "removed") }
    let saved = try nuke(record.address, force: force, reason: "its identity was removed")
    try database.forget(record.address)
    if let name = record.address.name { _ = try? FileSystem.remove(rig.polecatFolder(name)) }
    return saved
  }

  private func requireAtRest(_ record: AgentRecord, _ done: String) throws(BeadsError) {
    if let bead = record.bead {
      throw BeadsError(
        .refused, "\(record.address) is not \(done): it has \(bead)",
        hint: "`gt unsling \(bead)` takes it back")
    }
    if let session = try database.openSession(of: record.address), session.process?.isAlive == true {
      throw BeadsError(
        .refused, "\(record.address) is not \(done): its session runs",
        hint: "`gt session stop \(record.address)` ends it")
    }
  }

  // MARK: Ahead of the work

  /// Makes polecats with worktrees, so that work given out later begins sooner.
  /// - Parameter count: How many without work there are to be.
  /// - Returns: Those that were made.
  public func fillPool(to count: Int) throws(BeadsError) -> [AgentRecord] {
    let idle = try all().count { $0.bead == nil && $0.state == .idle }
    if idle >= count { return [] }
    try worktrees.fetch(rig.defaultBranch)
    let start = try worktrees.start(rig.defaultBranch)
    let pool = try NamePool.load(rig, town: town)
    var made: [AgentRecord] = []
    for _ in idle..<count {
      let known = Set(try all().compactMap(\.address.name))
      let free = pool.firstFree { known.contains($0) || FileSystem.exists(rig.polecatFolder($0)) }
      let record = try addIdentity(free.rawValue)
      try alone(with: free) { () throws(BeadsError) in
        _ = try worktrees.create(free, on: try BranchName("polecat/\(free)/pool"), at: start)
        _ = try worktrees.rest(free, on: rig.defaultBranch)
      }
      made.append(try database.update(record.address) { $0.worktree = rig.polecatWorktree(free) })
    }
    return made
  }
}
