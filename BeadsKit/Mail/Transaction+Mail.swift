public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Transaction {
  /// Sends a message: an issue of type `message` that stays in this clone.
  ///
  /// - Parameter sender: Who sends it.
  /// - Returns: The message as saved.
  /// - Throws: `invalid` for an empty recipient, sender or subject.
  @discardableResult
  public mutating func send(_ draft: MessageDraft, from sender: String) throws(BeadsError) -> Issue {
    try create(try message(draft, from: sender))
  }

  /// Answers a message: the answer goes to its author, and belongs to the same conversation.
  ///
  /// An answer to one's own message goes to whom that went. A message that the answering one got counts as read.
  /// - Parameter subject: Nil for the same with `Re: ` before it.
  /// - Returns: The answer as saved.
  /// - Throws: `notFound`, `conflict` when the issue is no message, `invalid` as `send` does.
  @discardableResult
  public mutating func answer(
    _ id: IssueID, with body: String, subject: String? = nil, priority: Int? = nil, from sender: String
  ) throws(BeadsError) -> Issue {
    let original = try reader.message(id)
    var draft = MessageDraft(
      to: original.author == sender ? original.assignee : original.author,
      subject: subject ?? Self.answering(original.title), body: body)
    draft.priority = priority ?? original.priority
    draft.isTransient = original.isEphemeral
    draft.answeredID = id
    let answer = try send(draft, from: sender)
    if original.assignee == sender { try acknowledge(id, by: sender) }
    return answer
  }

  /// Notes that a message was read; it stays in its mailbox.
  ///
  /// One that was put away is left as it is.
  /// - Throws: `notFound`, `conflict` when it is no message.
  @discardableResult
  public mutating func markRead(_ id: IssueID) throws(BeadsError) -> Issue {
    if try reader.message(id).isRead { return try reader.message(id) }
    return try update(id) { issue throws(BeadsError) in try issue.addLabel(Issue.readLabel) }
  }

  /// Makes a message unread again, and takes it back into the mailbox when it was put away.
  /// - Throws: `notFound`, `conflict` when it is no message.
  @discardableResult
  public mutating func markUnread(_ id: IssueID) throws(BeadsError) -> Issue {
    _ = try reader.message(id)
    return try update(id) { issue throws(BeadsError) in
      try issue.removeLabel(Issue.readLabel)
      if issue.status == .closed { issue.status = .open }
    }
  }

  /// Reads a message and puts it away; one that was put away before is left as it is.
  /// - Parameter reader: Who has read it.
  /// - Throws: `notFound`, `conflict` when it is no message or somebody else's.
  @discardableResult
  public mutating func acknowledge(_ id: IssueID, by name: String) throws(BeadsError) -> Issue {
    let message = try reader.message(id)
    guard message.assignee == name else {
      throw BeadsError(
        .conflict, "\(id) is for \(quoted(message.assignee)), not for \(quoted(name))",
        hint: "--actor says who reads")
    }
    return try close(id, reason: "Read")
  }

  private func message(_ draft: MessageDraft, from sender: String) throws(BeadsError) -> IssueDraft {
    let recipient = String(draft.recipient.trimmingBlanks)
    if recipient.isEmpty { throw BeadsError(.invalid, "the message has no recipient") }
    if sender.trimmingBlanks.isEmpty { throw BeadsError(.invalid, "the message has no sender") }
    if draft.subject.trimmingBlanks.isEmpty { throw BeadsError(.invalid, "the message has no subject") }
    var issue = IssueDraft(title: draft.subject)
    issue.description = draft.body
    issue.type = .message
    issue.priority = draft.priority
    issue.assignee = recipient
    issue.sender = sender
    issue.isEphemeral = draft.isTransient
    issue.isPinned = draft.isPinned
    issue.labels = draft.labels
    issue.metadata = draft.metadata
    if let answered = draft.answeredID {
      let thread = try reader.message(answered).threadID
      issue.dependencies = [
        Dependency(
          answered, dependsOn: answered, type: .repliesTo, createdAt: now, createdBy: actor,
          threadID: thread.rawValue)
      ]
    }
    return issue
  }

  private static func answering(_ subject: String) -> String {
    subject.lowercased().hasPrefix("re:") ? subject : ("Re: " + subject).truncated(toBytes: 500)
  }
}
