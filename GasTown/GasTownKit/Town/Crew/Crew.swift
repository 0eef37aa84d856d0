public import BeadsKit

/// The crew of a rig: full clones that a person, or an agent that a person keeps, works in.
public struct Crew {
  let town: Town
  let rig: Rig
  let database: TownDatabase
  let command: String

  /// Looks at a rig.
  public init(_ rig: Rig, of town: Town, _ database: TownDatabase, command: String = "gt crew") {
    self.town = town
    self.rig = rig
    self.database = database
    self.command = command
  }

  /// A crew member.
  public struct Member: Sendable {
    /// The agent.
    public let record: AgentRecord
    /// Its name.
    public let name: AgentName
    /// Its clone.
    public let path: String
  }

  // MARK: Looking

  /// The members by name: those on record, and clones that were made by hand.
  public func members() throws(BeadsError) -> [Member] {
    var records: [AgentName: AgentRecord] = [:]
    for record in try database.agents(rig: rig.name, role: .crew) {
      if let name = record.address.name { records[name] = record }
    }
    let folder = rig.path("crew")
    for entry in FileSystem.isDirectory(folder) ? try FileSystem.list(folder) : [] {
      guard let name = AgentName(rawValue: entry), records[name] == nil,
        FileSystem.exists(Path.join(folder, entry, ".git")),
        RigVisits.visitor(Path.join(folder, entry)) == nil
      else { continue }
      records[name] = AgentRecord(.crew(rig.name, name))
    }
    return records.sorted { $0.key < $1.key }.map { name, record in
      Member(record: record, name: name, path: rig.crewClone(name))
    }
  }

  /// The member of a name.
  /// - Throws: `not_found` naming those there are.
  public func find(_ name: String) throws(BeadsError) -> Member {
    let all = try members()
    if let found = all.first(where: { $0.name.rawValue == name }) { return found }
    throw BeadsError(
      .notFound, "the rig \(rig.name) has no crew member \(quoted(name))",
      hint: all.isEmpty
        ? "`gt crew add NAME --rig \(rig.name)` adds one"
        : "it has \(all.map(\.name.rawValue).joined(separator: ", "))")
  }

  /// What there is in a member's clone besides what a remote repository has, on all its branches.
  /// - Throws: `not_found` when the clone is gone; `io_error` when git cannot tell.
  public func state(of member: Member) throws(BeadsError) -> WorktreeState {
    var state = try WorktreeState.read(member.path, town.environment)
    let git = GitCommand(within: member.path, town.environment)
    let count = try git.text(
      ["rev-list", "--count", "--branches", "HEAD", "--not", "--remotes", "--"],
      to: "count the commits of \(member.path)")
    state.unpushed = Int(count) ?? state.unpushed
    let stashes = try git.ask(["rev-list", "--walk-reflogs", "--count", "refs/stash", "--"])
    state.stashes = stashes.succeeded ? Int(stashes.text) ?? 0 : 0
    return state
  }

  // MARK: Adding

  /// Adds a member with a clone of its own.
  ///
  /// The clone is made beside its place and moved there when it is whole.
  /// - Parameter ownBranch: Whether to work on a branch `crew/NAME` instead of the default branch.
  /// - Throws: `exists`, `invalid`, `io_error`; then nothing was made.
  public func add(_ name: AgentName, ownBranch: Bool = false) throws(BeadsError) -> Member {
    let path = rig.crewClone(name)
    guard NamePool.isAllowed(name) else {
      throw BeadsError(.invalid, "\(quoted(name.rawValue)) is reserved", hint: "choose another name")
    }
    return try lock(name).withLock { () throws(BeadsError) in
      if try FileSystem.status(path, followLinks: false) != nil {
        throw BeadsError(
          .exists, "\(path) exists already", hint: "`gt crew list --rig \(rig.name)` shows the crew")
      }
      let draft = rig.path(".runtime/crew-\(name).new")
      try FileTree.remove(draft)
      do throws(BeadsError) {
        try clone(to: draft, ownBranch ? try BranchName("crew/\(name)") : nil)
        try FileSystem.makeDirectory(rig.path("crew"))
        try FileSystem.rename(draft, to: path)
      } catch {
        try? FileTree.remove(draft)
        throw error
      }
      do throws(BeadsError) {
        try rig.linkTracker(from: path)
        var record = AgentRecord(.crew(rig.name, name))
        record.worktree = path
        record.branch = ownBranch ? try BranchName("crew/\(name)") : rig.defaultBranch
        record.base = rig.defaultBranch
        record = try database.save(record)
        EventLog(town).append("crew_add", actor: record.address.text, [("rig", rig.name.rawValue)])
        return Member(record: record, name: name, path: path)
      } catch {
        try? FileTree.remove(path)
        throw error
      }
    }
  }

  private func clone(to path: String, _ branch: BranchName?) throws(BeadsError) {
    // Without the network the clone is as new as the last fetch.
    try? RigWorktrees(rig, in: town).fetch(rig.defaultBranch)
    try RigClone(town: town, repository: rig.repository)
      .make(path, branch: rig.defaultBranch, defaultBranch: rig.defaultBranch)
    guard let branch else { return }
    try town.git(path).run(
      ["checkout", "-q", "--no-track", "-b", branch.rawValue], to: "make the branch \(branch)")
  }

  func lock(_ name: AgentName) throws(BeadsError) -> FileLock {
    try FileSystem.makeDirectory(rig.path(".runtime/locks"))
    return FileLock(
      path: rig.path(".runtime/locks/crew-\(name).lock"), command: command, clock: town.environment.clock)
  }

  // MARK: Removing

  /// Removes a member and its clone.
  ///
  /// What only the clone has is saved under `refs/gt/salvage` of the rig's repository in any case.
  /// - Parameters:
  ///   - isForced: Whether work that is not in a remote repository is no obstacle.
  ///   - stop: Ends its session.
  /// - Returns: What was saved.
  /// - Throws: `not_found`, `refused` naming the obstacle; then nothing has changed.
  public func remove(
    _ name: String, isForced: Bool = false, stop: (AgentAddress) throws(BeadsError) -> Void
  ) throws(BeadsError) -> Salvage.Saved {
    let member = try find(name)
    return try lock(member.name).withLock { () throws(BeadsError) in
      if let bead = member.record.bead {
        throw BeadsError(
          .refused, "\(member.record.address) has \(bead) on its hook",
          hint: "`gt unsling \(bead)` takes it back")
      }
      try requireElsewhere(member.path)
      if !isForced, FileSystem.exists(member.path) {
        try Self.requireDisposable(try state(of: member), member.path)
      }
      try stop(member.record.address)
      var saved = Salvage.Saved()
      if try FileSystem.status(member.path, followLinks: false) != nil { saved = try discard(member) }
      try database.forget(member.record.address)
      EventLog(town).append("crew_remove", actor: member.record.address.text, [("rig", rig.name.rawValue)])
      return saved
    }
  }

  /// Throws when the caller is in a checkout that is to go.
  func requireElsewhere(_ path: String) throws(BeadsError) { try Self.requireElsewhere(path, town) }

  static func requireElsewhere(_ path: String, _ town: Town) throws(BeadsError) {
    let directory = town.environment.currentDirectory
    if Path.isInside((try? FileSystem.realPath(directory)) ?? directory, path) {
      throw BeadsError(.refused, "this shell is in \(path)", hint: "call it from another directory")
    }
  }

  /// Throws when a checkout holds what no remote repository has.
  static func requireDisposable(_ state: WorktreeState, _ path: String) throws(BeadsError) {
    if state.isDisposable { return }
    var reasons: [String] = []
    if !state.isClean {
      reasons.append("files that are not committed: \(state.uncommitted.prefix(5).joined(separator: ", "))")
    }
    if state.unpushed > 0 { reasons.append("commits that were not pushed: \(state.unpushed)") }
    if state.stashes > 0 { reasons.append("stashes: \(state.stashes)") }
    throw BeadsError(
      .refused, "\(path) holds what no remote repository has", details: reasons,
      hint: "commit and push it; --force removes it and saves that in the rig's repository")
  }

  private func discard(_ member: Member) throws(BeadsError) -> Salvage.Saved {
    var salvage = Salvage(into: rig.repository, environment: town.environment)
    salvage.isManaged = { $0 == ".beads/redirect" }
    let saved = try salvage.save(
      member.path, of: "crew-\(member.name)", because: "the crew member was removed")
    let doomed = rig.path(".runtime/crew-\(member.name).old")
    try FileTree.remove(doomed)
    try FileSystem.rename(member.path, to: doomed)
    try FileTree.remove(doomed)
    return saved
  }
}
