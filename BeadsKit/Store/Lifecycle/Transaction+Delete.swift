public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Deletes issues: what stays of each is a tombstone, so that the deletion wins merges.
  ///
  /// Edges from and to them go, and texts of the issues connected with them name them as `[deleted:ID]`.
  /// - Parameters:
  ///   - reason: Kept in the tombstones.
  ///   - cascade: Whether everything that waits for them, and their children, are deleted too.
  ///   - force: Whether issues that wait for them may be left behind.
  ///   - erase: Whether titles, texts, labels and comments go as well, which tombstones keep otherwise.
  /// - Throws: `notFound`, `conflict` when others wait for them and neither `cascade` nor `force` is set.
  @discardableResult
  public mutating func delete(
    _ ids: [IssueID], reason: String = "", cascade: Bool = false, force: Bool = false, erase: Bool = false
  ) throws(BeadsError) -> DeletionReport {
    let plan = try DeletionPlan(store: store, ids: ids, cascade: cascade)
    let report = plan.report
    if !force, !cascade, let first = report.orphaned.first {
      let others = report.orphaned.count > 1 ? " and \(report.orphaned.count - 1) more" : ""
      throw BeadsError(.conflict, "cannot delete: \(first)\(others) would lose what it waits for")
    }
    let gone = Set(report.deleted)
    for id in plan.edited {
      try update(id) { issue in
        issue.dependencies.removeAll { gone.contains($0.dependsOnID) }
        issue.replaceMentions(plan.names)
      }
    }
    for issue in try store.issues(report.deleted) {
      var tombstone = issue
      if erase { tombstone.erase() }
      tombstone.becomeTombstone(by: actor, reason: reason, at: try moment(after: issue))
      try apply(before: issue, after: tombstone)
    }
    return report
  }
}

extension Issue {
  /// Forgets everything but what the record of a deletion needs.
  fileprivate mutating func erase() {
    var rest = Issue(id: id, title: "(deleted)", createdAt: createdAt)
    rest.type = type
    rest.createdBy = createdBy
    rest.isEphemeral = isEphemeral
    rest.hasNoHistory = hasNoHistory
    self = rest
  }
}
