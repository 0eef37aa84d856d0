public import BeadsKit

/// The loop that keeps a town running without asking anybody: it compares what is wanted with what is, and acts.
///
/// Sessions that died are started again in their worktrees, idle agents are reminded of their work, nudges are typed,
/// convoys are fed, gates are looked at, and what is ready is merged. Each thing it does has a reason that is written
/// down (`gt why`). Whatever cannot be told for certain is left alone. A tick in which nothing has changed starts no
/// process and reads a few small files.
public final class Watcher {
  let town: Town
  let database: TownDatabase
  let launcher: AgentLauncher
  /// The file of the program `gt`.
  let program: String
  let events: EventLog
  let log: (String) -> Void
  let policy = RestartPolicy()
  /// Whether the town is being stopped: nothing is started then.
  let isStopping: () -> Bool

  /// Where nothing is done just now.
  var holds = Holds()
  private var registry: (stamp: FileStamp?, rigs: Result<[Rig], BeadsError>)?
  var roster = Roster()
  var trackers: TrackerFiles
  let exits = ExitWatch()
  var vigil = Vigil()
  /// What is remembered of each session between two ticks.
  var minds: [Int64: Mind] = [:]
  var looks = Looks()
  /// The engines that merge now.
  var merging: [RigName: ProcessIdentity] = [:]
  /// What holds up a rig's engine: it is not started again before.
  var mergeRest: [RigName: Int64] = [:]
  /// The maintenance jobs.
  private var jobs: JobScheduler

  /// When each of the slower looks was last taken, and at what.
  struct Looks {
    var evidenceAt: Int64 = 0
    var convoysAt: Int64 = 0
    var scheduleAt: Int64 = 0
    var mountainsAt: Int64 = 0
    var gatesAt: Int64 = 0
    /// What was asked of the adviser about sessions, and when it was asked in the last hour.
    var advice: [Int64: Advice] = [:]
    var askedAt: [Int64] = []
    /// The settings, and the file that they were read from.
    var settings: (stamp: FileStamp?, settings: TownSettings)?
    /// Until when nothing is typed for an agent that could not take it.
    var nudgeRest: [AgentAddress: Int64] = [:]
    /// Whether work waits for its turn.
    var isSchedulePending = false
    /// The generation of the trackers that each purpose saw last.
    var generations: [String: Int] = [:]
    /// When to look at merge queues again in which something waits for people.
    var reviewAt: [RigName: Int64] = [:]
    /// What tells that the settings of a merge queue have changed.
    var mergeSettings: [RigName: [FileStamp?]] = [:]
    /// The last complaint of each part, so that it is not repeated each second.
    var complaints: [String: String] = [:]
  }

  /// Watches a town.
  /// - Parameters:
  ///   - isStopping: Whether the town is being stopped, asked before anything is started.
  ///   - log: Gets a line for each thing that is done.
  public init(
    _ town: Town, _ database: TownDatabase, program: String, isStopping: @escaping () -> Bool = { false },
    log: @escaping (String) -> Void
  ) throws(BeadsError) {
    self.town = town
    self.database = database
    self.program = program
    self.log = log
    self.isStopping = isStopping
    launcher = try AgentLauncher(town: town, database: database, program: program)
    jobs = JobScheduler(town, database, program: program, log: log)
    events = EventLog(town)
    trackers = TrackerFiles(town)
    merging = try database.engines()
  }

  static let actor = AgentAddress.deacon

  /// Looks once, and acts.
  ///
  /// One thing that fails does not keep the others from being done; it is logged and tried again at the next tick.
  public func tick() {
    guard !isStopping() else { return }
    lookAtHolds()
    attempt("nudges") { () throws(BeadsError) in try deliverNudges() }
    // An emergency stop: agents are neither started nor reminded, nothing is given out or merged.
    if holds.town != nil { return endEngines(inRigs: nil) }
    attempt("trackers") { () throws(BeadsError) in try trackers.look() }
    attempt("sessions") { () throws(BeadsError) in try watchSessions() }
    attempt("idle agents") { () throws(BeadsError) in try watchProgress() }
    attempt("gates") { () throws(BeadsError) in try watchGates() }
    attempt("scheduler") { () throws(BeadsError) in try runScheduler() }
    attempt("convoys") { () throws(BeadsError) in try feedConvoys() }
    attempt("mountains") { () throws(BeadsError) in try watchMountains() }
    attempt("merging") { () throws(BeadsError) in try startMerging() }
    attempt("maintenance") { () throws(BeadsError) in try jobs.tick() }
  }

  /// Ends the sessions that were there at the last look, when their town was removed: nobody else could end them.
  ///
  /// Nothing is read or written in the folder of the town.
  func endOfTheTown() {
    for session in roster.sessions where session.backend != "none" {
      ProcessEnding(leader: session.process, nonce: session.nonce).run(grace: .seconds(1))
    }
    if roster.sessions.contains(where: { $0.backend == "tmux" }) { try? Tmux(town).killServer() }
  }

  /// Ends the maintenance job that runs, because the daemon ends.
  func stopJobs() { jobs.stop() }

  /// Sleeps until the next tick is due: a second, or until a process ends that is looked after.
  public func rest() {
    let hasEnded = exits.wait(nanoseconds: vigil.isUnsettled ? 50_000_000 : Self.second)
    // Where one ends others do too, such as all sessions of a server: they are judged together.
    if hasEnded { pause(nanoseconds: 50_000_000) }
  }

  /// Does something that may fail without keeping anything else from being done.
  func attempt(_ what: String, _ body: () throws(BeadsError) -> Void) {
    guard !isStopping() else { return }
    do throws(BeadsError) {
      try body()
      looks.complaints[what] = nil
    } catch {
      if looks.complaints[what] != error.message { log("\(what): \(error.message)") }
      looks.complaints[what] = error.message
    }
  }

  /// Looks where nothing is to be done, and writes down what has changed in that.
  private func lookAtHolds() {
    let stamp = try? FileSystem.stamp(town.path("mayor/rigs.json"))
    if registry == nil || registry?.stamp != stamp {
      do throws(BeadsError) { registry = (stamp, .success(try town.rigs())) } catch {
        registry = (stamp, .failure(error))
      }
    }
    let before = holds.reasons
    holds = Holds(town, database, registry?.rigs ?? .success([]))
    let after = holds.reasons
    if before == after { return }
    for (place, reason) in after.sorted(by: { $0.key < $1.key }) where before[place] != reason {
      decide(place, reason, "left alone", evidence: "")
    }
    for place in before.keys.sorted() where after[place] == nil {
      decide(place, "it goes on", "looked after again", evidence: "before: \(before[place] ?? "")")
    }
    // The time in which nothing was expected of them does not count against the agents.
    minds = [:]
    attempt("idle agents") { () throws(BeadsError) in try database.restartClimbs() }
    looks.generations = [:]
  }

  /// Whether the trackers have changed since this was last asked for the purpose.
  func trackersHaveChanged(_ purpose: String) -> Bool {
    if looks.generations[purpose] == trackers.generation { return false }
    looks.generations[purpose] = trackers.generation
    return true
  }

  /// Writes down what was done about something, and says so.
  func decide(
    _ subject: String, _ finding: String, _ action: String, evidence: String, bead: IssueID? = nil
  ) {
    log("\(subject): \(finding) -> \(action)\(evidence.isEmpty ? "" : " (\(evidence))")")
    try? database.decide(subject, finding, action, evidence: evidence, bead: bead)
  }

  /// As `decide`, but says nothing when it was the last thing that was decided about it.
  func decideOnce(
    _ subject: String, _ finding: String, _ action: String, evidence: String, bead: IssueID? = nil
  ) {
    let last = try? database.lastDecision(about: subject)
    if last?.finding == finding, last?.action == action { return }
    decide(subject, finding, action, evidence: evidence, bead: bead)
  }

  /// Raises an alarm for a person.
  func escalate(
    _ title: String, severity: Escalation.Severity, _ details: String, about bead: IssueID? = nil
  ) {
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    var draft = EscalationDraft(title: title)
    draft.severity = severity
    draft.reason = details
    draft.source = "daemon"
    draft.relatedID = bead
    do throws(BeadsError) { try Escalations(ledgers, database).raise(draft) } catch {
      log("escalation \(title): \(error.message)")
    }
  }

  /// The trackers; whoever opens them closes them.
  func ledgers() -> Ledgers { Ledgers(town, actor: Self.actor.text, command: "gt daemon") }

  var now: Int64 { database.now }

  static let second: Int64 = 1_000_000_000
}
