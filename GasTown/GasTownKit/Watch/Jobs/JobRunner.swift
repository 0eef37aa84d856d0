public import BeadsKit

/// Runs a maintenance job in this process, and writes down how it went.
public struct JobRunner {
  private let launcher: AgentLauncher
  private var town: Town { launcher.town }
  private var database: TownDatabase { launcher.database }
  /// Whether only to find out what would be done; nothing is written down then.
  public var isDryRun = false
  /// So many failures in a row are worth a call for help.
  private static let tooManyFailures = 3

  /// Runs jobs of a town.
  public init(_ launcher: AgentLauncher) { self.launcher = launcher }

  /// Runs a job to its end; one process does at a time.
  /// - Throws: `conflict` when it runs already, and what the job throws; that is on record then.
  public func run(_ job: MaintenanceJob) throws(BeadsError) -> JobReport {
    if isDryRun { return try work(job) }
    let name = job.name
    let lock = try town.lock("job-\(name)", command: "gt dog call \(name)")
    guard let held = try lock.tryAcquire() else {
      throw BeadsError(
        .conflict, "the job \(name) runs already", hint: "`gt dog status \(name)` tells since when")
    }
    let outcome = record(job)
    held.release()
    return try outcome.get()
  }

  private func record(_ job: MaintenanceJob) -> Result<JobReport, BeadsError> {
    do throws(BeadsError) {
      try database.beginJob(job.name)
      let report = try work(job)
      try database.endJob(job.name, report.problems.isEmpty ? "ok" : "attention", report.text)
      if !report.problems.isEmpty {
        callForHelp("The maintenance job \(job.name) found something", report.text)
      }
      TownLog(town).append("dog", agent: job.agent.text, report.text)
      return .success(report)
    } catch {
      let failures = (try? database.endJob(job.name, "failed", error.message)) ?? 0
      TownLog(town).append("dog", agent: job.agent.text, "failed: \(error.message)")
      if failures >= Self.tooManyFailures {
        callForHelp(
          "The maintenance job \(job.name) fails again and again", "\(failures) times: \(error.message)")
      }
      return .failure(error)
    }
  }

  private func work(_ job: MaintenanceJob) throws(BeadsError) -> JobReport {
    let ledgers = Ledgers(town, actor: job.agent.text, command: "gt dog call \(job.name)")
    defer { ledgers.close() }
    return try job.work(
      JobContext(
        launcher: launcher, ledgers: ledgers, settings: try TownSettings.load(town), isDryRun: isDryRun))
  }

  private func callForHelp(_ title: String, _ reason: String) {
    let ledgers = Ledgers(town, actor: AgentAddress.deacon.text, command: "gt dog")
    defer { ledgers.close() }
    var draft = EscalationDraft(title: title)
    draft.reason = reason
    draft.source = "dogs"
    _ = try? Escalations(ledgers, database).raise(draft)
  }

  /// Puts away a run that ended without a word, or ends one that goes on.
  /// - Returns: What was done; nil when nothing was to be done.
  public func clear(_ job: MaintenanceJob) throws(BeadsError) -> String? {
    let record = try database.job(job.name)
    guard record.startedAt != nil, record.endedAt == nil else { return nil }
    let wasRunning = record.isRunning
    if let process = record.process, wasRunning {
      ProcessEnding(leader: process, nonce: nil).run(grace: .seconds(2))
    }
    let how = wasRunning ? "it was ended" : "it ended in the middle"
    try database.endJob(job.name, "failed", how)
    return how
  }
}
