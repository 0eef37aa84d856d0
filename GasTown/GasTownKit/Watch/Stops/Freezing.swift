public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Freezes and thaws agents: what an emergency stop brings about.
///
/// Everything that we started for an agent stops where it is (SIGSTOP, which no program can refuse) and goes on there
/// (SIGCONT). SIGTSTP would do nothing: the kernel ignores it where no shell could continue the program. The process
/// that waits in a pane of tmux runs on, because tmux continues at once whatever of its own children was stopped.
public struct Freezing {
  let launcher: AgentLauncher
  private var town: Town { launcher.town }
  private var database: TownDatabase { launcher.database }

  /// Freezes and thaws the agents of a town.
  public init(_ launcher: AgentLauncher) { self.launcher = launcher }

  /// What became of the agents.
  public struct Outcome: Sendable {
    /// Whether the stop began, or ended, now.
    public internal(set) var isNew = false
    /// The stop.
    public internal(set) var stop: EmergencyStop
    /// Who is frozen now, or goes on again.
    public internal(set) var agents: [AgentAddress] = []
    /// Who could not be frozen or continued, and why.
    public internal(set) var failures: [(agent: AgentAddress, reason: String)] = []
    /// Who stays frozen, because another stop holds.
    public internal(set) var held: [AgentAddress] = []
  }

  // MARK: Stopping

  /// Stops everybody, or everybody of one rig.
  ///
  /// The file comes first: what is being started meanwhile sees it. Called again, it freezes what is not frozen.
  public func stop(_ rig: RigName?, by caller: String, reason: String) throws(BeadsError) -> Outcome {
    let wanted = EmergencyStop(rig: rig, trigger: caller, at: town.now, reason: reason)
    let isNew = try wanted.write(in: town)
    var outcome = Outcome(isNew: isNew, stop: EmergencyStop.of(rig, in: town) ?? wanted)
    let covered = try database.openSessions().filter { isCovered($0.address, by: rig) }
    let failures = freeze(covered)
    for session in covered {
      if let reason = failures[session.id] {
        outcome.failures.append((session.address, reason))
      } else {
        outcome.agents.append(session.address)
      }
    }
    if isNew {
      EventLog(town).append(
        "estop", actor: caller,
        [
          ("rig", rig?.rawValue), ("reason", reason.isEmpty ? nil : reason),
          ("agents", String(outcome.agents.count)),
        ])
    }
    return outcome
  }

  /// Freezes the session of one agent if a stop holds for it: for one that was being started when the stop came.
  func freezeIfStopped(_ agent: AgentAddress) throws(BeadsError) {
    guard EmergencyStop.covering(agent, in: town) != nil, let open = try database.openSession(of: agent)
    else { return }
    _ = freeze([open])
  }

  private func isCovered(_ agent: AgentAddress, by rig: RigName?) -> Bool {
    agent.role != .mayor && agent.role != .overseer && (rig == nil || agent.rig == rig)
  }

  /// Stops every process of the sessions, again and again until a look finds none that runs: one that is about to be
  /// stopped may start another.
  /// - Returns: Why a session could not be frozen, by its number.
  private func freeze(_ sessions: [SessionRecord]) -> [Int64: String] {
    let manual = sessions.filter { $0.backend == "none" }.map { ($0.id, "a person runs it") }
    let ours = sessions.filter { $0.backend != "none" }
    var running: [Int64: Int] = [:]
    for _ in 0..<50 where !ours.isEmpty {
      running = signalRunning(ours)
      if running.isEmpty { break }
      pause(nanoseconds: 2_000_000)
    }
    let stubborn = running.map { ($0.key, "\($0.value) of its processes cannot be stopped") }
    return Dictionary(manual + stubborn) { $1 }
  }

  /// Stops the processes of sessions that run.
  /// - Returns: How many of each session did.
  private func signalRunning(_ sessions: [SessionRecord]) -> [Int64: Int] {
    let processes = SessionProcesses()
    var running: [Int64: Int] = [:]
    for session in sessions {
      let members = processes.members(of: session.process, nonce: session.nonce)
      for (pid, process) in members where !processes.isStopped(pid) {
        if session.backend == "tmux", process == session.process, members.count > 1 { continue }
        running[session.id, default: 0] += 1
        kill(pid, SIGSTOP)
      }
    }
    return running
  }

  // MARK: Going on

  /// Lets everybody go on, or everybody of one rig; who is covered by another stop stays frozen.
  ///
  /// The file goes first, so that nobody wakes to read that it is to do nothing. Who was left frozen by a process that
  /// ended in between goes on when this is called again.
  /// - Returns: Nil when no such stop stands and nobody was left frozen.
  public func thaw(_ rig: RigName?, by caller: String) throws(BeadsError) -> Outcome? {
    let stop = EmergencyStop.of(rig, in: town)
    if stop != nil { try FileSystem.remove(EmergencyStop.path(rig, in: town)) }
    let covered = try database.openSessions().filter {
      isCovered($0.address, by: rig) && $0.backend != "none"
    }
    let processes = SessionProcesses()
    var outcome = Outcome(
      isNew: stop != nil, stop: stop ?? EmergencyStop(rig: rig, trigger: "", at: nil, reason: ""))
    for session in covered {
      if EmergencyStop.covering(session.address, in: town) != nil {
        outcome.held.append(session.address)
      } else if stop != nil || isFrozen(session, processes) {
        for pid in processes.members(of: session.process, nonce: session.nonce).keys { kill(pid, SIGCONT) }
        outcome.agents.append(session.address)
      }
    }
    if stop == nil, outcome.agents.isEmpty { return nil }
    EventLog(town).append(
      "thaw", actor: caller, [("rig", rig?.rawValue), ("agents", String(outcome.agents.count))])
    return outcome
  }

  /// The agents that are frozen although no stop holds for them.
  func leftFrozen() throws(BeadsError) -> [AgentAddress] {
    let open = try database.openSessions().filter {
      $0.backend != "none" && EmergencyStop.covering($0.address, in: town) == nil
    }
    if open.isEmpty { return [] }
    let processes = SessionProcesses()
    return open.filter { isFrozen($0, processes) }.map(\.address)
  }

  private func isFrozen(_ session: SessionRecord, _ processes: SessionProcesses) -> Bool {
    let members = processes.members(of: session.process, nonce: session.nonce)
      .filter { session.backend != "tmux" || $0.value != session.process }
    return !members.isEmpty && members.keys.allSatisfy(processes.isStopped)
  }
}
