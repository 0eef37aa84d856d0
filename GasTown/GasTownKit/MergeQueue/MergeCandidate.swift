public import BeadsKit

/// One branch on its way into another: what a merge request asks for, at the commit that was submitted.
public struct MergeCandidate: Sendable, Equatable {
  /// The merge request.
  public var id: IssueID
  /// The branch to merge.
  public var branch: BranchName
  /// The commit it was submitted at; a branch that has moved on since is submitted anew.
  public var head: GitID
  /// The issue it resolves.
  public var issue: IssueID?
  /// What the merge commit says when the branch has several commits.
  public var title: String
  /// How it becomes part of its target, whatever the rig does else; nil for what the rig does.
  public var style: MergeStyle?
  /// Whether it is an integration branch that lands.
  public var isLanding = false

  /// Describes a candidate.
  public init(id: IssueID, branch: BranchName, head: GitID, issue: IssueID?, title: String) {
    self.id = id
    self.branch = branch
    self.head = head
    self.issue = issue
    self.title = title
  }
}

/// How a branch becomes part of its target.
public enum MergeStyle: String, Sendable, CaseIterable {
  /// One commit with all its changes.
  case squash
  /// A commit with two parents.
  case merge
}
