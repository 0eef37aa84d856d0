public import BeadsKit

/// The loop that keeps a town running without asking anybody: it compares what is wanted with what is, and acts.
///
/// Sessions that died are started again in their worktrees, idle agents are reminded of their work, nudges are typed,
/// convoys are fed, and what is ready is merged. Each thing it does has a reason that is written down
/// (`gt why`). Whatever cannot be told for certain is left alone. A tick in which nothing has changed starts no
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
  /// What is remembered of each session between two ticks.
  var minds: [Int64: Mind] = [:]
  /// When sessions were found dead, for deaths of many at once.
  var deaths: [Int64] = []
  /// Until when nothing is started again, after many died at once.
  var holdUntil: Int64 = 0
  var looks = Looks()
  /// The engines that merge now.
  var merging: [RigName: Int32] = [:]
  /// What holds up a rig's engine: it is not started again before.
  var mergeRest: [RigName: Int64] = [:]
  /// The maintenance jobs.
  private var jobs: JobScheduler

  /// What is remembered of a session.
  struct Mind {
    var evidence: Evidence
    var seenAt: Int64
    /// When it last did something.
    var progressAt: Int64
    /// How far the ladder was climbed since.
    var step = 0
  }

  /// When each of the slower looks was last taken, and at what.
  struct Looks {
    var evidenceAt: Int64 = 0
    var stamps: [String: String] = [:]
    var convoysAt: Int64 = 0
    var scheduleAt: Int64 = 0
    var mountainsAt: Int64 = 0
    /// Whether work waits for its turn.
    var isSchedulePending = false
  }

  /// Watches a town.
  /// - Parameter log: Gets a line for each thing that is done.
  public init(
    _ town: Town, _ database: TownDatabase, program: String, log: @escaping (String) -> Void
  ) throws(BeadsError) {
    self.town = town
    self.database = database
    self.program = program
    self.log = log
    launcher = try AgentLauncher(town: town, database: database, program: program)
    jobs = JobScheduler(town, database, program: program, log: log)
    events = EventLog(town)
  }

  static let actor = AgentAddress.deacon

  /// Looks once, and acts.
  ///
  /// One thing that fails does not keep the others from being done; it is logged and tried again at the next tick.
  public func tick() {
    // What the person stopped stays stopped.
    if FileSystem.exists(town.path("ESTOP")) || FileSystem.exists(town.path("daemon/shutdown.lock")) {
      return
    }
    attempt("sessions") { () throws(BeadsError) in try watchSessions() }
    attempt("nudges") { () throws(BeadsError) in try deliverNudges() }
    attempt("idle agents") { () throws(BeadsError) in try watchProgress() }
    attempt("scheduler") { () throws(BeadsError) in try runScheduler() }
    attempt("convoys") { () throws(BeadsError) in try feedConvoys() }
    attempt("mountains") { () throws(BeadsError) in try watchMountains() }
    attempt("merging") { () throws(BeadsError) in try startMerging() }
    attempt("maintenance") { () throws(BeadsError) in try jobs.tick() }
  }

  /// Ends the maintenance job that runs, because the daemon ends.
  func stopJobs() { jobs.stop() }

  private func attempt(_ what: String, _ body: () throws(BeadsError) -> Void) {
    do throws(BeadsError) { try body() } catch { log("\(what): \(error.message)") }
  }

  /// Writes down what was done about something, and says so.
  func decide(_ subject: String, _ finding: String, _ action: String, evidence: String) {
    log("\(subject): \(finding) -> \(action) (\(evidence))")
    try? database.decide(subject, finding, action, evidence: evidence)
  }

  /// Raises an alarm for a person.
  func escalate(_ title: String, severity: Escalation.Severity, _ details: String) {
    let ledgers = Ledgers(town, actor: Self.actor.text, command: "gt daemon")
    defer { ledgers.close() }
    var draft = EscalationDraft(title: title)
    draft.severity = severity
    draft.reason = details
    draft.source = "daemon"
    do throws(BeadsError) { try Escalations(ledgers, database).raise(draft) } catch {
      log("escalation \(title): \(error.message)")
    }
  }

  var now: Int64 { database.now }

  static let second: Int64 = 1_000_000_000
}
