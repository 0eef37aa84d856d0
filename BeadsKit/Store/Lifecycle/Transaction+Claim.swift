public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Takes an issue for this transaction's actor: assignee and status `in_progress` in one step.
  ///
  /// Open work that nobody has, or that was assigned to the actor, can be claimed; claiming again what one has is
  /// no error. Of many processes that claim at once, one succeeds.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `conflict` when another has it or its status does not allow it.
  @discardableResult
  public mutating func claim(_ id: IssueID) throws(BeadsError) -> Issue {
    let (store, actor, now) = (store, actor, now)
    return try update(id) { issue throws(BeadsError) in
      if !issue.assignee.isEmpty, issue.assignee != actor {
        throw BeadsError(.conflict, "issue already claimed by \(issue.assignee)")
      }
      // What was deferred until now is open, though nothing has said so yet.
      let isDue = issue.status == .deferred && issue.deferUntil.map { $0 <= now } ?? false
      let isOpen = isDue || store.rules.vocabulary.category(of: issue.status) == .active
      guard isOpen || issue.status == .inProgress || issue.status == .hooked else {
        throw BeadsError(.conflict, "cannot claim \(id): its status is \(issue.status)")
      }
      if issue.isTemplate { throw BeadsError(.conflict, "cannot claim \(id): it is a template") }
      issue.assignee = actor
      issue.status = .inProgress
    }
  }
}
