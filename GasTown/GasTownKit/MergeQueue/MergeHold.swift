public import BeadsKit

/// Why a queue waits by itself, and what ends the waiting: unlike a pause, nobody has to lift it.
public struct MergeHold: Sendable, Equatable {
  /// What is in the way, in a sentence.
  public var reason: String
  /// The branch that fails its own gates, and the commit it did so at; nil for trouble with the machine or the origin.
  public var broken: (target: BranchName, commit: GitID)?
  /// The merge requests that were tried on the broken target and did not mend it.
  public var tried: [IssueID] = []
  /// How often the same was in the way.
  public var count = 1
  /// Before when it is of no use to try again, in nanoseconds since 1970.
  public var retryAt: Int64 = 0
  /// The escalation about it.
  public var escalation: IssueID?

  /// Whether two say the same.
  public static func == (a: MergeHold, b: MergeHold) -> Bool { a.text == b.text }

  init(reason: String) { self.reason = reason }

  // MARK: As text

  var text: String {
    JSONValue.members([
      ("reason", .string(reason)), ("target", broken.map { .string($0.target.rawValue) }),
      ("commit", broken.map { .string($0.commit.description) }),
      ("tried", .array(tried.map { .string($0.rawValue) })), ("count", .int(count)),
      ("retry_at", .int(Int(retryAt))), ("escalation", escalation.map { .string($0.rawValue) }),
    ]).compactText
  }

  init?(text: String) {
    guard let object = JSONValue(parsing: text), let reason = object["reason"]?.stringValue
    else { return nil }
    self.reason = reason
    if let target = object["target"]?.stringValue.flatMap(BranchName.init(rawValue:)),
      let commit = object["commit"]?.stringValue.flatMap({ GitID($0) })
    {
      broken = (target, commit)
    }
    tried = (object["tried"]?.arrayValue ?? []).compactMap {
      $0.stringValue.flatMap(IssueID.init(rawValue:))
    }
    count = object["count"]?.intValue ?? 1
    retryAt = Int64(object["retry_at"]?.intValue ?? 0)
    escalation = object["escalation"]?.stringValue.flatMap(IssueID.init(rawValue:))
  }
}

extension TownDatabase {
  /// Why the queue of a rig waits by itself; nil when it does not.
  public func mergeHold(rig: RigName) throws(BeadsError) -> MergeHold? {
    try fact("mq.hold.\(rig)").flatMap { MergeHold(text: $0) }
  }

  /// Has the queue of a rig wait, or (nil) go on.
  func setMergeHold(rig: RigName, _ hold: MergeHold?) throws(BeadsError) {
    try setFact("mq.hold.\(rig)", hold?.text)
  }
}
