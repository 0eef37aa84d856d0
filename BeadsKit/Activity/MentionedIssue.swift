public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// An unfinished issue that a commit message mentions: work that may be done although nobody closed it.
public struct MentionedIssue: Sendable {
  /// The issue.
  public let issue: Issue
  /// The newest commit that mentions it, 40 hexadecimal digits.
  public let commit: String
  /// The first line of its message.
  public let summary: String
}

extension Store {
  /// The matching issues that the first lines of commit messages mention, in ID order.
  ///
  /// Looks through every commit that can be reached from HEAD, newest first, until all are found; empty without a
  /// repository. IDs count as whole words.
  /// - Throws: `unsupported` without libgit2; `io_error` when the repository is damaged.
  public func mentionedIssues(
    in workspace: Workspace, matching filter: IssueFilter
  ) throws(BeadsError) -> [MentionedIssue] {
    let issues = try issues(matching: filter, order: IssueOrder(.id))
    guard let location = workspace.repository, !issues.isEmpty else { return [] }
    let repository = try GitRepository(location)
    guard let head = try repository.commit("HEAD") else { return [] }
    var missing = Set(issues.map(\.id.rawValue))
    var found: [IssueID: (commit: String, summary: String)] = [:]
    try repository.forEachCommit(from: [head]) { commit throws(BeadsError) in
      let summary = try repository.text(of: commit.id).summary
      for name in mentions(in: summary, of: missing) {
        found[IssueID(unchecked: name)] = ("\(commit.id)", summary)
        missing.remove(name)
      }
      return !missing.isEmpty
    }
    return issues.compactMap { issue in
      found[issue.id].map { MentionedIssue(issue: issue, commit: $0.commit, summary: $0.summary) }
    }
  }
}
