public import BeadsModel
public import BeadsSystem

/// What `Transaction.setState` did.
public struct StateChange: Sendable, Equatable {
  /// The issue.
  public let issueID: IssueID
  /// The dimension, the part of the label before the colon.
  public let dimension: String
  /// The value before; nil when it had none.
  public let oldValue: String?
  /// The value now.
  public let newValue: String
  /// The event that records the change; nil when nothing changed.
  public let eventID: IssueID?
}

extension Issue {
  /// The value of a state dimension, kept as the label `dimension:value`.
  public func state(_ dimension: String) -> String? {
    labels.first { $0.hasPrefix(dimension + ":") }.map { String($0.dropFirst(dimension.count + 1)) }
  }

  /// Every dimension with its value, by name.
  public var states: [(dimension: String, value: String)] {
    var seen = Set<String>()
    return labels.sorted().compactMap { label in
      guard let colon = label.firstIndex(of: ":"), colon != label.startIndex,
        seen.insert(String(label[..<colon])).inserted
      else { return nil }
      return (String(label[..<colon]), String(label[label.index(after: colon)...]))
    }
  }
}

extension Transaction {
  /// Sets a state dimension: replaces the label `dimension:…` and records an event as a closed child.
  ///
  /// Setting the value it has changes nothing.
  /// - Parameter reason: Goes into the event's description unless empty.
  /// - Throws: `notFound`, `invalid` for an unusable or reserved dimension or value.
  @discardableResult
  public mutating func setState(
    _ dimension: String, to value: String, of id: IssueID, reason: String = ""
  ) throws(BeadsError) -> StateChange {
    guard let issue = try store.issue(id), !issue.isTombstone else { throw Store.noIssue(id.rawValue) }
    try Self.checkState(dimension, value)
    let old = issue.state(dimension)
    if old == value {
      return StateChange(issueID: id, dimension: dimension, oldValue: old, newValue: value, eventID: nil)
    }
    try update(id) { issue throws(BeadsError) in
      issue.labels.removeAll { $0.hasPrefix(dimension + ":") }
      try issue.addLabel("\(dimension):\(value)")
    }
    let event = try create(stateEvent(dimension, old, value, of: id, reason: reason))
    return StateChange(issueID: id, dimension: dimension, oldValue: old, newValue: value, eventID: event.id)
  }

  private static func checkState(_ dimension: String, _ value: String) throws(BeadsError) {
    if dimension.isEmpty || dimension.contains(where: { $0 == ":" || $0 == "=" || $0.isWhitespace }) {
      throw BeadsError(
        .invalid, "\(quoted(dimension)) is not a state dimension", hint: "use a word such as patrol")
    }
    if value.isEmpty || value != value.trimmingBlanks {
      throw BeadsError(.invalid, "\(quoted(value)) is not a state value", hint: "use a word such as active")
    }
  }

  private func stateEvent(
    _ dimension: String, _ old: String?, _ new: String, of id: IssueID, reason: String
  ) -> IssueDraft {
    var draft = IssueDraft(title: Self.title("State change: \(dimension) → \(new)"))
    draft.description =
      old.map { "Changed \(dimension) from \($0) to \(new)" } ?? "Set \(dimension) to \(new)"
    if !reason.isEmpty { draft.description += "\n\nReason: \(reason)" }
    draft.type = .event
    draft.status = .closed
    draft.closeReason = "Recorded"
    draft.priority = 4
    draft.inheritsLabels = false
    draft.isForced = true
    if id.depth < store.rules.maximumDepth {
      draft.parent = id
    } else {
      draft.dependencies = [
        Dependency(id, dependsOn: id, type: .parentChild, createdAt: now, createdBy: actor)
      ]
    }
    return draft
  }

  private static func title(_ text: String) -> String {
    var title = text
    while title.utf8.count > 500 { title.removeLast() }
    return title
  }
}
