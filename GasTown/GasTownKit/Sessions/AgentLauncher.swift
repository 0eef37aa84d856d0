public import BeadsKit

/// Starts and ends the sessions of agents, and tells which of them live.
///
/// What is to run is written down before it runs: a crash in between leaves an open session without a process, which
/// the next start takes the place of.
public final class AgentLauncher {
  /// The town.
  public let town: Town
  /// Its database.
  public let database: TownDatabase
  /// Where agents run.
  public let sessions: any Sessions
  /// The file of the program `gt`.
  let program: String?
  let settings: TownSettings

  /// Reads from the settings where agents run: `GT_SESSIONS`, else `sessions.backend`, else tmux if it is installed.
  /// - Parameters:
  ///   - program: The file of the program `gt`, which agents are to call.
  ///   - settings: The town's settings; read from its file unless given.
  /// - Throws: `invalid` for a backend that does not exist, `corrupt` for settings that make no sense.
  public init(
    town: Town, database: TownDatabase, program: String?, settings known: TownSettings? = nil
  ) throws(BeadsError) {
    self.town = town
    self.database = database
    self.program = program
    settings = if let known { known } else { try TownSettings.load(town) }
    var chosen = town.environment["GT_SESSIONS"] ?? settings.string("sessions.backend") ?? "auto"
    if chosen == "auto" { chosen = Tmux(town).isInstalled ? "tmux" : "none" }
    switch chosen {
    case "tmux": sessions = TmuxSessions(town, program: program)
    case "headless": sessions = HeadlessSessions(town, program: program)
    case "none": sessions = ManualSessions()
    default:
      throw BeadsError(
        .invalid, "GT_SESSIONS is \(quoted(chosen))", hint: "it is auto, tmux, headless or none")
    }
  }

  /// How long an agent may take to end when asked to.
  public var grace: Duration { settings.operational("session.graceful_shutdown_timeout") }

  /// How long an agent may take to wait for input.
  public var startLimit: Duration { settings.operational("session.claude_start_timeout") }

  // MARK: - Starting

  /// Starts the session of an agent as its record says: runtime, worktree, branch.
  ///
  /// A dead session of the same name gives way; what its agent left running ends.
  /// - Parameters:
  ///   - prompt: The first instruction.
  ///   - extra: More variables, stronger than all others.
  /// - Throws: `exists` when it runs already, `refused` during an emergency stop and while the town is being stopped,
  ///   `invalid` for a role without sessions, `not_found` without a worktree,
  ///   `missing_program` when the runtime is not installed, `io_error` with what the agent said when it ended at once.
  @discardableResult
  public func start(
    _ address: AgentAddress, prompt: String? = nil, environment extra: [String: String] = [:]
  ) throws(BeadsError) -> SessionSnapshot {
    guard address.role.hasSession else {
      let reason = address.role == .overseer ? "a person" : "a part of the daemon"
      throw BeadsError(.invalid, "\(address) is \(reason) and has no session")
    }
    try EmergencyStop.requireNone(for: address, in: town)
    try ShutdownMark.requireNone(in: town)
    let name = try town.sessionName(address)
    let started = try withSessionLock(name) { () throws(BeadsError) in
      try replaceDead(address, name)
      return try start(address, name, prompt, extra)
    }
    // One that came while this was being started has not seen it.
    try Freezing(self).freezeIfStopped(address)
    return started
  }

  /// Keeps others from starting, ending or typing into a session meanwhile.
  func withSessionLock<R>(_ name: String, _ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    try sessionLock(name, command: "gt session \(name)").withLock(timeout: .seconds(60), body)
  }

  /// Held by whoever starts, ends or types into a session.
  func sessionLock(_ name: String, command: String) throws(BeadsError) -> FileLock {
    let folder = town.path(".runtime/locks")
    try FileSystem.makeDirectory(folder)
    return FileLock(path: Path.join(folder, "session-\(name).lock"), command: command)
  }

  private func replaceDead(_ address: AgentAddress, _ name: String) throws(BeadsError) {
    let found = try sessions.inventory().first { $0.name == name }
    if let found, !found.isDead {
      throw BeadsError(
        .exists, "\(address) runs already, as \(name)", hint: "`gt peek \(address)` shows what it does")
    }
    let old = try database.openSession(of: address)
    if found != nil || old != nil { try sessions.stop(name, nonce: old?.nonce, grace: grace) }
    if let old {
      try database.endSession(
        old.id, found == nil ? "gone" : "ended by itself", exitStatus: found?.exitStatus)
    }
  }

  private func start(
    _ address: AgentAddress, _ name: String, _ prompt: String?, _ extra: [String: String]
  ) throws(BeadsError) -> SessionSnapshot {
    let record = try database.agent(address) ?? AgentRecord(address)
    let rig = try address.rig.map { rig throws(BeadsError) in try town.rig(rig.rawValue) }
    let registry = try RuntimeRegistry.load(town, rig)
    let runtime = try runtime(of: record, registry)
    let nonce = Nonce.make()
    let variables = try AgentEnvironment(
      town: town, rig: rig, record: record, runtime: runtime, effort: registry.effort(of: address.role)
    ).variables(session: name, nonce: nonce, settings: settings, extra: extra)
    let isHeadless = sessions.backend == "headless"
    if isHeadless, runtime.headless == nil {
      throw BeadsError(
        .unsupported, "\(runtime.name) cannot run without a terminal",
        hint: "choose another agent, or sessions in tmux: `gt config set sessions.backend tmux`")
    }
    let home = try directory(of: record, rig)
    for lock in address.role == .polecat ? AbandonedLocks.remove(in: home) : [] {
      try database.decide(
        address.text, "a git that was killed left a lock", "lock removed",
        evidence: "nobody works there: \(lock)")
    }
    let hooks = try equip(runtime, record, rig, home)
    if let rig, let program { try GitHookFolder(rig, town, program: program).install() }
    var request = SessionRequest(
      name: name, directory: home,
      arguments: registry.wrapper
        + runtime.commandLine(
          runtime.arguments(in: home) + record.runtimeArguments + hooks, prompt: prompt,
          isHeadless: isHeadless),
      variables: variables, processNames: runtime.processNames)
    request.messageForm = runtime.headless?.form ?? .none
    let id = try database.beginSession(
      address, name: name, backend: sessions.backend, runtime: runtime.name, nonce: nonce, bead: record.bead)
    let started: SessionSnapshot
    do throws(BeadsError) { started = try sessions.start(request) } catch {
      try database.endSession(id, "could not be started: \(error.message)")
      throw error
    }
    try database.noteStarted(id, started)
    report(started, record, request.directory)
    try seeThrough(started, of: address, runtime, prompt: prompt)
    return started
  }

  /// The runtime of an agent, with the file of its program.
  private func runtime(of record: AgentRecord, _ registry: RuntimeRegistry) throws(BeadsError) -> Runtime {
    var runtime = try registry.resolve(
      role: record.address.role, name: record.address.name, explicit: record.runtime)
    guard var file = registry.program(of: runtime) else {
      throw BeadsError(
        .missingProgram, "the agent \(runtime.name) is not installed: there is no \(runtime.command) in PATH",
        hint: "install it, or choose another: `gt config default-agent`")
    }
    if file == Runtime.programPlaceholder {
      guard let program else {
        throw BeadsError(
          .missingProgram, "the file of the program gt is not known", hint: "call gt by its path")
      }
      file = program
    }
    runtime.command = file
    return runtime
  }

  private func directory(of record: AgentRecord, _ rig: Rig?) throws(BeadsError) -> String {
    let address = record.address
    let home: String? =
      switch (address.role, rig, address.name) {
      case (.mayor, _, _): town.path("mayor")
      case (.crew, let rig?, let name?): rig.crewClone(name)
      default: record.worktree
      }
    guard let home, FileSystem.isDirectory(home) else {
      throw BeadsError(
        .notFound, "\(address) has no \(address.role == .polecat ? "worktree" : "directory") to work in",
        hint: "`gt doctor` tells what is missing")
    }
    return home
  }

  /// Writes the hooks of the agent, and returns the flag that names them where they are kept out of the project.
  private func equip(
    _ runtime: Runtime, _ record: AgentRecord, _ rig: Rig?, _ directory: String
  ) throws(BeadsError) -> [String] {
    guard let program, let hooks = runtime.hooks else { return [] }
    let role = record.address.role
    let home = hooks.settingsFlag == nil ? directory : HookSync.folder(role, town, rig)
    let sync = HookSync(town, program: program)
    guard let target = try sync.target(role, rig, home, runtime) else { return [] }
    try sync.write([target])
    guard let flag = hooks.settingsFlag, target.problem == nil else { return [] }
    return [flag, target.path]
  }

  private func report(_ session: SessionSnapshot, _ record: AgentRecord, _ directory: String) {
    let events = EventLog(town)
    let address = record.address
    events.append(
      "session_start", actor: address.text,
      [
        ("session_id", session.name), ("role", address.role.rawValue), ("topic", record.bead?.rawValue),
        ("cwd", directory), ("actor_pid", session.pid.map { "\($0)" }),
      ])
  }

  // MARK: - Ending

  /// Ends the session of an agent, with everything that we started in it and nothing else.
  /// - Parameter grace: How long it may take to end when asked to; nil for what the settings say.
  /// - Returns: Whether there was one.
  @discardableResult
  public func stop(
    _ address: AgentAddress, reason: String, grace: Duration? = nil
  ) throws(BeadsError) -> Bool {
    let name = try town.sessionName(address)
    return try withSessionLock(name) { () throws(BeadsError) in
      let found = try sessions.inventory().first { $0.name == name }
      let open = try database.openSession(of: address)
      if found == nil, open == nil { return false }
      // Written first: the process that ends may be our own.
      if let open { try database.endSession(open.id, reason, exitStatus: found?.exitStatus) }
      EventLog(town).append(
        "session_end", actor: address.text,
        [("session_id", name), ("role", address.role.rawValue), ("reason", reason)])
      try sessions.stop(name, nonce: open?.nonce, grace: grace ?? self.grace)
      return found.map { !$0.isDead } ?? false
    }
  }
}
