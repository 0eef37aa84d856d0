public import BeadsModel

/// What the making of a database anew found, kept and lost.
public struct RecoveryReport: Sendable {
  /// What was there before.
  public let found: DatabaseCondition
  /// Where the old database is now; nil when there was none, or nothing was changed.
  public internal(set) var keptAs: String?
  /// Issues in the new database, deleted ones included.
  public internal(set) var issueCount = 0
  /// Issues of the old database that the file does not have.
  public internal(set) var onlyInDatabase: [IssueID] = []
  /// Issues whose state in the old database the file does not have yet.
  public internal(set) var unwritten: [IssueID] = []
  /// Operations in the log, which `bd undo` takes back.
  public internal(set) var operationCount = 0
  /// Audit events.
  public internal(set) var eventCount = 0
  /// What could not be recovered, one sentence each.
  public internal(set) var losses: [String] = []
  /// What reading the file brought, and its bad lines; nil without a file.
  public internal(set) var imported: ImportReport?

  init(found: DatabaseCondition) { self.found = found }

  /// What happened, one sentence each.
  public func sentences(database: String, file: String) -> [String] {
    var lines: [String] = []
    if let reason = found.reason {
      lines.append("\(database) \(reason)\(keptAs.map { "; it is kept as \($0)" } ?? "")")
    } else if let keptAs {
      lines.append("the old database is kept as \(keptAs)")
    }
    let more = [
      onlyInDatabase.isEmpty ? nil : "\(onlyInDatabase.count) that only the old database had",
      unwritten.isEmpty ? nil : "\(unwritten.count) with changes that the file does not have yet",
    ].compactMap { $0 }
    let source = imported == nil ? "the old database" : file
    lines.append(
      "made it anew from \(source): \(issueCount) issues\(more.isEmpty ? "" : ", " + more.joined(separator: ", "))"
    )
    return lines + losses
  }
}
