public import BeadsKit

extension Mailbox {
  /// The messages of an agent, the most urgent first, then the latest; whatever spelling they were sent to.
  public func inbox(
    of address: AgentAddress, _ extent: MessageFilter.Extent = .kept
  ) throws(BeadsError) -> [Mail] {
    var filter = MessageFilter(.received(address.text))
    filter.aliases = town.mailAliases(of: address)
    filter.extent = extent
    return try ledgers.hq().messages(filter).map(Mail.init)
  }

  /// What an agent has not read.
  public func unread(of address: AgentAddress) throws(BeadsError) -> [Mail] {
    try inbox(of: address, .unread)
  }

  /// How many messages an agent has not read; loads none of them.
  public func unreadCount(of address: AgentAddress) throws(BeadsError) -> Int {
    try ledgers.hq().unreadCount(of: address.text, aliases: town.mailAliases(of: address))
  }

  /// What an agent has sent, the latest first.
  public func sent(by address: AgentAddress, limit: Int? = nil) throws(BeadsError) -> [Mail] {
    var filter = MessageFilter(.sent(address.text))
    filter.aliases = town.mailAliases(of: address)
    return try ledgers.hq().messages(filter, limit: limit).map(Mail.init)
  }

  /// The message that a user names by its ID, a part of that, or its number in the mailbox.
  public func resolve(_ text: String, for address: AgentAddress) throws(BeadsError) -> Mail {
    if let number = Int(text), text.utf8.count < 4 {
      let all = try inbox(of: address)
      guard all.indices.contains(number - 1) else {
        throw BeadsError(
          .notFound, "there is no message \(number): the mailbox of \(address) has \(all.count)",
          hint: "`gt mail inbox` lists them")
      }
      return all[number - 1]
    }
    do throws(BeadsError) {
      let hq = try ledgers.hq()
      return Mail(try hq.message(try hq.resolve(text)))
    } catch {
      guard error.code == .notFound else { throw error }
      throw BeadsError(.notFound, "there is no message \(quoted(text))", hint: "`gt mail inbox` lists yours")
    }
  }

  /// The conversation that a message belongs to, oldest first; of copies of one message only one.
  public func thread(of mail: Mail) throws(BeadsError) -> [Mail] {
    let hq = try ledgers.hq()
    var filter = IssueFilter.everything
    filter.types = [.message]
    filter.labels = ["thread:\(mail.threadID)"]
    var found = try hq.issues(matching: filter, order: .oldest)
    if let first = IssueID(rawValue: mail.threadID), try hq.exists(first) {
      found += try hq.thread(of: first).map(\.message)
    }
    found.append(mail.issue)
    var seen: Set<String> = []
    return found.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.map(Mail.init).filter {
      seen.insert("\($0.from)\n\($0.sentAt)\n\($0.subject)\n\($0.body)").inserted
    }
  }

  /// What to look for in a mailbox; every term that is set has to hold, without regard to upper and lower case.
  public struct Search: Sendable {
    /// Text in the subject or the body.
    public var text = ""
    /// Text in the author's address.
    public var from = ""
    /// Text in the subject.
    public var subject = ""
    /// Text in the body.
    public var body = ""
    /// Whether messages that were put away are searched too.
    public var includesArchived = false

    /// Looks for everything.
    public init() {}

    func matches(_ mail: Mail) -> Bool {
      contains(mail.from, from) && contains(mail.subject, subject) && contains(mail.body, body)
        && (contains(mail.subject, text) || contains(mail.body, text))
    }

    private func contains(_ text: String, _ part: String) -> Bool {
      part.isEmpty || text.lowercased().contains(part.lowercased())
    }
  }

  /// The messages of an agent that match; linear in the size of the mailbox.
  public func search(_ search: Search, in address: AgentAddress) throws(BeadsError) -> [Mail] {
    try inbox(of: address, search.includesArchived ? .all : .kept).filter(search.matches)
  }

  /// The messages on a board or in a queue, the most urgent first, then the latest.
  public func board(_ kind: MessagingSettings.Kind, _ name: String) throws(BeadsError) -> [Mail] {
    var filter = MessageFilter(.received("\(kind.word):\(name)"))
    filter.extent = .kept
    return try ledgers.hq().messages(filter).map(Mail.init)
  }

  /// Whether a message is in the mailbox of this agent.
  func isRecipient(_ address: AgentAddress, of mail: Mail) -> Bool {
    mail.issue.assignee == address.text || town.mailAliases(of: address).contains(mail.issue.assignee)
  }
}
