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
  /// Whether it is lasting context: it is not put away by the way.
  public var isPinned = false
  /// What it is labelled with.
  public var labels: [String] = []
  /// More about it: a JSON object as text.
  public var metadata: String?
  /// The message it answers; both belong to one conversation then.
  public var answeredID: IssueID?

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

  /// The label of a message that was read and is still in its mailbox.
  public static let readLabel = "read"

  /// Whether a message was read: it was put away, or marked.
  public var isRead: Bool { isClosed || labels.contains(Self.readLabel) }

  /// The conversation of a message: the ID of its first one.
  public var threadID: IssueID {
    let edge = dependencies.first { $0.type == .repliesTo }
    return edge.flatMap { IssueID(rawValue: $0.threadID) ?? $0.dependsOnID } ?? id
  }

  /// The message that this one answers.
  public var answeredID: IssueID? { dependencies.first { $0.type == .repliesTo }?.dependsOnID }
}
