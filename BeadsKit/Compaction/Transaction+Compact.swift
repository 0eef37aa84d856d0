public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// What shortening the texts of an issue did.
public struct CompactionReport: Sendable, Equatable {
  /// The issue.
  public let issueID: IssueID
  /// How far it was shortened.
  public let tier: CompactionTier
  /// Bytes of text before.
  public let originalSize: Int
  /// Bytes of text after.
  public let compactedSize: Int

  /// Bytes that the file is shorter by, roughly.
  public var savedBytes: Int { originalSize - compactedSize }
  /// The same in hundredths of what there was.
  public var reductionPercent: Double {
    originalSize == 0 ? 0 : Double(savedBytes) * 100 / Double(originalSize)
  }

  /// What a comment says about it.
  var note: String {
    "Tier \(tier.rawValue) compaction: \(originalSize) → \(compactedSize) bytes (saved \(savedBytes))"
  }
}

extension Transaction {
  /// Puts a summary in the place of a closed issue's texts, and keeps the whole issue for `restore`.
  ///
  /// - Parameters:
  ///   - summary: The new description; design, notes and acceptance criteria become empty.
  ///   - version: `updatedAt` of what the summary was made from; nil when that is what there is now.
  ///   - commit: The git commit that has the full text, as far as is known.
  ///   - force: Whether an issue that is not due may be shortened too, and by a longer summary.
  /// - Throws: `notFound`, `conflict` saying why the issue may not be shortened, `invalid` for a summary that is
  ///   empty or no shorter, `unsupported` in a store without database.
  @discardableResult
  public mutating func compact(
    _ id: IssueID, summary: String, tier: CompactionTier = .first, of version: Timestamp? = nil,
    commit: String? = nil, force: Bool = false
  ) throws(BeadsError) -> CompactionReport {
    try reader.requireSnapshots()
    guard let issue = try reader.issue(id), !issue.isTombstone else { throw noIssue(id) }
    if let version, issue.updatedAt != version {
      throw BeadsError(.conflict, "\(id) was changed while its summary was made", hint: "try again")
    }
    if let obstacle = try reader.compactionObstacle(issue, tier, force: force) {
      throw BeadsError(.conflict, "cannot compact: \(obstacle)")
    }
    let summary = String(summary.trimmingBlanks)
    let report = CompactionReport(
      issueID: id, tier: tier, originalSize: issue.textSize, compactedSize: summary.utf8.count)
    if summary.isEmpty { throw BeadsError(.invalid, "the summary of \(id) is empty") }
    if !force, report.savedBytes <= 0 {
      throw BeadsError(
        .invalid,
        "the summary of \(id) has \(report.compactedSize) bytes, its texts have \(report.originalSize)",
        hint: "write a shorter one")
    }
    let time = try moment(after: issue)
    try keepSnapshot(of: issue, compactedAt: time, summary: summary)
    let note = Comment(issueID: id, author: actor, text: report.note, createdAt: time)
    try update(id) { issue in
      issue.description = summary
      (issue.design, issue.notes, issue.acceptanceCriteria) = ("", "", "")
      issue.originalSize = issue.compactionLevel == 0 ? report.originalSize : issue.originalSize
      issue.compactionLevel = tier.rawValue
      issue.compactedAt = time
      issue.compactedAtCommit = commit
      issue.comments.append(note)
    }
    return report
  }

  fileprivate func noIssue(_ id: IssueID) -> BeadsError {
    BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
  }
}
