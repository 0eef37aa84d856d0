public import BeadsKit

extension Crew {
  /// Gives a member another name: its clone, its mail and what is on record move along.
  ///
  /// A run that was killed is finished by the same call again.
  /// - Throws: `not_found`; `exists`, `invalid` for the new name; `refused` while it has work, a session or worktrees in
  ///   other rigs, or the caller is in its clone. Then nothing has changed.
  public func rename(_ old: String, to text: String, _ ledgers: Ledgers) throws(BeadsError) -> Member {
    let member = try find(old)
    let name = try AgentName(text)
    guard NamePool.isAllowed(name) else {
      throw BeadsError(.invalid, "\(quoted(text)) is reserved", hint: "choose another name")
    }
    let address = AgentAddress.crew(rig.name, name)
    return try lock(min(member.name, name)).withLock { () throws(BeadsError) in
      try requireAtRest(member, ledgers)
      let path = rig.crewClone(name)
      let isMoved =
        try FileSystem.status(member.path, followLinks: false) == nil && FileSystem.isDirectory(path)
      let isTaken = try FileSystem.status(path, followLinks: false) != nil
      let isKnown = try database.agent(address) != nil
      if (isTaken && !isMoved) || isKnown {
        throw BeadsError(
          .exists, "\(rig.name) has a crew member \(name) already",
          hint: "`gt crew list --rig \(rig.name)` shows the crew")
      }
      try moveMail(of: member.record.address, to: address, ledgers)
      if !isMoved { try FileSystem.rename(member.path, to: path) }
      do throws(BeadsError) {
        let record = try rewrite(member.record, as: address, path)
        if FileSystem.exists(Path.join(path, ".git/worktrees")) {
          _ = try town.git(path).ask("worktree", "repair")
        }
        EventLog(town).append(
          "crew_rename", actor: ledgers.actor,
          [("rig", rig.name.rawValue), ("crew", member.record.address.text), ("to", address.text)])
        return Member(record: record, name: name, path: path)
      } catch {
        if !isMoved { try? FileSystem.rename(path, to: member.path) }
        try? moveMail(of: address, to: member.record.address, ledgers)
        throw error
      }
    }
  }

  private func rewrite(
    _ old: AgentRecord, as address: AgentAddress, _ path: String
  ) throws(BeadsError) -> AgentRecord {
    try database.write { db throws(BeadsError) in
      var copy = AgentRecord(address)
      (copy.runtime, copy.runtimeArguments, copy.notifications) = (
        old.runtime, old.runtimeArguments, old.notifications
      )
      (copy.worktree, copy.branch, copy.base) = (path, old.branch, old.base)
      let saved = try database.save(copy)
      try db.execute("UPDATE sessions SET address = ?2 WHERE address = ?1", old.address.text, address.text)
      try database.setHandoffMarker(try database.handoffMarker(of: old.address), of: address)
      try database.setHandoffMarker(nil, of: old.address)
      try database.forget(old.address)
      return saved
    }
  }

  private func moveMail(
    of old: AgentAddress, to new: AgentAddress, _ ledgers: Ledgers
  ) throws(BeadsError) {
    let mail = try Mailbox(ledgers, database).inbox(of: old).filter { $0.to == old.text }.map(\.id)
    if mail.isEmpty { return }
    try ledgers.hq().write("crew rename") { tx throws(BeadsError) in
      for id in mail { try tx.update(id) { $0.assignee = new.text } }
    }
  }

  private func requireAtRest(_ member: Member, _ ledgers: Ledgers) throws(BeadsError) {
    let address = member.record.address
    if let work = try Hook(town: town, database: database, ledgers: ledgers).current(of: address) {
      throw BeadsError(
        .refused, "\(address) has \(work.issue.id) on its hook",
        hint: "`gt unsling \(work.issue.id)` takes it back")
    }
    if let session = try database.openSession(of: address), session.process?.isAlive == true {
      throw BeadsError(
        .refused, "the session of \(address) runs", hint: "`gt crew stop \(member.name)` ends it")
    }
    if let away = try RigVisits(town).all(of: member).first {
      throw BeadsError(
        .refused, "\(away.path) is a worktree of \(address)",
        hint: "`gt worktree remove \(away.host.name)`, called by \(member.name), removes it")
    }
    try requireElsewhere(member.path)
  }
}
