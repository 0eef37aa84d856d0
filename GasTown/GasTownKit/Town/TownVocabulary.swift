public import BeadsKit

extension IssueType {
  /// Tracks issues of any rig until they are done.
  public static let convoy = IssueType(rawValue: "convoy")
  /// A branch that waits to be merged.
  public static let mergeRequest = IssueType(rawValue: "merge-request")
}

extension Status {
  /// A convoy that was planned and found in order, and is not dispatched yet.
  public static let stagedReady = Status(rawValue: "staged_ready")
  /// A convoy that was planned with findings to look at.
  public static let stagedWarnings = Status(rawValue: "staged_warnings")
  /// Finished by its worker and waiting to be merged.
  public static let inReview = Status(rawValue: "in_review")

  /// Whether a convoy in this state is not dispatched yet.
  public var isStaged: Bool { self == .stagedReady || self == .stagedWarnings }
}

/// The types and statuses that Gas Town adds to a tracker's own.
public enum TownVocabulary {
  private static let types = [
    "agent", "role", "rig", "convoy", "slot", "queue", "event", "message", "molecule", "gate",
    "merge-request",
  ].map(IssueType.init(rawValue:))
  private static let statuses = [
    (Status.stagedReady, StatusCategory.frozen), (.stagedWarnings, .frozen), (.inReview, .wip),
  ]

  /// Adds the words that a tracker does not know yet to its settings; its own stay.
  ///
  /// Costs nothing when it knows them all, so that it can be called before each use.
  public static func teach(_ store: Store) throws(BeadsError) {
    let known = store.rules.vocabulary
    let types = types.filter { !known.isKnown($0) }.map(\.rawValue)
    let statuses = statuses.filter { !known.isKnown($0.0) }.map { "\($0.0):\($0.1)" }
    if types.isEmpty, statuses.isEmpty { return }
    let ownTypes = known.customTypes.map(\.rawValue)
    let ownStatuses = known.statuses.dropFirst(StatusDefinition.builtIn.count).map { definition in
      let category = definition.category
      return category == .unspecified ? "\(definition.status)" : "\(definition.status):\(category)"
    }
    try store.write("vocabulary") { tx throws(BeadsError) in
      if !types.isEmpty { try tx.setConfig("types.custom", (ownTypes + types).joined(separator: ",")) }
      if !statuses.isEmpty {
        try tx.setConfig("status.custom", (ownStatuses + statuses).joined(separator: ","))
      }
    }
  }
}
