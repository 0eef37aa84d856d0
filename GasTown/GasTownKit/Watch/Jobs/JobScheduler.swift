import BeadsKit

/// Starts maintenance jobs when they are due; part of the daemon.
///
/// One at a time, each in a process group of its own, which is ended when it takes too long. While nothing is due, a
/// look is one comparison; the settings are read once a minute.
struct JobScheduler {
  private struct Child {
    let job: MaintenanceJob
    let pid: Int32
    let process: ProcessIdentity?
    let deadline: Int64
  }

  private let town: Town
  private let database: TownDatabase
  private let program: String
  private let log: (String) -> Void
  private var child: Child?
  private var nextLook: Int64 = 0

  /// How long after the daemon's start a job runs for the first time, and the next after it.
  private static let stagger: Int64 = 120_000_000_000
  private static let minute: Int64 = 60_000_000_000

  init(_ town: Town, _ database: TownDatabase, program: String, log: @escaping (String) -> Void) {
    self.town = town
    self.database = database
    self.program = program
    self.log = log
  }

  /// Looks whether something is due, and whether what runs has ended.
  mutating func tick() throws(BeadsError) {
    if let child { return try look(after: child) }
    guard database.now >= nextLook else { return }
    nextLook = database.now + Self.minute
    guard PatrolPause.of(.deacon, in: town) == nil else { return }
    let settings = try TownSettings.load(town)
    let isOpen = MaintenanceWindow(settings.string("maintenance.window") ?? "")?.contains(town.now) ?? true
    var records = try database.jobs()
    for (place, job) in MaintenanceJob.all.filter({ $0.isEnabled(settings) }).enumerated() {
      let record = records[job.name]
      if let record, record.wasInterrupted {
        try database.endJob(record.name, "failed", "it ended in the middle")
        log("job \(job.name): ended in the middle")
      }
      guard let due = record?.nextAt else {
        let first = database.now + Self.stagger * Int64(place + 1)
        try database.planJob(job.name, at: first)
        records[job.name] = try database.job(job.name)
        nextLook = min(nextLook, first)
        continue
      }
      // An interval that was made shorter holds at once.
      let next = min(due, (record?.startedAt).map { $0 + job.interval(settings) } ?? due)
      if next > database.now {
        nextLook = min(nextLook, next)
      } else if child == nil, record?.isRunning != true, isOpen || !job.waitsForWindow {
        try start(job, interval: job.interval(settings))
      }
    }
  }

  private mutating func start(_ job: MaintenanceJob, interval: Int64) throws(BeadsError) {
    // Written first: a job that ends the daemon does not run again at its next start.
    try database.planJob(job.name, at: database.now + interval)
    let request = Subprocess(
      [program, "dog", "call", job.name], directory: town.root,
      variables: town.environment.variables.merging([
        "GT_ROLE": job.agent.text, "GT_TOWN_ROOT": town.root,
      ]) { $1 })
    let pid = try request.startDetached()
    child = Child(
      job: job, pid: pid, process: ProcessIdentity(pid), deadline: database.now + nanoseconds(job.limit))
    log("job \(job.name): started, process \(pid)")
  }

  private mutating func look(after running: Child) throws(BeadsError) {
    if hasEnded(running.pid) {
      child = nil
      nextLook = 0
      let record = try database.job(running.job.name)
      if record.endedAt == nil, record.startedAt != nil {
        try database.endJob(record.name, "failed", "it ended in the middle")
      }
      let ended = try database.job(running.job.name)
      log(
        "job \(running.job.name): \(ended.result ?? "failed"), \(ended.detail ?? "it could not be started")")
    } else if database.now > running.deadline {
      log("job \(running.job.name): ended, because it took too long")
      ProcessEnding(leader: running.process, nonce: nil).run(grace: .seconds(2))
    }
  }

  /// Ends what runs, because the daemon ends.
  mutating func stop() {
    guard let running = child else { return }
    ProcessEnding(leader: running.process, nonce: nil).run(grace: .seconds(2))
    _ = hasEnded(running.pid)
    child = nil
  }
}
