public import BeadsKit

/// The assignment of an agent, as its tracker has it.
public struct HookedWork: Sendable {
  /// The issue.
  public let issue: Issue
  /// What is known about the work on it.
  public let attachment: Attachment

  /// Wraps an issue that is assigned.
  public init(_ issue: Issue) {
    self.issue = issue
    attachment = Attachment(issue)
  }
}

extension Issue {
  /// Whether it is the assignment of somebody: on a hook, or being worked on.
  public var isAssignment: Bool { (status == .hooked || status == .inProgress) && !assignee.isEmpty }
}

extension Transaction {
  /// Puts an issue on an agent's hook, if it still is as the caller saw it.
  ///
  /// Of many who give out one issue at once, one succeeds: status and assignee are compared and set in one
  /// transaction.
  /// - Parameter seen: The issue as the decision was made on it.
  /// - Throws: `conflict` when somebody has changed status or assignee meanwhile.
  @discardableResult
  public mutating func hook(
    _ seen: Issue, to agent: AgentAddress, _ attachment: Attachment? = nil
  ) throws(BeadsError) -> Issue {
    try update(seen.id) { issue throws(BeadsError) in
      try issue.requireUnchanged(since: seen)
      issue.status = .hooked
      issue.assignee = agent.text
      if let attachment { try attachment.write(to: &issue) }
    }
  }

  /// Takes an issue off its agent's hook, so that anybody can take it up.
  /// - Throws: `conflict` when somebody has changed status or assignee meanwhile.
  @discardableResult
  public mutating func unhook(_ seen: Issue) throws(BeadsError) -> Issue {
    try update(seen.id) { issue throws(BeadsError) in
      try issue.requireUnchanged(since: seen)
      issue.status = .open
      issue.assignee = ""
      try Attachment.remove(from: &issue)
    }
  }
}

extension Issue {
  fileprivate func requireUnchanged(since seen: Issue) throws(BeadsError) {
    guard status == seen.status, assignee == seen.assignee else {
      let holder = assignee.isEmpty ? "" : " and belongs to \(assignee)"
      throw BeadsError(
        .conflict, "\(id) has changed meanwhile: it is \(status)\(holder)", hint: "look at it and try again")
    }
  }
}
