import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// What an undo did.
public struct UndoReport: Sendable, Equatable {
  /// The operation that was taken back.
  public let operation: Operation
  /// Issues that have their earlier state again.
  public internal(set) var restored: [IssueID] = []
  /// Issues that the operation had created and that are deleted now.
  public internal(set) var removed: [IssueID] = []
  /// Settings that have their earlier value again.
  public internal(set) var settings: [String] = []
}

extension Store {
  /// Takes an operation back: every issue and setting it changed gets the state it had before.
  ///
  /// Without a number it is the last operation that was not taken back yet, so that repeated calls step back.
  /// Undoing an undo brings the change back. What the operation created becomes a tombstone, because the file may
  /// have reached other clones.
  /// - Throws: `notFound` when there is nothing to undo, `conflict` when a later operation changed the same issue.
  @discardableResult
  public func undo(_ number: Int64? = nil) throws(BeadsError) -> UndoReport {
    let target = try undoTarget(number)
    return try write("undo", trail: .full, undoes: target.id) { transaction throws(BeadsError) in
      var report = UndoReport(operation: target)
      for change in try changes(of: target.id) {
        try requireUnchanged(change.subject, since: target)
        try transaction.revert(change, &report)
      }
      transaction.summary = "operation \(target.id) (\(target.kind))"
      transaction.isLogged = true
      return report
    }
  }

  /// The operation that `undo` would take back.
  /// - Throws: `notFound` when there is none, `conflict` when it is undone already.
  public func undoTarget(_ number: Int64? = nil) throws(BeadsError) -> Operation {
    guard let number else { return try lastUndoable() }
    let target = try operation(number)
    if target.isUndone {
      throw BeadsError(
        .conflict, "operation \(target.id) (\(target.kind)) is undone already", hint: "see `bd op log`")
    }
    if target.kind == Operation.takeOverKind {
      throw BeadsError(
        .conflict, "operation \(target.id) took over what others wrote into \(location.jsonlPath)",
        hint: "undo it where it was made, or change the issues")
    }
    if target.kind == Operation.separationKind {
      throw BeadsError(
        .conflict, "operation \(target.id) gave issues that had the ID of another one of their own",
        hint: "`bd rename OLD NEW` gives an issue yet another ID")
    }
    return target
  }

  private func lastUndoable() throws(BeadsError) -> Operation {
    let condition =
      "o.undoes IS NULL AND o.kind NOT IN ('\(Operation.takeOverKind)', '\(Operation.separationKind)') "
      + "AND NOT EXISTS (SELECT 1 FROM operations u WHERE u.undoes = o.id)"
    guard let operation = try operations(where: condition, limit: 1).first else {
      throw BeadsError(.notFound, "there is nothing to undo")
    }
    return operation
  }

  /// A later change that still stands would be lost.
  private func requireUnchanged(_ subject: String, since operation: Operation) throws(BeadsError) {
    let later = try connection.int64(
      """
      SELECT o.id FROM operation_changes c JOIN operations o ON o.id = c.operation_id
      WHERE c.subject = ?1 AND o.id > ?2 AND o.undoes IS NULL
        AND NOT EXISTS (SELECT 1 FROM operations u WHERE u.undoes = o.id)
      ORDER BY o.id DESC LIMIT 1
      """, subject, operation.id)
    if let later {
      throw BeadsError(
        .conflict, "\(subject) was changed again by operation \(later)",
        hint: "undo that one first: `bd undo \(later)`")
    }
  }
}

extension Transaction {
  fileprivate mutating func revert(
    _ change: OperationChange, _ report: inout UndoReport
  ) throws(BeadsError) {
    if let key = change.configKey {
      try setConfig(key, change.before)
      report.settings.append(key)
      return
    }
    let id = IssueID(unchecked: change.subject)
    let current = try store.issue(id)
    if let before = change.before {
      var image = try Self.decode(before, of: id)
      image.updatedAt = try moment(after: current)
      if let current, Self.isSame(current, image) { return }
      try apply(before: current, after: image)
      report.restored.append(id)
    } else if let current, !current.isTombstone {
      _ = try bury(current, reason: "undo")
      report.removed.append(id)
    }
  }

  private static func isSame(_ a: Issue, _ b: Issue) -> Bool {
    var copy = a
    copy.updatedAt = b.updatedAt
    return copy == b
  }

  private static func decode(_ line: String, of id: IssueID) throws(BeadsError) -> Issue {
    do throws(JSONError) { return try IssueDecoder().decodeIssue(line) } catch {
      throw BeadsError(.corrupt, "the stored image of \(id) cannot be read: \(error.reason)")
    }
  }
}
