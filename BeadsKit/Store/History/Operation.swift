public import BeadsModel
public import BeadsSystem

/// One committed change of the store, as `bd op log` lists it.
public struct Operation: Sendable, Equatable {
  /// Counts up; never used twice.
  public let id: Int64
  /// The command that made it.
  public let kind: String
  /// Who made it.
  public let actor: String
  /// When it was committed.
  public let createdAt: Timestamp
  /// One line on what it did; may be empty.
  public let summary: String
  /// The operation that this one took back.
  public let undoes: Int64?
  /// Whether another operation took this one back.
  public let isUndone: Bool
  /// How many issues and settings it changed.
  public let changeCount: Int

  /// What taking over the project's own file is logged as.
  ///
  /// The change was made elsewhere, and undoing it would delete in every clone what a fresh one only read.
  public static let takeOverKind = "take over file"

  /// What is logged when an import finds that issues here have the IDs of earlier ones.
  ///
  /// Other clones rename them too, so that undoing it here would make two issues of one.
  public static let separationKind = "separate issues"
}

/// What an operation did to one issue or setting.
public struct OperationChange: Sendable, Equatable {
  /// The ID of the issue, or `config KEY`.
  public let subject: String
  /// The line of the issue, or the value, before; nil when there was none.
  public let before: String?
  /// The same after; nil when there is none, or when the operation was a bulk import and keeps only what undo needs.
  public let after: String?

  /// What `after` is when the record of a deletion was forgotten: nothing is left of the issue.
  static let forgotten = ""

  /// The setting's key when this is about a setting.
  var configKey: String? { subject.hasPrefix("config ") ? String(subject.dropFirst(7)) : nil }
}

extension Store {
  /// The operations, newest first.
  public func operations(limit: Int = 20) throws(BeadsError) -> [Operation] {
    try operations(where: "1", limit: limit)
  }

  /// The operation of that number.
  /// - Throws: `notFound`.
  public func operation(_ id: Int64) throws(BeadsError) -> Operation {
    guard let operation = try operations(where: "o.id = \(id)", limit: 1).first else {
      throw BeadsError(.notFound, "there is no operation \(id)", hint: "list them with `bd op log`")
    }
    return operation
  }

  /// What an operation changed, in the order of the subjects.
  public func changes(of operation: Int64) throws(BeadsError) -> [OperationChange] {
    try connection.all(
      "SELECT subject, before, after FROM operation_changes WHERE operation_id = ?1 ORDER BY subject",
      operation
    ) { row in
      let (subject, after) = (row.text(0), row.optionalText(2))
      let isForgotten = after == OperationChange.forgotten && !subject.hasPrefix("config ")
      return OperationChange(
        subject: subject, before: row.optionalText(1), after: isForgotten ? nil : after)
    }
  }

  func operations(where condition: String, limit: Int) throws(BeadsError) -> [Operation] {
    try connection.all(
      """
      SELECT o.id, o.kind, o.actor, o.created_at, o.summary, o.undoes,
        EXISTS (SELECT 1 FROM operations u WHERE u.undoes = o.id),
        (SELECT COUNT(*) FROM operation_changes c WHERE c.operation_id = o.id)
      FROM operations o WHERE \(condition) ORDER BY o.id DESC LIMIT \(limit)
      """
    ) { row throws(BeadsError) in
      guard let time = Timestamp(row.text(3)) else {
        throw BeadsError(.corrupt, "operation \(row.int64(0)) has no valid time")
      }
      return Operation(
        id: row.int64(0), kind: row.text(1), actor: row.text(2), createdAt: time, summary: row.text(4),
        undoes: row.optionalInt64(5), isUndone: row.bool(6), changeCount: row.int(7))
    }
  }
}
