public import BeadsKit

/// What is to be sent.
public struct MailDraft: Sendable {
  /// Kinds of mail, which decide what a reader does with it.
  public static let types = ["notification", "task", "scavenge", "reply", "escalation"]

  /// Who gets it: agents, patterns, lists, queues and channels, as users write them.
  public var recipients: [String]
  /// Who gets a copy for information.
  public var copies: [String] = []
  /// One line on what it is about.
  public var subject: String
  /// The text.
  public var body: String
  /// 0 (urgent) to 4.
  public var priority = 2
  /// One of `types`.
  public var type = "notification"
  /// The message it answers.
  public var answeredID: IssueID?
  /// Whether it is kept for good; other mail may be swept away some time after it was put away.
  public var isPermanent = false
  /// Whether clearing a mailbox leaves it there.
  public var isPinned = false
  /// Who sends it; nil for whoever runs the command.
  public var sender: AgentAddress?

  /// Starts a message to one recipient.
  public init(to recipient: String, subject: String, body: String = "") {
    self.init(to: [recipient], subject: subject, body: body)
  }

  /// Starts a message to an agent.
  public init(to recipient: AgentAddress, subject: String, body: String = "") {
    self.init(to: [recipient.text], subject: subject, body: body)
  }

  /// Starts a message.
  public init(to recipients: [String], subject: String, body: String = "") {
    self.recipients = recipients
    self.subject = subject
    self.body = body
  }
}

/// A message that was sent: an issue of the town's tracker.
public struct Mail: Sendable, Equatable {
  static let label = "gt:message"
  static let pendingLabel = "delivery:pending"
  static let acknowledgedLabel = "delivery:acked"

  /// The issue.
  public let issue: Issue

  /// The message that an issue is.
  public init(_ issue: Issue) { self.issue = issue }

  /// Its ID.
  public var id: IssueID { issue.id }
  /// Who sent it.
  public var from: String { Mail.shown(issue.author) }
  /// Who got it: an agent, or `queue:NAME`, `channel:NAME`, `announce:NAME`.
  public var to: String { queue.map { "queue:\($0)" } ?? Mail.shown(issue.assignee) }
  /// What it is about.
  public var subject: String { issue.title }
  /// The text.
  public var body: String { issue.description }
  /// When it was sent.
  public var sentAt: Timestamp { issue.createdAt }
  /// Whether it was read.
  public var isRead: Bool { issue.isRead }
  /// Whether it was put away.
  public var isArchived: Bool { issue.isClosed }
  /// 0 (urgent) to 4.
  public var priority: Int { issue.priority }
  /// The kind of mail.
  public var type: String { tag("msg-type") ?? "notification" }
  /// The conversation it belongs to.
  public var threadID: String { tag("thread") ?? issue.threadID.rawValue }
  /// The message it answers.
  public var answeredID: IssueID? { issue.answeredID }
  /// Whether clearing a mailbox leaves it there.
  public var isPinned: Bool { issue.isPinned || issue.status == .pinned }
  /// Who got a copy.
  public var copies: [String] { issue.townMetadata["cc"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
  /// The queue it was sent to.
  public var queue: String? { metadata("queue") }
  /// The channel it was sent to.
  public var channel: String? { metadata("channel") }
  /// Who has taken it out of its queue.
  public var claimedBy: String? { metadata("claimed_by") }
  /// When that was.
  public var claimedAt: String? { metadata("claimed_at") }
  /// Whether its recipient has seen that it is there: `pending` or `acked`; nil for mail of other tools.
  public var delivery: String? {
    issue.labels.contains(Self.acknowledgedLabel)
      ? "acked" : issue.labels.contains(Self.pendingLabel) ? "pending" : nil
  }
  /// Who has seen it.
  public var acknowledgedBy: String? { metadata("delivery_acked_by") }
  /// When that was.
  public var acknowledgedAt: String? { metadata("delivery_acked_at") }

  private func metadata(_ key: String) -> String? { issue.townMetadata[key]?.stringValue }

  /// The value of a label `key:value`.
  private func tag(_ key: String) -> String? {
    issue.labels.first { $0.hasPrefix(key + ":") }.map { String($0.dropFirst(key.utf8.count + 1)) }
  }

  /// A name as it is shown: addresses in their one form.
  static func shown(_ name: String) -> String { AgentAddress(name)?.text ?? name }

  /// The word for a priority.
  public static func word(forPriority priority: Int) -> String {
    ["urgent", "high", "normal", "low", "backlog"][min(max(priority, 0), 4)]
  }
}

extension JSONWriter {
  /// Writes a message as an object.
  public mutating func mail(_ mail: Mail) {
    object { writer in
      writer.member("id", mail.id.rawValue)
      writer.member("from", mail.from)
      writer.member("to", mail.to)
      writer.member("subject", mail.subject)
      writer.member("body", mail.body)
      writer.member("timestamp", mail.sentAt.description)
      writer.member("read", mail.isRead)
      writer.member("archived", mail.isArchived)
      writer.member("priority", Mail.word(forPriority: mail.priority))
      writer.member("type", mail.type)
      writer.member("thread_id", mail.threadID)
      if let answered = mail.answeredID { writer.member("reply_to", answered.rawValue) }
      writer.member("pinned", mail.isPinned)
      writer.member("wisp", mail.issue.isEphemeral)
      writer.member("cc", mail.copies)
      if let value = mail.queue { writer.member("queue", value) }
      if let value = mail.channel { writer.member("channel", value) }
      if let value = mail.claimedBy { writer.member("claimed_by", value) }
      if let value = mail.claimedAt { writer.member("claimed_at", value) }
      if let value = mail.delivery { writer.member("delivery_state", value) }
      if let value = mail.acknowledgedBy { writer.member("delivery_acked_by", value) }
      if let value = mail.acknowledgedAt { writer.member("delivery_acked_at", value) }
    }
  }
}
