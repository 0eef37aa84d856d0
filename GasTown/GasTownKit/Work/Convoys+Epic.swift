public import BeadsKit

extension Convoys {
  /// The issues below an epic that one agent can do: tasks, bugs, features and chores at any depth, without those that
  /// are done.
  /// - Throws: `not_found`; `conflict` when there are none.
  public func slingable(below epic: IssueID) throws(BeadsError) -> [IssueID] {
    let store = try ledgers.store(for: epic)
    guard let root = try store.issue(epic), !root.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(epic)")
    }
    let vocabulary = store.rules.vocabulary
    let found = try store.issues(store.descendants(of: epic)).filter { issue in
      TrackedIssue.isSlingable(issue.type) && vocabulary.category(of: issue.status) != .done
    }
    if found.isEmpty {
      throw BeadsError(
        .conflict, "nothing below \(epic) is work that is not done",
        hint: "tasks, bugs, features and chores below it are tracked, at any depth")
    }
    return found.map(\.id)
  }
}
