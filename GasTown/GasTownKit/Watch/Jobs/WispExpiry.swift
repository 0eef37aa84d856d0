public import BeadsKit

/// What becomes of the wisps of a tracker that are past their time (contract, appendix G).
///
/// A finished one is deleted. One that is not finished is kept for good: something is stuck there. So is one that
/// somebody commented on, pinned or labelled `keep`. The checklist of work that is not finished is left alone.
public struct WispExpiry {
  /// A wisp that becomes an ordinary issue.
  public struct Promotion: Sendable, Equatable {
    /// The wisp.
    public let issue: Issue
    /// Why it is kept.
    public let reason: String
  }

  /// The tracker: the name of a rig, or `hq`.
  public let place: String
  /// Wisps that are deleted, those below others included.
  public private(set) var deleted: [IssueID] = []
  /// Wisps that are kept for good.
  public private(set) var promoted: [Promotion] = []
  /// How many wisps are left as they are.
  public private(set) var skipped = 0

  private let store: Store
  private let now: Timestamp
  private let ordinaryAge: Int64

  /// Looks; nothing is changed.
  /// - Parameter ordinaryAge: How long wisps live that are of no kind with a time of its own, in nanoseconds.
  init(_ place: String, _ store: Store, ordinaryAge: Int64, now: Timestamp) throws(BeadsError) {
    (self.place, self.store, self.ordinaryAge, self.now) = (place, store, ordinaryAge, now)
    let wisps = try store.wisps(includingFinished: true).map(\.issue).filter { !$0.isTownRecord }
    let known = Dictionary(wisps.map { ($0.id, $0) }) { $1 }
    let groups = Dictionary(grouping: wisps) { Self.root(of: $0, known) }
    for (rootID, members) in groups {
      guard let root = known[rootID], members.allSatisfy({ isPast($0, lifetime(root)) }) else {
        skipped += members.count
        continue
      }
      let isFinished = store.rules.vocabulary.category(of: root.status) == .done
      let isKept = members.contains { $0.labels.contains("keep") || $0.isPinned || !$0.comments.isEmpty }
      if isFinished, !isKept {
        deleted += members.map(\.id)
      } else if !isFinished, try isAttached(root) {
        skipped += members.count
      } else {
        promoted.append(
          Promotion(issue: root, reason: isFinished ? "somebody wants it kept" : "it is not finished"))
      }
    }
    deleted.sort()
    promoted.sort { $0.issue.id < $1.issue.id }
  }

  /// Does it, in one transaction.
  /// - Returns: How many dependencies of other issues named what is gone.
  func apply() throws(BeadsError) -> Int {
    if deleted.isEmpty && promoted.isEmpty { return 0 }
    let (gone, kept) = (deleted, promoted.map(\.issue.id))
    return try store.write("reaper") { tx throws(BeadsError) in
      var orphaned = 0
      if !gone.isEmpty {
        orphaned = try tx.delete(gone, reason: "past its time", force: true).orphaned.count
      }
      for id in kept { try tx.promote(id) }
      return orphaned
    }
  }

  /// How long wisps of a kind live.
  private func lifetime(_ issue: Issue) -> Int64 {
    let hour: Int64 = 3600 * 1_000_000_000
    return switch issue.wispType {
    case "heartbeat", "ping": 6 * hour
    case "recovery", "error", "escalation": 7 * 24 * hour
    default: ordinaryAge
    }
  }

  private static func root(of issue: Issue, _ wisps: [IssueID: Issue]) -> IssueID {
    var (place, seen) = (issue, Set([issue.id]))
    while let parent = place.parentID.flatMap({ wisps[$0] }), seen.insert(parent.id).inserted {
      place = parent
    }
    return place.id
  }

  private func isPast(_ issue: Issue, _ age: Int64) -> Bool { issue.updatedAt.adding(nanoseconds: age) < now }

  /// Whether a wisp is the checklist of work that is not finished.
  private func isAttached(_ root: Issue) throws(BeadsError) -> Bool {
    let others = root.dependencies.filter { $0.type == .related }.map(\.dependsOnID)
    if others.isEmpty { return false }
    return try store.issues(others).contains { !$0.isClosed }
  }
}

extension Issue {
  /// Whether it is mail, a merge request or another record of the town, which has a life of its own.
  var isTownRecord: Bool {
    type == .mergeRequest || type.rawValue == "message" || labels.contains { $0.hasPrefix("gt:") }
  }
}

/// What was done with the wisps of a town.
public struct Compaction {
  /// For each tracker.
  public internal(set) var expiries: [WispExpiry] = []
  /// How many dependencies of other issues named what is gone.
  public internal(set) var orphanedDependencies = 0
  /// What could not be done, one sentence each.
  public internal(set) var errors: [String] = []

  /// Deletes or keeps the wisps of a town that are past their time.
  /// - Parameters:
  ///   - rig: Only of this one; nil for all and the town's own.
  ///   - isDryRun: Whether only to find out what would be done.
  public static func run(
    _ ledgers: Ledgers, rig: RigName? = nil, isDryRun: Bool = false
  ) throws(BeadsError) -> Compaction {
    let town = ledgers.town
    let age = nanoseconds(try TownSettings.load(town).duration("lifecycle.reaper.wisp_age"))
    var result = Compaction()
    var places: [RigName?] = [rig]
    if rig == nil { places += try town.rigs().map(\.name) }
    for place in places {
      let name = place?.rawValue ?? "hq"
      do throws(BeadsError) {
        let store = try ledgers.store(of: place)
        let expiry = try WispExpiry(name, store, ordinaryAge: age, now: town.now)
        if !isDryRun { result.orphanedDependencies += try expiry.apply() }
        result.expiries.append(expiry)
        if !isDryRun { expiry.report(town, actor: ledgers.actor) }
      } catch { result.errors.append("\(name): \(error.message)") }
    }
    return result
  }
}

extension WispExpiry {
  static let event = "compact"

  /// Writes down what was done; nothing when that is nothing.
  func report(_ town: Town, actor: String) {
    if deleted.isEmpty && promoted.isEmpty { return }
    EventLog(town).append(
      Self.event, actor: actor,
      [("rig", place), ("deleted", "\(deleted.count)"), ("promoted", "\(promoted.count)")])
  }
}
