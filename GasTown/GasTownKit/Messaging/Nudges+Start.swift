public import BeadsKit

/// What happens between the start of an agent and its first wait for input.
extension Nudges {
  /// What is noted of the first instruction of an agent that takes none on its command line.
  static let firstNote = "first instruction"

  /// Queues the first instruction of an agent that takes none on its command line.
  ///
  /// That of a session before, which did not live to take it, is not to be typed into this one.
  func queueFirst(_ text: String, for target: AgentAddress, from sender: AgentAddress) throws(BeadsError) {
    let life = nanoseconds(launcher.settings.operational("nudge.urgent_ttl"))
    let now = database.now
    let id = try database.write { db throws(BeadsError) in
      try db.execute(
        "UPDATE nudges SET state = 'expired' WHERE target = ?1 AND state = 'queued' AND note = ?2",
        target.text,
        Self.firstNote)
      try db.execute(
        """
        INSERT INTO nudges (target, sender, body, urgent, state, created_at, expires_at, note)
        VALUES (?1, ?2, ?3, 0, 'queued', ?4, ?5, ?6)
        """, target.text, sender.text, text, now, now &+ life, Self.firstNote)
      return db.lastInsertRowID
    }
    EventLog(town).append("nudge", actor: sender.text, [("target", target.text), ("id", "\(id)")])
  }

  /// Sees a new session through its start: answers what the agent asks, waits until it waits for input, and types what
  /// waits for it.
  /// - Parameter interval: Between two looks, in nanoseconds.
  /// - Returns: Whether the agent got ready; false when it ended before, or did not in time.
  public func settle(
    _ name: String, within time: Duration, every interval: Int64 = 400_000_000
  ) throws(BeadsError) -> Bool {
    let deadline = monotonicNanoseconds() &+ nanoseconds(time)
    let first = try database.openSessions().first { $0.name == name }
    guard let first else { return false }
    let runtime = try? RuntimeRegistry.load(town).runtime(named: first.runtime)
    while monotonicNanoseconds() < deadline {
      // Somebody who types holds this lock too, so that no key is pressed twice.
      let state = try launcher.withSessionLock(name) { () throws(BeadsError) -> Bool? in
        guard let session = try database.openSession(of: first.address), session.id == first.id,
          session.process?.isAlive == true
        else { return nil }
        if session.readyAt != nil { return true }
        guard try isReady(session, runtime) else { return false }
        try database.noteReady(session.id)
        return true
      }
      guard let isReady = state else { return false }
      if isReady {
        try deliver(to: first.address)
        return true
      }
      pause(nanoseconds: interval)
    }
    return false
  }

  /// How long after its start an agent that asks questions may still come up with the first, in nanoseconds.
  private static let questionTime: Int64 = 3_000_000_000

  /// Whether the agent waits for input for the first time; answers what it asks before.
  func isReady(_ session: SessionRecord, _ runtime: Runtime?) throws(BeadsError) -> Bool {
    guard launcher.sessions.backend == "tmux" else { return true }
    if let dialogs = runtime?.dialogs, !dialogs.isEmpty {
      let screen = try launcher.sessions.capture(session.name, lines: 50)
      if let key = dialogs.lazy.compactMap({ $0.key(on: screen) }).first {
        try launcher.sessions.press(key, in: session.name)
        return false
      }
    }
    let age = Environment.systemClock() &- session.startedAt
    // Some draw their input line before they ask, and a question in sight would take what is typed for its answer.
    if runtime?.dialogs.isEmpty == false, (0..<Self.questionTime).contains(age) { return false }
    if let prompt = runtime?.readyPrompt { return try isIdle(session.name, prompt, lines: 50) }
    return age < 0 || age >= Int64(runtime?.readyDelay ?? 0) * 1_000_000
  }
}

extension AgentLauncher {
  /// Sees to what is left when a program runs: an instruction to be typed, questions to be answered.
  ///
  /// A process of its own does it, so that nobody waits.
  func seeThrough(
    _ session: SessionSnapshot, of address: AgentAddress, _ runtime: Runtime, prompt: String?
  ) throws(BeadsError) {
    let isHeadless = sessions.backend == "headless"
    let isTyped = isHeadless ? runtime.headless?.form == .streamJSON : runtime.promptMode == .none
    let hasFirst = isTyped && prompt?.isEmpty == false
    if hasFirst, let prompt {
      let sender = (try? AgentAddress.caller(town.environment, town: town)) ?? .overseer
      try Nudges(town, database, self).queueFirst(prompt, for: address, from: sender)
    }
    guard let program, sessions.backend != "none", hasFirst || !isHeadless && !runtime.dialogs.isEmpty else {
      return
    }
    var variables = town.environment.variables
    variables["GT_TOWN_ROOT"] = town.root
    _ = try Subprocess(
      [program, "nudge-poller", session.name], directory: town.root, variables: variables
    ).startDetached()
  }
}
