public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// An issue as it was before its texts were shortened.
public struct FullText: Sendable {
  /// Where the texts were kept.
  public enum Source: Sendable, Equatable {
    /// In the database of this clone.
    case snapshot
    /// In git, in this commit.
    case commit(String)
  }

  /// The whole issue.
  public let issue: Issue
  /// Where it was kept.
  public let source: Source
  /// When the texts were shortened, the last time first.
  let compactedAt: [Timestamp]
  /// What took the place of the description; nil when only git knows the full text.
  let summary: String?
}

extension Store {
  /// The full texts of a compacted issue: from this clone's snapshots, or else from git's history.
  ///
  /// Git is read, nothing is checked out; without a snapshot that takes time linear in the history.
  /// - Parameter workspace: The project, for looking into git; nil leaves that out.
  /// - Throws: `notFound`, `conflict` when it is not compacted, `unsupported` when git is needed and not there.
  public func fullText(of id: IssueID, in workspace: Workspace?) throws(BeadsError) -> FullText {
    guard let issue = try issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    if issue.compactionLevel == 0 { throw BeadsError(.conflict, "\(id) is not compacted") }
    if let kept = try keptText(of: issue) { return kept }
    return try committedText(of: issue, workspace)
  }

  /// Follows the snapshots back to the one that was not shortened yet.
  private func keptText(of issue: Issue) throws(BeadsError) -> FullText? {
    let snapshots = try snapshots(of: issue.id)
    var (image, times) = (issue, [Timestamp]())
    var summary: String?
    while image.compactionLevel > 0 {
      guard let time = image.compactedAt,
        let found = snapshots.last(where: { $0.compactedAt == time && !times.contains(time) })
      else { return nil }
      times.append(time)
      summary = summary ?? found.summary
      image = found.issue
    }
    return FullText(issue: image, source: .snapshot, compactedAt: times, summary: summary)
  }

  private func committedText(of issue: Issue, _ workspace: Workspace?) throws(BeadsError) -> FullText {
    guard let workspace else { throw Self.lost(issue.id) }
    let history = try IssueHistory(workspace)
    for revision in [issue.compactedAtCommit, "HEAD"].compactMap(\.self) {
      for version in try history.versions(of: issue.id, current: nil, from: revision) {
        guard let full = version.change.after, full.compactionLevel == 0, !full.isTombstone,
          let commit = version.commit
        else { continue }
        return FullText(
          issue: full, source: .commit(commit), compactedAt: [issue.compactedAt].compactMap(\.self),
          summary: nil)
      }
    }
    throw Self.lost(issue.id)
  }

  private static func lost(_ id: IssueID) -> BeadsError {
    BeadsError(
      .notFound, "the full text of \(id) is neither in this clone nor in git's history",
      hint: "the clone that compacted it has it")
  }
}

extension Transaction {
  /// Gives a compacted issue its full texts back.
  ///
  /// What was written since stays: texts are joined, everything else is left as it is now.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`.
  @discardableResult
  public mutating func restore(_ full: FullText) throws(BeadsError) -> Issue {
    try update(full.issue.id) { issue in
      let isEdited = full.summary.map { $0 != issue.description } ?? false
      issue.description = isEdited ? join(full.issue.description, issue.description) : full.issue.description
      issue.design = join(full.issue.design, issue.design)
      issue.notes = join(full.issue.notes, issue.notes)
      issue.acceptanceCriteria = join(full.issue.acceptanceCriteria, issue.acceptanceCriteria)
      issue.compactionLevel = full.issue.compactionLevel
      issue.compactedAt = full.issue.compactedAt
      issue.compactedAtCommit = full.issue.compactedAtCommit
      issue.originalSize = full.issue.originalSize
      issue.comments.removeAll { comment in
        full.compactedAt.contains(comment.createdAt) && comment.text.utf8.starts(with: "Tier ".utf8)
          && comment.text.contains(" compaction: ")
      }
    }
  }
}

/// Two texts below each other, or the one there is.
private func join(_ first: String, _ second: String) -> String {
  if first.isEmpty || first == second { return second }
  return second.isEmpty ? first : first + "\n\n" + second
}
