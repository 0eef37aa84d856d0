import BeadsKit
import CommandKit
import GasTownKit

/// How far a demonstration has come.
final class DemoProgress {
  private let demo: Demo
  private let database: TownDatabase
  private let attempts: Int
  private var shownEvents = 0
  private var shownAt: Int64 = 0
  private var shownMerges = 0

  init(_ demo: Demo) throws(BeadsError) {
    self.demo = demo
    database = try TownDatabase(demo.town, command: "gt demo")
    attempts = try Admission(demo.town, database).limits.attempts
  }

  /// What has become of the issues.
  struct Standing {
    var merged: [IssueID] = []
    /// With the reason.
    var givenUp: [IssueID: String] = [:]
    var inReview: [IssueID] = []
    var atWork: [IssueID] = []
    var waiting: [IssueID] = []
    /// Whether a merge is not ended, be it that its engine was killed: the next one ends it.
    var isMerging = false

    var isOver: Bool { inReview.isEmpty && atWork.isEmpty && waiting.isEmpty && !isMerging }
  }

  func standing() throws(BeadsError) -> Standing {
    let ledgers = Ledgers(demo.town, actor: "overseer", command: "gt demo")
    defer { ledgers.close() }
    let store = try ledgers.store(of: try RigName("app"))
    var standing = Standing()
    standing.isMerging = try !database.unfinishedMerges(rig: RigName("app")).isEmpty
    for id in demo.ids {
      guard let issue = try store.issue(id) else { continue }
      if issue.isClosed {
        standing.merged.append(id)
      } else if issue.status == .inReview {
        standing.inReview.append(id)
      } else if issue.status != .open {
        standing.atWork.append(id)
      } else if let reason = issue.comments.last(where: { $0.text.contains("was not merged") }),
        try database.attempts(of: id) >= attempts
      {
        standing.givenUp[id] = reason.text
      } else {
        standing.waiting.append(id)
      }
    }
    return standing
  }

  /// A line every few seconds.
  func show(_ standing: Standing, at time: String) {
    let now = monotonicNanoseconds()
    guard standing.isOver || now - shownAt >= 5_000_000_000 else { return }
    shownAt = now
    demo.tell(
      """
        \(time)  \("\(standing.merged.count) of \(demo.ids.count) merged", .bold) \
      (+\(standing.merged.count - shownMerges)), \(standing.inReview.count) to be merged, \
      \(standing.atWork.count) at work, \(standing.waiting.count) waiting, \(standing.givenUp.count) given up
      """)
    shownMerges = standing.merged.count
  }

  /// What happened since the last look.
  func showEvents() throws(BeadsError) {
    var query = EventQuery()
    query.limit = 10_000
    query.types = ["sling", "session_death", "done", "merged", "merge_failed", "convoy_closed"]
    let events = try EventLog(demo.town).events(query)
    for event in events.dropFirst(shownEvents) { demo.tell("  \(line(event))") }
    shownEvents = events.count
  }

  private func line(_ event: TownEvent) -> TerminalText {
    let subject = event.text("bead") ?? event.text("mr") ?? event.text("agent") ?? event.text("convoy") ?? ""
    let rest = event.text("reason") ?? event.text("target") ?? ""
    return "\(event.time.description.dropFirst(11).prefix(8))  \(event.type)  \(subject)  \(rest)"
  }
}
