import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// What a project accepts: its words, and how deep children may nest.
public struct IssueRules: Sendable {
  /// The statuses and types of the project.
  public var vocabulary: Vocabulary
  /// How many child numbers an ID may have (`hierarchy.max-depth`).
  public var maximumDepth: Int

  /// Rules with the built-in words unless given others.
  public init(vocabulary: Vocabulary = Vocabulary(), maximumDepth: Int = IssueID.defaultMaximumDepth) {
    self.vocabulary = vocabulary
    self.maximumDepth = maximumDepth
  }

  /// Throws when the issue breaks a rule that its earlier form did not break already.
  ///
  /// Data from files may hold words and lengths we would not accept; it stays editable because only what a change
  /// touches is checked.
  public func validate(_ issue: Issue, replacing before: Issue?) throws(BeadsError) {
    if issue.title != before?.title { try Self.validate(title: issue.title) }
    if issue.priority != before?.priority, !(0...4).contains(issue.priority) {
      throw BeadsError(
        .invalid, "priority \(issue.priority) is out of range", hint: "valid: 0 to 4, or P0 to P4")
    }
    if issue.status != before?.status, issue.status != .tombstone, !vocabulary.isKnown(issue.status) {
      _ = try vocabulary.status(issue.status.rawValue)
    }
    if issue.type != before?.type, !vocabulary.isKnown(issue.type) {
      _ = try vocabulary.type(issue.type.rawValue)
    }
    if let minutes = issue.estimatedMinutes, minutes < 0 {
      throw BeadsError(.invalid, "estimate \(minutes) is negative")
    }
    if issue.isEphemeral, issue.hasNoHistory {
      throw BeadsError(.invalid, "an issue cannot be both ephemeral and without history")
    }
    if let metadata = issue.metadata, metadata != before?.metadata, !isJSON(metadata) {
      throw BeadsError(.invalid, "metadata is not valid JSON")
    }
    if issue.agentState != before?.agentState, !issue.agentState.isEmpty,
      !Self.agentStates.contains(issue.agentState)
    {
      throw BeadsError(
        .invalid, "unknown agent state \(quoted(issue.agentState))",
        hint: "valid: \(Self.agentStates.joined(separator: ", "))")
    }
  }

  /// Throws unless the text is a title: 1 to 500 bytes, not only white space.
  public static func validate(title: String) throws(BeadsError) {
    if title.allSatisfy(\.isWhitespace) { throw BeadsError(.invalid, "title must not be empty") }
    let count = title.utf8.count
    if count > 500 {
      throw BeadsError(
        .invalid, "title is \(count) bytes long, 500 is the limit", hint: "put the rest into the description")
    }
  }

  private static let agentStates = [
    "idle", "spawning", "running", "working", "stuck", "done", "stopped", "dead",
  ]
}

extension Issue {
  /// Makes the fields that follow the status agree with it after a change (contract 1.2).
  package mutating func settle(after before: Issue?, now: Timestamp) {
    let previous = before?.status
    if status == .closed {
      if closedAt == nil { closedAt = now }
    } else if status != .tombstone {
      closedAt = nil
      if previous == .closed { settleReopened(before) }
    }
    if status == .inProgress, startedAt == nil { startedAt = now }
    if let previous, previous != status {
      if status != .pinned, before?.isPinned == isPinned { isPinned = false }
      if previous == .deferred, before?.deferUntil == deferUntil { deferUntil = nil }
    }
    if status != .tombstone {
      deletedAt = nil
      deletedBy = ""
      deleteReason = ""
      originalType = ""
    }
    settleLease(after: before)
    if metadata == "{}" { metadata = nil }
    if externalRef == "" { externalRef = nil }
    labels = Set(labels).sorted()
  }

  /// An issue that is open again is work: neither dated for later nor replaced by another (edge cases 13, 22).
  private mutating func settleReopened(_ before: Issue?) {
    closeReason = ""
    closedBySession = ""
    if before?.deferUntil == deferUntil { deferUntil = nil }
    let old = before?.dependencies ?? []
    dependencies.removeAll { ($0.type == .supersedes || $0.type == .duplicates) && old.contains($0) }
  }
}

private func isJSON(_ text: String) -> Bool { JSONValue(parsing: text) != nil }
