public import BeadsKit

extension Polecats {
  /// Gives an issue to a polecat: an idle one, else a new one.
  ///
  /// When this returns, the assignment is committed: the polecat's record has the issue, and the issue is hooked to
  /// the polecat. Nothing runs yet.
  /// - Parameters:
  ///   - preferred: Who shall get it; nil for whoever is free.
  ///   - runtime: The runtime asked for; nil for what the settings say.
  ///   - base: The branch the work starts from and goes back to; nil for the rig's default branch.
  ///   - details: More about the assignment, as members of an object.
  ///   - force: Whether the issue may be taken from somebody, and the number of attempts does not matter.
  /// - Throws: `refused` by a limit of the town, `conflict` when the issue is finished or somebody else's, or the
  ///   preferred polecat is busy; `not_found` without the issue. Then nothing has changed.
  public func assign(
    _ bead: IssueID, preferred: AgentName? = nil, runtime: String? = nil, runtimeArguments: [String] = [],
    base: BranchName? = nil, details: JSONValue = .object([]), force: Bool = false
  ) throws(BeadsError) -> AgentRecord {
    let store = try store(of: bead)
    try Self.checkAssignable(try store.issue(bead), bead, to: nil, force: force)
    let admission = try Admission(town, database)
    let pool = try NamePool.load(rig, town: town)
    let (before, record) = try admission.alone { () throws(BeadsError) -> (AgentRecord?, AgentRecord) in
      try admission.check(bead, rig, force: force)
      let before = try chooseIdle(preferred)
      var record: AgentRecord
      if let before {
        record = before
      } else {
        record = AgentRecord(address(try newName(preferred, pool, admission)))
      }
      record.state = .spawning
      record.isWanted = true
      record.bead = bead
      record.runtime = runtime
      record.runtimeArguments = runtimeArguments
      record.base = base ?? rig.defaultBranch
      record.branch = nil
      record.baseCommit = nil
      record.details = details
      record.assignedAt = database.now
      try database.write { _ throws(BeadsError) in
        record = try database.save(record)
        try database.countAttempt(bead)
        // How often it died counts for the work it died at, not for its name.
        try database.clearBackoff(of: record.address)
      }
      // The folder is what keeps others from the name, should the record be lost.
      if let name = record.address.name { try FileSystem.makeDirectory(rig.polecatFolder(name)) }
      return (before, record)
    }
    do throws(BeadsError) {
      try hook(bead, to: record.address, in: store, force: force)
    } catch {
      try? takeBack(record, to: before)
      throw error
    }
    return record
  }

  /// Throws unless an issue may be given to somebody.
  static func checkAssignable(
    _ issue: Issue?, _ bead: IssueID, to address: AgentAddress?, force: Bool
  ) throws(BeadsError) {
    guard let issue, !issue.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(bead)")
    }
    if issue.isClosed {
      throw BeadsError(.conflict, "\(bead) is \(issue.status)", hint: "`bd reopen \(bead)` opens it again")
    }
    let isTaken = issue.status == .hooked || issue.status == .inProgress || issue.status == .pinned
    if isTaken, !issue.assignee.isEmpty, issue.assignee != address?.text, !force {
      throw BeadsError(
        .conflict, "\(bead) is \(issue.status), assigned to \(issue.assignee)",
        hint: "`gt unsling \(bead)` takes it back")
    }
  }

  private func hook(
    _ bead: IssueID, to address: AgentAddress, in store: Store, force: Bool
  ) throws(BeadsError) {
    try store.write("sling") { tx throws(BeadsError) in
      try tx.update(bead) { issue throws(BeadsError) in
        try Self.checkAssignable(issue, bead, to: address, force: force)
        issue.status = .hooked
        issue.assignee = address.text
      }
    }
  }

  /// Undoes an assignment that came to nothing.
  private func takeBack(_ record: AgentRecord, to before: AgentRecord?) throws(BeadsError) {
    if let before {
      try database.save(before)
    } else {
      try database.forget(record.address)
      if let name = record.address.name { _ = try? FileSystem.remove(rig.polecatFolder(name)) }
    }
  }

  // MARK: Whom

  /// A polecat without work; the preferred one or none.
  private func chooseIdle(_ preferred: AgentName?) throws(BeadsError) -> AgentRecord? {
    guard let preferred else { return try all().first { $0.state == .idle && $0.bead == nil } }
    guard NamePool.isAllowed(preferred) else {
      throw BeadsError(.invalid, "\(quoted(preferred.rawValue)) is reserved", hint: "choose another name")
    }
    guard let record = try database.agent(address(preferred)) else { return nil }
    if let bead = record.bead {
      throw BeadsError(
        .conflict, "\(record.address) has work: \(bead)", hint: "`gt unsling \(bead)` takes it back")
    }
    if record.state == .stuck {
      throw BeadsError(
        .conflict, "\(record.address) is stuck",
        hint: "`gt polecat status \(rig.name)/\(preferred)` tells more")
    }
    return record
  }

  private func newName(
    _ preferred: AgentName?, _ pool: NamePool, _ admission: Admission
  ) throws(BeadsError) -> AgentName {
    let folders = try folders()
    try admission.checkFolders(rig, folders.count)
    if let preferred { return preferred }
    let busy = Set(
      try all().filter { $0.state != .nuked }.compactMap { $0.address.name?.rawValue.lowercased() }
    )
    .union(folders.map { $0.lowercased() })
    return pool.firstFree { busy.contains($0.rawValue.lowercased()) }
  }

  /// The names of the folders that polecats have.
  func folders() throws(BeadsError) -> [String] {
    let directory = rig.path("polecats")
    guard FileSystem.isDirectory(directory) else { return [] }
    return try FileSystem.list(directory).filter {
      !$0.hasPrefix(".") && FileSystem.isDirectory(Path.join(directory, $0))
    }
  }
}
