public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Transaction {
  /// Makes the swarm of an epic: the issue that stands for agents who work on it together.
  ///
  /// An issue that is no epic is put into a new one first.
  /// - Parameters:
  ///   - coordinator: Who looks after it; becomes the assignee.
  ///   - force: Whether there may be a second one.
  /// - Returns: The swarm and its epic.
  /// - Throws: `notFound`; `exists` when there is one; `conflict` when the children wait for each other in a circle, the
  ///   epic is finished, or the issue to be wrapped is part of something else.
  public mutating func createSwarm(
    of id: IssueID, coordinator: String = "", force: Bool = false
  ) throws(BeadsError) -> (swarm: Issue, epic: Issue) {
    guard let issue = try store.issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    if store.isFinished(issue) {
      throw BeadsError(.conflict, "\(id) is \(issue.status): there is nothing to swarm over")
    }
    let epic = issue.type == .epic || issue.type == .molecule ? issue : try wrap(issue)
    if !force, let other = try store.openSwarm(of: epic.id) {
      throw BeadsError(
        .exists, "\(epic.id) has the swarm \(other.id) already", hint: "--force makes another one")
    }
    let analysis = try store.swarmAnalysis(of: epic.id)
    if let error = analysis.errors.first {
      throw BeadsError(
        .conflict, "\(epic.id) cannot be swarmed: \(error)", hint: "`bd swarm validate \(epic.id)` lists all")
    }
    var draft = IssueDraft(title: Self.title("Swarm: ", epic.title))
    draft.type = .molecule
    draft.molType = "swarm"
    draft.assignee = coordinator
    draft.description = "Agents working on \(epic.id) together."
    let swarm = try create(draft)
    try addDependency(swarm.id, dependsOn: epic.id, type: .relatesTo)
    return (swarm, epic)
  }

  private mutating func wrap(_ issue: Issue) throws(BeadsError) -> Issue {
    if let parent = issue.parentID {
      throw BeadsError(
        .conflict, "\(issue.id) is part of \(parent), it cannot be put into another epic",
        hint: "`bd swarm create \(parent)` swarms over all of that")
    }
    var draft = IssueDraft(title: Self.title("Swarm Epic: ", issue.title))
    draft.type = .epic
    draft.priority = issue.priority
    let epic = try create(draft)
    try setParent(of: issue.id, to: epic.id)
    return epic
  }

  private static func title(_ prefix: String, _ text: String) -> String {
    var title = prefix + text
    while title.utf8.count > 500 { title.removeLast() }
    return title
  }
}
