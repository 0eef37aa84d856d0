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
        if parts.contains(.expired) { try sweepExpired(store, &report) }
        if parts.contains(.finished) { try sweepFinished(store, &report) }
        if parts.contains(.stale), name != "hq" { try closeStale(store, &report) }
      } catch { report.problems.append("\(name): \(error.message)") }
    }
    return report
  }

  // MARK: Wisps past their time

  /// How long wisps of a kind live (contract, appendix G).
  private func lifetime(_ issue: Issue) -> Int64 {
    let hour: Int64 = 3600 * 1_000_000_000
    return switch issue.wispType {
    case "heartbeat", "ping": 6 * hour
    case "recovery", "error", "escalation": 7 * 24 * hour
    default: wispAge
    }
  }

  /// Deletes finished wisps past their time, and keeps for good those past it that are not finished: something is stuck
  /// there.
  private func sweepExpired(_ store: Store, _ report: inout JobReport) throws(BeadsError) {
    let wisps = try store.wisps(includingFinished: true).map(\.issue).filter { !isRecord($0) }
    let known = Dictionary(wisps.map { ($0.id, $0) }) { $1 }
    let groups = Dictionary(grouping: wisps) { root(of: $0, known) }
    var (deleted, promoted): ([IssueID], [IssueID]) = ([], [])
    for (rootID, members) in groups {
      guard let root = known[rootID], members.allSatisfy({ isPast($0, lifetime(root)) }) else { continue }
      let isFinished = store.rules.vocabulary.category(of: root.status) == .done
      let isKept = members.contains { $0.labels.contains("keep") || $0.isPinned || !$0.comments.isEmpty }
      if isFinished, !isKept {
        deleted += members.map(\.id)
      } else if !isFinished, try isAttached(root, store) {
        continue
      } else {
        promoted.append(rootID)
      }
    }
    report.count("wisps deleted", deleted.count)
    report.count("wisps kept for good", promoted.count)
    if context.isDryRun || (deleted.isEmpty && promoted.isEmpty) { return }
    let (gone, kept) = (deleted.sorted(), promoted.sorted())
    try store.write("reaper") { tx throws(BeadsError) in
      if !gone.isEmpty { _ = try tx.delete(gone, reason: "past its time", force: true) }
      for id in kept { try tx.promote(id) }
    }
  }

  /// Mail, merge requests and other records of the town have a life of their own.
  private func isRecord(_ issue: Issue) -> Bool {
    issue.type == .mergeRequest || issue.type.rawValue == "message"
      || issue.labels.contains { $0.hasPrefix("gt:") }
  }

  private func root(of issue: Issue, _ wisps: [IssueID: Issue]) -> IssueID {
    var (place, seen) = (issue, Set([issue.id]))
    while let parent = place.parentID.flatMap({ wisps[$0] }), seen.insert(parent.id).inserted {
      place = parent
    }
    return place.id
  }

  private func isPast(_ issue: Issue, _ age: Int64) -> Bool {
    issue.updatedAt.adding(nanoseconds: age) < context.town.now
  }

  /// Whether a wisp is the checklist of work that is not finished.
  private func isAttached(_ root: Issue, _ store: Store) throws(BeadsError) -> Bool {
    let others = root.dependencies.filter { $0.type == .related }.map(\.dependsOnID)
    if others.isEmpty { return false }
    return try store.issues(others).contains { !$0.isClosed }
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
        && !isRecord(issue) && !issue.isTemplate
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
