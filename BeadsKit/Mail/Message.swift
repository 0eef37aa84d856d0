public import BeadsModel

/// A message that was not sent yet.
public struct MessageDraft: Sendable {
  /// Who gets it.
  public var recipient: String
  /// One line on what it is about.
  public var subject: String
  /// The text.
  public var body: String
  /// How urgent it is: 0 is most urgent.
  public var priority = 2
  /// Whether it is swept away some time after it was read; others stay until they are deleted.
  public var isTransient = true

  /// Starts a message.
  public init(to recipient: String, subject: String, body: String = "") {
    self.recipient = recipient
    self.subject = subject
    self.body = body
  }
}

extension Issue {
  /// Who wrote a message.
  public var author: String { sender.isEmpty ? createdBy : sender }

  /// The message that this one answers.
  public var answeredID: IssueID? { dependencies.first { $0.type == .repliesTo }?.dependsOnID }
}
