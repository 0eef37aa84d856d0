import BeadsKit

extension Watcher {
  /// Finds sessions that died, and starts again what shall run.
  func watchSessions() throws(BeadsError) {
    try noticeDeaths()
    let roster = try currentRoster()
    vigil.keep(roster.sessions)
    minds = minds.filter { id, _ in roster.sessions.contains { $0.id == id } }
    let running = Set(roster.sessions.map(\.address))
    for agent in roster.agents where agent.isWanted && !running.contains(agent.address) {
      guard now >= vigil.holdUntil else { return }
      attempt("restart of \(agent.address)") { () throws(BeadsError) in try bringBack(agent) }
      noticeMeanwhile()
    }
  }

  /// Notices deaths between two things that take a moment each, such as starting many agents: the last of them would
  /// otherwise delay it by the sum of all.
  func noticeMeanwhile() {
    attempt("sessions") { () throws(BeadsError) in try noticeDeaths() }
  }

  /// Closes the sessions that have died.
  private func noticeDeaths() throws(BeadsError) {
    let sessions = try currentRoster().sessions
    follow(sessions)
    exits.look()
    vigil.isUnsettled = false
    var dead: [Death] = []
    for session in sessions where session.backend != "none" && !isStopping() {
      let isStray = isStray(session)
      guard isStray || isSuspect(session) else { continue }
      attempt("session of \(session.address)") { () throws(BeadsError) in
        if let death = try judge(session, isStray: isStray) { dead.append(death) }
      }
    }
    if !dead.isEmpty { note(dead, of: sessions.count) }
  }

  /// A session that was found dead.
  private struct Death {
    let address: AgentAddress
    /// Whether its place went with it: then it was not the agent that failed.
    let withServer: Bool
  }

  /// Has the ends of all processes that matter noticed at once.
  private func follow(_ sessions: [SessionRecord]) {
    var processes = Set(merging.values)
    for session in sessions {
      guard let process = session.process else { continue }
      processes.insert(process)
      guard session.backend == "tmux" else { continue }
      if vigil.servers[session.id] == nil, !vigil.orphans.contains(session.id) {
        findServer(session, process)
      }
      if let server = vigil.servers[session.id] { processes.insert(server) }
    }
    exits.follow(processes)
  }

  /// Notes which server a session runs in: the parent of its process.
  ///
  /// When the server ended before anybody looked, such as between two daemons, the parent is whoever takes in orphans.
  private func findServer(_ session: SessionRecord, _ process: ProcessIdentity) {
    guard let parent = ProcessStatus(process.pid)?.parent else { return }
    let server = parent > 1 ? ProcessIdentity(parent) : nil
    if let server, server.commandName.isEmpty || server.commandName.hasPrefix("tmux") {
      vigil.servers[session.id] = server
    } else {
      vigil.orphans.insert(session.id)
    }
  }

  /// Whether a session may have ended, as far as can be told without asking anybody.
  private func isSuspect(_ session: SessionRecord) -> Bool {
    guard let process = session.process else { return now - session.startedAt > 5 * Self.second }
    return exits.ended.contains(process)
  }

  /// Whether the server of a session is gone, and its process has outlived it for a while.
  private func isStray(_ session: SessionRecord) -> Bool {
    // Its server ended before this watcher began: it had its while.
    if vigil.orphans.contains(session.id) { return true }
    guard let server = vigil.servers[session.id], exits.ended.contains(server) else { return false }
    let since = vigil.since[session.id] ?? now
    vigil.since[session.id] = since
    return now - since >= 2 * Self.second
  }

  /// Looks into a session that seems to have ended.
  /// - Returns: Its death, if it had.
  private func judge(_ session: SessionRecord, isStray: Bool) throws(BeadsError) -> Death? {
    let since = vigil.since[session.id] ?? now
    vigil.since[session.id] = since
    let words = lastWords(of: session)
    switch try launcher.bury(session, isSettled: now - since > 2 * Self.second, endsStray: isStray) {
    case .alive:
      vigil.orphans.remove(session.id)
      return nil
    case .over: return nil
    case .busy, .settling:
      vigil.isUnsettled = vigil.isUnsettled || now - since < 2 * Self.second
      return nil
    case .unknown(let reason):
      // Error is not absence.
      if vigil.unknown.updateValue(reason, forKey: session.id) != reason {
        decide(session.address.text, "it cannot be told whether it runs", "left alone", evidence: reason)
      }
      return nil
    case .closed(let exit, let isGone):
      let how = exit.map { "exit status \($0)" } ?? (isStray ? "it outlived its session" : "gone")
      events.append(
        "session_death", actor: Self.actor.text,
        [("session", session.name), ("agent", session.address.text), ("reason", how), ("caller", "daemon")])
      decide(
        session.address.text, "session died", "session closed",
        evidence: words.last.map { "\(how); its last line: \($0)" } ?? how,
        bead: session.bead.flatMap(IssueID.init(rawValue:)))
      do throws(BeadsError) { try noteLimit(of: session, words) } catch {
        log("\(session.address): \(error.message)")
      }
      return Death(address: session.address, withServer: session.backend == "tmux" && (isGone || isStray))
    }
  }

  /// The last lines that a session showed whose process has ended.
  private func lastWords(of session: SessionRecord) -> [String] {
    guard session.backend == launcher.sessions.backend,
      session.process.map({ exits.ended.contains($0) }) == true,
      vigil.servers[session.id]?.isAlive != false,
      let screen = try? launcher.sessions.capture(session.name, lines: 20)
    else { return [] }
    return ScreenText.lines(screen).map { String($0.prefix(200)) }
  }

  /// Has an agent that ended because of its rate limit wait for the end of that.
  private func noteLimit(of session: SessionRecord, _ words: [String]) throws(BeadsError) {
    guard let bead = session.bead.flatMap(IssueID.init(rawValue:)),
      let agent = try database.agent(session.address), agent.bead == bead, agent.isWanted,
      let reading = ScreenReading(words.joined(separator: "\n"), signs(of: session)),
      reading.meaning == .limited
    else { return }
    var climb = try database.climb(of: session.address, at: bead) ?? Climb(bead: bead, since: now)
    let standard = nanoseconds(try currentSettings().operational("daemon.rate_limit_wait"))
    climb.limit(reading, at: town.now, standard: standard)
    guard climb.finding == .limited else { return }
    (climb.step, climb.actedAt) = (1, now)
    try database.save(climb, of: session.address)
    noteLimit(of: agent, runtime: session.runtime, until: climb.until ?? now, line: reading.line)
  }

  /// Many deaths at once have one cause, such as a tmux server that was killed: starting all again at once would only
  /// add to it.
  ///
  /// One agent that dies often is not many, and where many run a few die at once by chance: it takes a quarter of them.
  private func note(_ dead: [Death], of count: Int) {
    let settings = launcher.settings
    let window = nanoseconds(settings.operational("daemon.mass_death_window"))
    let threshold = settings.operationalInt("daemon.mass_death_threshold")
    // Where nothing is looked after, nobody is alarmed.
    let counted = dead.filter { holds.reason(for: $0.address) == nil }
    let again = Set(counted.map(\.address))
    vigil.deaths.removeAll { now - $0.at >= window || again.contains($0.address) }
    vigil.deaths += counted.map { (now, $0.address) }
    for death in dead where death.withServer { vigil.excused.insert(death.address) }
    // Of many that died at once it is not told whose fault it was.
    if vigil.deaths.count < 3 {
      for death in counted {
        do throws(BeadsError) { try watchMountains(deathOf: death.address) } catch {
          log("\(death.address): \(error.message)")
        }
      }
    }
    guard threshold > 0, vigil.deaths.count >= max(threshold, count / 4), now >= vigil.holdUntil else {
      return
    }
    let isServer = counted.contains(where: \.withServer)
    let cause = isServer ? "the server of the sessions ended" : "unknown"
    let hold =
      isServer
      ? 2 * Self.second : nanoseconds(settings.operational("daemon.mass_death_hold"))
    let deaths = vigil.deaths.count
    let names = vigil.deaths.map(\.address.text)
    events.append(
      "mass_death", actor: Self.actor.text,
      [
        ("count", String(deaths)), ("window", "\(window / Self.second)s"),
        ("sessions", names.joined(separator: ", ")), ("possible_cause", cause),
      ])
    let found = "\(deaths) sessions died within \(window / Self.second) s"
    decide("town", found, "restarts wait for \(hold / Self.second) s", evidence: cause)
    escalate(
      "Many agents died at once", severity: .high,
      "\(found), because: \(cause). \(names.joined(separator: ", "))"
    )
    vigil.holdUntil = now + hold
    vigil.deaths = []
  }
}
