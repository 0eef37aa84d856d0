public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Closes an issue as a duplicate of another, which may be closed itself.
  ///
  /// What guards the issue is ignored: the other one has the same blockers, children and so on, or should have.
  /// - Throws: `notFound`, `invalid` (itself), `cycle` when the other one is a duplicate of this.
  public mutating func markDuplicate(_ issue: IssueID, of canonical: IssueID) throws(BeadsError) {
    try replace(
      issue, by: canonical, .duplicates, what: "a duplicate of", reason: "Duplicate of \(canonical)")
  }

  /// Closes an issue because another one takes its place.
  ///
  /// - Throws: `notFound`, `invalid` (itself), `cycle` when this one takes the place of the other.
  public mutating func supersede(_ issue: IssueID, with replacement: IssueID) throws(BeadsError) {
    try replace(
      issue, by: replacement, .supersedes, what: "superseded by", reason: "Superseded by \(replacement)")
  }

  private mutating func replace(
    _ issue: IssueID, by other: IssueID, _ type: DependencyType, what: String, reason: String
  ) throws(BeadsError) {
    if issue == other { throw BeadsError(.invalid, "\(issue) cannot be \(what) itself") }
    let rules = EdgeRules(store: store)
    try rules.requireIssue(issue)
    try rules.requireIssue(other)
    if let path = try rules.path(from: other, to: issue, types: [.duplicates, .supersedes]) {
      throw BeadsError(
        .cycle,
        "\(issue) cannot be \(what) \(other): \(other) was replaced by it: "
          + path.map(\.rawValue).joined(separator: " → "), hint: "reopen \(other) first")
    }
    try addDependency(issue, dependsOn: other, type: type)
    try close(issue, reason: reason, force: true)
  }
}
