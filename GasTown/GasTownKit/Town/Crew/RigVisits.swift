public import BeadsKit

/// Worktrees that crew members of one rig have in other rigs: `HOST/crew/RIG-NAME`, on a branch of that name.
///
/// Whoever works there stays who they are; see `AgentAddress.owner`.
public struct RigVisits {
  /// A worktree in another rig.
  public struct Visit: Sendable {
    /// Whose it is.
    public let visitor: AgentAddress
    /// The rig whose project it has.
    public let host: Rig
    /// Where it is.
    public let path: String
  }

  let town: Town

  /// Looks at a town.
  public init(_ town: Town) { self.town = town }

  /// The name of a visitor's folder; a rig's name has no hyphen, so that it tells where the member's name begins.
  static func folder(_ rig: RigName, _ name: AgentName) -> AgentName? {
    AgentName(rawValue: "\(rig)-\(name)")
  }

  /// Whose worktree a folder among the crew of a rig is; nil for a clone of that rig's own crew.
  static func visitor(_ folder: String) -> AgentAddress? {
    let parts = Path.name(of: folder).split(separator: "-", maxSplits: 1).map(String.init)
    guard parts.count == 2, let rig = RigName(rawValue: parts[0]), let name = AgentName(rawValue: parts[1]),
      (try? FileSystem.status(Path.join(folder, ".git")))?.kind == .regular
    else { return nil }
    return .crew(rig, name)
  }

  /// All of the town, by host and visitor.
  public func all() throws(BeadsError) -> [Visit] {
    var found: [Visit] = []
    for host in try town.rigs() {
      let folder = host.path("crew")
      for entry in FileSystem.isDirectory(folder) ? try FileSystem.list(folder).sorted() : [] {
        let path = Path.join(folder, entry)
        if let visitor = Self.visitor(path) { found.append(Visit(visitor: visitor, host: host, path: path)) }
      }
    }
    return found
  }

  /// Those of a member.
  func all(of member: Crew.Member) throws(BeadsError) -> [Visit] {
    try all().filter { $0.visitor == member.record.address }
  }

  /// The worktree of a crew member in another rig; it is made if need be.
  /// - Returns: It, and whether it was made now.
  /// - Throws: `invalid` for its own rig or somebody who is no crew member; `not_found`; `exists` when something else is
  ///   in the way.
  public func open(_ visitor: AgentAddress, in host: Rig) throws(BeadsError) -> (visit: Visit, isNew: Bool) {
    let visit = try self.visit(of: visitor, in: host)
    let worktrees = RigWorktrees(host, in: town)
    return try lock(visit, worktrees).withLock { () throws(BeadsError) in
      if Self.visitor(visit.path) == visitor { return (visit, false) }
      if try FileSystem.status(visit.path, followLinks: false) != nil {
        throw BeadsError(.exists, "\(visit.path) is something else", hint: "move it away")
      }
      // Without the network it is as new as the last fetch.
      try? worktrees.fetch(host.defaultBranch)
      let branch = try BranchName("crew/\(Path.name(of: visit.path))")
      try worktrees.add(visit.path, on: branch, at: try worktrees.start(host.defaultBranch))
      try worktrees.exclude([])
      try host.linkTracker(from: visit.path)
      EventLog(town).append("worktree_add", actor: visitor.text, [("rig", host.name.rawValue)])
      return (visit, true)
    }
  }

  /// Removes the worktree of a crew member in another rig; what only it has is saved in that rig's repository.
  /// - Parameter isForced: Whether work that is not in a remote repository is no obstacle.
  /// - Throws: `not_found`; `refused` naming the obstacle; then nothing has changed.
  public func close(
    _ visitor: AgentAddress, in host: Rig, isForced: Bool
  ) throws(BeadsError) -> Salvage.Saved {
    let visit = try self.visit(of: visitor, in: host)
    let worktrees = RigWorktrees(host, in: town)
    return try lock(visit, worktrees).withLock { () throws(BeadsError) in
      guard Self.visitor(visit.path) == visitor else {
        throw BeadsError(
          .notFound, "\(visitor) has no worktree in \(host.name)",
          hint: "`gt worktree list` shows those there are")
      }
      try Crew.requireElsewhere(visit.path, town)
      if !isForced {
        try Crew.requireDisposable(WorktreeState.read(visit.path, town.environment), visit.path)
      }
      let saved = try worktrees.remove(
        visit.path, of: Path.name(of: visit.path), because: "the visit in \(host.name) is over")
      EventLog(town).append("worktree_remove", actor: visitor.text, [("rig", host.name.rawValue)])
      return saved
    }
  }

  private func visit(of visitor: AgentAddress, in host: Rig) throws(BeadsError) -> Visit {
    guard visitor.role == .crew, let rig = visitor.rig, let name = visitor.name else {
      throw BeadsError(
        .invalid, "\(visitor) is no crew member, and only those have worktrees in other rigs",
        hint: "call it in the clone of one")
    }
    guard rig != host.name else {
      throw BeadsError(.invalid, "\(visitor) has a clone of \(rig) already", hint: "name another rig")
    }
    guard let folder = Self.folder(rig, name) else {
      throw BeadsError(.invalid, "the name \(rig)-\(name) is too long for a folder")
    }
    return Visit(visitor: visitor, host: host, path: host.crewClone(folder))
  }

  private func lock(_ visit: Visit, _ worktrees: RigWorktrees) throws(BeadsError) -> FileLock {
    try worktrees.lock("crew-\(Path.name(of: visit.path))")
  }
}
