public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// What squashing a molecule does, or would do.
public struct SquashReport: Sendable, Equatable {
  /// The root.
  public let moleculeID: IssueID
  /// What stays of the wisps; nil when there were none.
  public internal(set) var digestID: IssueID?
  /// The wisps that the digest tells of.
  public let squashed: [IssueID]
  /// Those of them that were deleted.
  public internal(set) var deleted: [IssueID] = []
  /// Whether the root was a wisp itself, and is kept and closed now.
  public let isWisp: Bool
  /// The text of the digest.
  public let content: String
}

extension Store {
  /// What squashing a molecule would do, without doing it; three queries.
  /// - Parameter summary: The text of the digest; nil for a list of the steps.
  /// - Throws: `notFound`.
  public func previewSquash(_ id: IssueID, summary: String? = nil) throws(BeadsError) -> SquashReport {
    let all = try issues([id] + descendants(of: id)).filter { !$0.isTombstone }
    guard let root = all.first, root.id == id else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    let wisps = all.dropFirst().filter(\.isEphemeral).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    return SquashReport(
      moleculeID: id, squashed: wisps.map(\.id), isWisp: root.isEphemeral,
      content: summary ?? Digest(root: root, steps: wisps, vocabulary: rules.vocabulary).text)
  }
}

extension Transaction {
  /// Condenses the wisps below a molecule into one closed task, the digest, and deletes them.
  ///
  /// A root that is a wisp itself is kept and closed. Without wisps nothing changes.
  /// - Parameters:
  ///   - summary: The text of the digest; nil for a list of the steps.
  ///   - keepsChildren: Whether the wisps stay.
  ///   - owner: The mail address of the person accountable for the digest.
  /// - Throws: `notFound`.
  @discardableResult
  public mutating func squash(
    _ id: IssueID, summary: String? = nil, keepsChildren: Bool = false, owner: String = ""
  ) throws(BeadsError) -> SquashReport {
    var report = try reader.previewSquash(id, summary: summary)
    guard !report.squashed.isEmpty, let root = try reader.issue(id) else { return report }
    let count = report.squashed.count
    let reason = "Squashed from \(count) wisp\(count == 1 ? "" : "s")"
    var digest = IssueDraft(title: ("Digest: " + root.title).truncated(toBytes: 500))
    digest.description = report.content
    digest.owner = owner
    digest.priority = root.priority
    digest.status = .closed
    digest.closeReason = reason
    digest.dependencies = [
      Dependency(id, dependsOn: id, type: .parentChild, createdAt: now, createdBy: actor)
    ]
    let digestID = try create(digest).id
    if !keepsChildren {
      report.deleted = try delete(report.squashed, reason: "squashed into \(digestID)", force: true).deleted
    }
    if report.isWisp {
      try update(id, force: true) { issue in
        issue.isEphemeral = false
        issue.wispType = ""
        if issue.status == .closed { return }
        issue.status = .closed
        issue.closeReason = "Squashed: \(count) wisp\(count == 1 ? "" : "s") into \(digestID)"
      }
    }
    report.digestID = digestID
    return report
  }
}

/// The list of steps that stands for them when nobody wrote a summary.
private struct Digest {
  let root: Issue
  let steps: [Issue]
  let vocabulary: Vocabulary

  var text: String {
    let done = steps.filter { vocabulary.category(of: $0.status) == .done }.count
    var lines = ["## \(oneLine(root.title))", "", "\(done) of \(steps.count) steps were closed.", ""]
    for step in steps {
      lines.append("- **\(oneLine(step.title))** (\(step.status))")
      let description = oneLine(step.description)
      if !description.isEmpty { lines.append("  \(description.truncated(toBytes: 200, mark: "..."))") }
      if !step.closeReason.isEmpty, step.closeReason != "Closed" {
        lines.append("  Outcome: \(oneLine(step.closeReason))")
      }
    }
    return lines.joined(separator: "\n")
  }

  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

extension String {
  /// The text up to a number of bytes, cut between characters.
  func truncated(toBytes limit: Int, mark: String = "") -> String {
    if utf8.count <= limit { return self }
    var end = utf8.index(startIndex, offsetBy: limit - mark.utf8.count)
    while end > startIndex, String.Index(end, within: self) == nil { end = utf8.index(before: end) }
    return self[..<end] + mark
  }
}
