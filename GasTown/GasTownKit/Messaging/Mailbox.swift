public import BeadsKit

/// The mail of a town: messages in the town's tracker, which survive the sessions of those who wrote them.
public struct Mailbox {
  let ledgers: Ledgers
  let database: TownDatabase?
  /// Called for each agent that got a message, after it was stored; never for the sender.
  public var onDelivery: ((AgentAddress, Mail) -> Void)?

  /// Works on the town's tracker.
  public init(_ ledgers: Ledgers, _ database: TownDatabase?) {
    self.ledgers = ledgers
    self.database = database
  }

  var town: Town { ledgers.town }

  /// The largest text of a message, in bytes.
  public static let maximumBodySize = 1 << 20

  // MARK: Sending

  /// Sends a message: one copy for each recipient, all in one transaction.
  ///
  /// - Returns: The copies, in the order of the recipients; a queue, board or channel has one of its own.
  /// - Throws: `not_found` for a recipient that does not exist, `invalid` for a missing subject, unknown type or a text
  ///   that is too long; then nothing was sent.
  @discardableResult
  public func send(_ draft: MailDraft) throws(BeadsError) -> [Mail] {
    let sender = if let sender = draft.sender { sender } else { try town.address(ledgers.actor) }
    try Self.validate(draft)
    let route = try MailRoute(town, database, sender: sender)
    let targets = try route.targets(of: draft.recipients)
    let copies = try route.targets(of: draft.copies).filter { !targets.contains($0) }
    if targets.isEmpty { throw BeadsError(.invalid, "the message has no recipient") }
    let hq = try ledgers.hq()
    let sent = try hq.write("mail send") { tx throws(BeadsError) in
      var sent: [Mail] = []
      var thread = try draft.answeredID.map { id throws(BeadsError) in Mail(try hq.message(id)).threadID }
      for target in targets + copies {
        let message = try Self.message(draft, to: target, copies: copies, thread: thread)
        let mail = Mail(try tx.send(message, from: sender.text))
        thread = thread ?? mail.threadID
        sent.append(mail)
      }
      for case .board(let kind, let name) in targets { try retain(kind, name, &tx) }
      return sent
    }
    let names = targets.map(\.assignee).joined(separator: ", ")
    EventLog(town).append("mail", actor: sender.text, [("to", names), ("subject", draft.subject)])
    for (target, mail) in zip(targets + copies, sent) {
      if case .agent(let address) = target, address != sender { onDelivery?(address, mail) }
    }
    return sent
  }

  private static func validate(_ draft: MailDraft) throws(BeadsError) {
    if !(0...4).contains(draft.priority) {
      throw BeadsError(
        .invalid, "priority \(draft.priority) is out of range", hint: "0 is urgent, 4 can wait")
    }
    if !MailDraft.types.contains(draft.type) {
      throw BeadsError(
        .invalid, "\(quoted(draft.type)) is no type of mail",
        hint: "use one of \(MailDraft.types.joined(separator: ", "))")
    }
    if draft.body.utf8.count > maximumBodySize {
      throw BeadsError(
        .invalid, "the text is \(draft.body.utf8.count) bytes long, \(maximumBodySize) is the limit",
        hint: "put it into a file and say where it is")
    }
  }

  private static func message(
    _ draft: MailDraft, to target: MailTarget, copies: [MailTarget], thread: String?
  ) throws(BeadsError) -> MessageDraft {
    // A subject is one line wherever it is shown.
    let subject = draft.subject.split(whereSeparator: \.isNewline).joined(separator: " ")
    var message = MessageDraft(to: target.assignee, subject: subject, body: draft.body)
    message.priority = draft.priority
    message.isTransient = !draft.isPermanent && !draft.isPinned
    message.isPinned = draft.isPinned
    message.answeredID = draft.answeredID
    message.labels = [Mail.label, "msg-type:\(draft.type)", Mail.pendingLabel]
    if let thread { message.labels.append("thread:\(thread)") }
    var members = JSONValue.object([])
    if !copies.isEmpty { members["cc"] = .array(copies.map { .string($0.assignee) }) }
    if case .board(let kind, let name) = target {
      members[kind == .queue ? "queue" : "channel"] = .string(name)
    }
    if members != .object([]) { message.metadata = members.compactText }
    return message
  }

  /// Puts away what a board no longer keeps.
  private func retain(
    _ kind: MessagingSettings.Kind, _ name: String, _ tx: inout Transaction
  ) throws(BeadsError) {
    let settings = try MessagingSettings.load(town)
    let count: Int
    var hours = 0
    switch kind {
    case .announcements: count = settings.announcements[name]?.retainedCount ?? 0
    case .channel:
      count = settings.channels[name]?.retainedCount ?? 0
      hours = settings.channels[name]?.retainedHours ?? 0
    case .list, .queue: return
    }
    let messages = try board(kind, name).sorted { ($1.sentAt, $1.id) < ($0.sentAt, $0.id) }
    let oldest = tx.now.adding(seconds: -3600 * Int64(hours))
    for (index, message) in messages.enumerated()
    where !message.isPinned && ((count > 0 && index >= count) || (hours > 0 && message.sentAt < oldest)) {
      try tx.close(message.id, reason: "Not kept any longer")
    }
  }

  /// Answers a message: the answer goes to its author, or, when that is the one who answers, to whom it went.
  ///
  /// What was answered counts as read.
  @discardableResult
  public func reply(
    to id: IssueID, _ body: String, subject: String? = nil, priority: Int? = nil, by sender: AgentAddress
  ) throws(BeadsError) -> Mail {
    let original = Mail(try ledgers.hq().message(id))
    let isOwn = original.from == sender.text
    var draft = MailDraft(
      to: isOwn ? original.to : original.from, subject: subject ?? Self.answering(original.subject),
      body: body)
    draft.sender = sender
    draft.type = "reply"
    draft.priority = priority ?? original.priority
    draft.answeredID = id
    draft.isPermanent = !original.issue.isEphemeral
    let answer = try send(draft)[0]
    if isRecipient(sender, of: original) { _ = try mark([id], read: true, by: sender) }
    return answer
  }

  private static func answering(_ subject: String) -> String {
    subject.lowercased().hasPrefix("re:") ? subject : Convoys.shortened("Re: " + subject, toBytes: 500)
  }
}
