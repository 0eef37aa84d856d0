import BeadsKit

extension Watcher {
  /// Finds sessions that died, and starts again what shall run.
  func watchSessions() throws(BeadsError) {
    var roster = try currentRoster()
    follow(roster.sessions)
    exits.look()
    vigil.isUnsettled = false
    var dead: [(session: SessionRecord, withServer: Bool)] = []
    for session in roster.sessions where session.backend != "none" && !isStopping() {
      let isStray = isStray(session)
      guard isStray || isSuspect(session) else { continue }
      let withServer = vigil.servers[session.id].map { !$0.isAlive } ?? false
      if try judge(session, isStray: isStray) { dead.append((session, withServer)) }
    }
    if !dead.isEmpty {
      note(dead)
      roster = try currentRoster()
    }
    vigil.keep(roster.sessions)
    minds = minds.filter { id, _ in roster.sessions.contains { $0.id == id } }
    guard now >= vigil.holdUntil else { return }
    let running = Set(roster.sessions.map(\.address))
    for agent in roster.agents where agent.isWanted && !running.contains(agent.address) {
      guard !isStopping() else { return }
      try bringBack(agent)
    }
  }

  /// Has the ends of all processes that matter noticed at once.
  private func follow(_ sessions: [SessionRecord]) {
    var processes = Set(merging.values)
    for session in sessions {
      guard let process = session.process else { continue }
      processes.insert(process)
      guard session.backend == "tmux" else { continue }
      if vigil.servers[session.id] == nil, let parent = ProcessStatus(process.pid)?.parent, parent > 1 {
        vigil.servers[session.id] = ProcessIdentity(parent)
      }
      if let server = vigil.servers[session.id] { processes.insert(server) }
    }
    exits.follow(processes)
  }

  /// Whether a session may have ended, as far as can be told without asking anybody.
  private func isSuspect(_ session: SessionRecord) -> Bool {
    guard let process = session.process else { return now - session.startedAt > 5 * Self.second }
    return exits.ended.contains(process)
  }

  /// Whether the server of a session is gone, and its process has outlived it for a while.
  private func isStray(_ session: SessionRecord) -> Bool {
    guard let server = vigil.servers[session.id], exits.ended.contains(server) else { return false }
    let since = vigil.since[session.id] ?? now
    vigil.since[session.id] = since
    return now - since >= 2 * Self.second
  }

  /// Looks into a session that seems to have ended.
  /// - Returns: Whether it had.
  private func judge(_ session: SessionRecord, isStray: Bool) throws(BeadsError) -> Bool {
    let since = vigil.since[session.id] ?? now
    vigil.since[session.id] = since
    switch try launcher.bury(session, isSettled: now - since > 2 * Self.second, endsStray: isStray) {
    case .alive, .over: return false
    case .busy, .settling:
      vigil.isUnsettled = now - since < 2 * Self.second
      return false
    case .unknown(let reason):
      // Error is not absence.
      if vigil.unknown.updateValue(reason, forKey: session.id) != reason {
        decide(session.address.text, "it cannot be told whether it runs", "left alone", evidence: reason)
      }
      return false
    case .closed(let exit):
      let how = exit.map { "exit status \($0)" } ?? (isStray ? "it outlived its session" : "gone")
      events.append(
        "session_death", actor: Self.actor.text,
        [("session", session.name), ("agent", session.address.text), ("reason", how), ("caller", "daemon")])
      decide(
        session.address.text, "session died", "session closed", evidence: how,
        bead: session.bead.flatMap(IssueID.init(rawValue:)))
      return true
    }
  }

  /// Many deaths at once have one cause, such as a tmux server that was killed: starting all again at once would only
  /// add to it.
  private func note(_ dead: [(session: SessionRecord, withServer: Bool)]) {
    let settings = launcher.settings
    let window = nanoseconds(settings.operational("daemon.mass_death_window"))
    let threshold = settings.operationalInt("daemon.mass_death_threshold")
    // Where nothing is looked after, nobody is alarmed.
    let counted = dead.filter { holds.reason(for: $0.session.address) == nil }
    vigil.deaths = vigil.deaths.filter { now - $0.at < window } + counted.map { (now, $0.session.address) }
    for death in dead where death.withServer { vigil.excused.insert(death.session.address) }
    // Of many that died at once it is not told whose fault it was.
    if vigil.deaths.count < 3 {
      for death in counted {
        do throws(BeadsError) { try watchMountains(deathOf: death.session.address) } catch {
          log("\(death.session.address): \(error.message)")
        }
      }
    }
    guard threshold > 0, vigil.deaths.count >= threshold, now >= vigil.holdUntil else { return }
    let isServer = counted.contains(where: \.withServer)
    let cause = isServer ? "the server of the sessions ended" : "unknown"
    let hold =
      isServer
      ? 2 * Self.second : nanoseconds(settings.operational("daemon.mass_death_hold"))
    let count = vigil.deaths.count
    let names = vigil.deaths.map(\.address.text)
    events.append(
      "mass_death", actor: Self.actor.text,
      [
        ("count", String(count)), ("window", "\(window / Self.second)s"),
        ("sessions", names.joined(separator: ", ")), ("possible_cause", cause),
      ])
    let found = "\(count) sessions died within \(window / Self.second) s"
    decide("town", found, "restarts wait for \(hold / Self.second) s", evidence: cause)
    escalate(
      "Many agents died at once", severity: .high,
      "\(found), because: \(cause). \(names.joined(separator: ", "))"
    )
    vigil.holdUntil = now + hold
    vigil.deaths = []
  }
}
