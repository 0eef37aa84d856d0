public import BeadsKit

extension DependencyType {
  /// The dependent waits until the target is merged; closing it in another way is not enough.
  public static let mergeBlocks = DependencyType(rawValue: "merge-blocks")
}

extension Store {
  /// What issues wait for that has to be merged first, by dependent; one or two queries.
  ///
  /// An issue counts as merged when it is done and its close reason begins with "Merged in ", which the merge engine and
  /// `gt done` write. A target in another tracker, or one that was deleted, holds nobody up, as with other edges.
  public func unmerged(before ids: some Sequence<IssueID>) throws(BeadsError) -> [IssueID: [IssueID]] {
    let edges = try edges(.down, of: ids).filter { $0.type == .mergeBlocks }
    if edges.isEmpty { return [:] }
    let targets = try issues(Array(Set(edges.map(\.dependsOnID))))
    let waited = Set(targets.filter { !$0.isTombstone && !isMerged($0) }.map(\.id))
    return Dictionary(grouping: edges.filter { waited.contains($0.dependsOnID) }, by: \.issueID)
      .mapValues { $0.map(\.dependsOnID) }
  }

  /// Those among issues that something keeps from being started: the tracker's own edges, or an unmerged target.
  func heldUp(among ids: some Sequence<IssueID>) throws(BeadsError) -> Set<IssueID> {
    try blocked(among: ids).union(unmerged(before: ids).keys)
  }

  private func isMerged(_ issue: Issue) -> Bool {
    rules.vocabulary.category(of: issue.status) == .done && issue.closeReason.hasPrefix("Merged in ")
  }
}
