import BeadsKit

/// Sweeps away what was only meant for the moment: wisps past their time, mail that was put away, on demand also issues
/// that nobody touches any more.
struct ReaperJob {
  let context: JobContext
  var wispAge: Int64
  var purgeAge: Int64
  var mailAge: Int64
  var staleAge: Int64

  init(_ context: JobContext) {
    self.context = context
    let settings = context.settings
    let span = { (name: String) in nanoseconds(settings.duration("lifecycle.reaper.\(name)")) }
    (wispAge, purgeAge, mailAge, staleAge) = (
      span("wisp_age"), span("purge_age"), span("mail_age"), span("stale_age")
    )
  }

  static func run(_ context: JobContext) throws(BeadsError) -> JobReport {
    let isClosing = context.settings.bool("lifecycle.reaper.auto_close")
    return try ReaperJob(context).run(isClosing ? [.expired, .finished, .stale] : [.expired, .finished])
  }

  func run(_ parts: Sweep.Parts) throws(BeadsError) -> JobReport {
    var report = JobReport()
    for (name, store) in try context.trackers(&report) {
      do throws(BeadsError) {
        if parts.contains(.expired) { try sweepExpired(name, store, &report) }
        if parts.contains(.finished) { try sweepFinished(store, &report) }
        if parts.contains(.stale), name != "hq" { try closeStale(store, &report) }
      } catch { report.problems.append("\(name): \(error.message)") }
    }
    return report
  }

  // MARK: Wisps past their time

  /// Deletes finished wisps past their time, and keeps for good those past it that are not finished.
  private func sweepExpired(_ name: String, _ store: Store, _ report: inout JobReport) throws(BeadsError) {
    let expiry = try WispExpiry(name, store, ordinaryAge: wispAge, now: context.town.now)
    report.count("wisps deleted", expiry.deleted.count)
    report.count("wisps kept for good", expiry.promoted.count)
    if context.isDryRun { return }
    _ = try expiry.apply()
    expiry.report(context.town, actor: context.ledgers.actor)
  }

  // MARK: What is finished

  /// Deletes what was finished long ago and was not meant to be kept.
  private func sweepFinished(_ store: Store, _ report: inout JobReport) throws(BeadsError) {
    let old = try store.issues(try store.cleanupPlan(Cleanup(.wisps, age: min(mailAge, purgeAge))).deleted)
    let gone = old.filter { issue in
      if issue.type == .mergeRequest { return false }
      let age = issue.type.rawValue == "message" ? mailAge : purgeAge
      return (issue.closedAt ?? issue.updatedAt).adding(nanoseconds: age) < context.town.now
    }
    let mail = gone.count { $0.type.rawValue == "message" }
    report.count("messages deleted", mail)
    report.count("finished wisps deleted", gone.count - mail)
    if context.isDryRun || gone.isEmpty { return }
    let ids = gone.map(\.id)
    _ = try store.write("reaper") { tx throws(BeadsError) in
      try tx.delete(ids, reason: "finished long ago", force: true)
    }
  }

  // MARK: What nobody touches

  /// Closes open issues that nobody has touched, except those that matter or that something waits for.
  private func closeStale(_ store: Store, _ report: inout JobReport) throws(BeadsError) {
    var filter = IssueFilter()
    filter.statuses = .any([.open])
    let limit = context.town.now.adding(nanoseconds: -staleAge)
    let open = try store.issues(matching: filter).filter { issue in
      issue.updatedAt < limit && issue.priority > 1 && issue.type != .epic && !issue.isPinned
        && !issue.isEphemeral
        && !issue.isTownRecord && !issue.isTemplate
    }
    let blocked = try store.blocked(among: open.map(\.id))
    let stale = open.map(\.id).filter { !blocked.contains($0) }
    report.count("stale issues closed", stale.count)
    if context.isDryRun || stale.isEmpty { return }
    try store.write("reaper") { tx throws(BeadsError) in
      for id in stale { try tx.close(id, reason: "Nobody has touched it", force: true) }
    }
  }
}
