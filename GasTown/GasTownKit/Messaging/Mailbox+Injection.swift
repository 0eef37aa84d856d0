public import BeadsKit

extension Mailbox {
  /// The most that one injection adds to an agent's context, in bytes.
  public static let maximumInjection = 6000
  /// The most of one message's text that an injection shows, in bytes.
  private static let maximumPreview = 800

  /// What is put into an agent's context about mail that came since the last time; nil when there is nothing new.
  ///
  /// Each message is put there once, whatever becomes of it: what does not fit waits for the next time. That it was
  /// is written down before the text is returned, so that a crash repeats nothing; the message stays unread.
  public func injection(for address: AgentAddress) throws(BeadsError) -> String? {
    guard let database else { return nil }
    let hq = try ledgers.hq()
    guard try hq.unreadCount(of: address.text, aliases: town.mailAliases(of: address)) > 0 else { return nil }
    let unread = try unread(of: address)
    let known = try injected(address, database)
    let new = unread.filter { !known.contains($0.id.rawValue) }
    if new.isEmpty { return nil }
    let (text, shown) = Self.text(new, unreadCount: unread.count, limit: Self.maximumInjection - 40)
    try noteShown(shown, to: address)
    return "<system-reminder>\n\(text)</system-reminder>\n"
  }

  /// Everything that an agent has not read, in brief, for the beginning of a session; nil when there is nothing.
  ///
  /// Whoever prints it says so with `noteShown`.
  /// - Parameter known: A message that is shown elsewhere.
  public func digest(
    for address: AgentAddress, besides known: IssueID? = nil
  ) throws(BeadsError) -> (text: String, shown: [Mail])? {
    let unread = try unread(of: address).filter { $0.id != known }
    return unread.isEmpty ? nil : Self.text(unread, unreadCount: unread.count, limit: 3000)
  }

  /// Remembers that messages are in an agent's context: they are not put there again, and their sender can see it.
  public func noteShown(_ shown: [Mail], to address: AgentAddress) throws(BeadsError) {
    guard let database, !shown.isEmpty else { return }
    try record(shown, address, database)
    try ledgers.hq().write("mail delivered") { tx throws(BeadsError) in
      for mail in shown { try Self.acknowledge(mail.id, by: address, &tx) }
    }
  }

  private func injected(
    _ address: AgentAddress, _ database: TownDatabase
  ) throws(BeadsError) -> Set<String> {
    Set(
      try database.connection.all("SELECT message FROM injected WHERE address = ?1", address.text) {
        $0.text(0)
      })
  }

  private func record(
    _ shown: [Mail], _ address: AgentAddress, _ database: TownDatabase
  ) throws(BeadsError) {
    let now = database.now
    try database.write { db throws(BeadsError) in
      for mail in shown {
        try db.execute(
          "INSERT OR IGNORE INTO injected (address, message, at) VALUES (?1, ?2, ?3)", address.text,
          mail.id.rawValue, now)
      }
    }
  }

  private static func text(
    _ new: [Mail], unreadCount: Int, limit: Int
  ) -> (text: String, shown: [Mail]) {
    let noun = unreadCount == 1 ? "message" : "messages"
    let known = unreadCount == new.count ? "" : ", \(new.count) of them new"
    var text = "You have \(unreadCount) unread \(noun)\(known).\n"
    // What has to be said below fits into 200 bytes.
    let limit = limit - 200
    var shown: [Mail] = []
    for mail in new {
      let entry = entry(mail)
      if text.utf8.count + entry.utf8.count > limit, !shown.isEmpty { break }
      text += entry
      shown.append(mail)
    }
    if shown.count < new.count { text += "\n\(new.count - shown.count) more: `gt mail inbox --unread`\n" }
    text +=
      "\n`gt mail read ID` shows a whole message and marks it as read, `gt mail reply ID -m TEXT` answers.\n"
    return (text, shown)
  }

  private static func entry(_ mail: Mail) -> String {
    let urgency = mail.priority < 2 ? " [\(Mail.word(forPriority: mail.priority))]" : ""
    var entry = "\n- \(mail.id) from \(oneLine(mail.from))\(urgency): \(oneLine(mail.subject))\n"
    let preview = harmless(Convoys.shortened(mail.body, toBytes: maximumPreview))
    for line in preview.split(separator: "\n", omittingEmptySubsequences: true) { entry += "  \(line)\n" }
    if mail.body.utf8.count > maximumPreview { entry += "  ... (\(mail.body.utf8.count) bytes)\n" }
    return entry
  }

  private static func oneLine(_ text: String) -> String {
    harmless(text).split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The text without what would end the reminder, act on a terminal or hide.
  static func harmless(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x09: result.unicodeScalars.append(scalar)
      case 0..<0x20, 0x7F...0x9F, 0xAD, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
        0xE0000...0xE0FFF:
        continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return withoutTag("<system-reminder", withoutTag("</system-reminder", result))
  }

  /// The text in which a tag that the agent's runtime would take for its own is none any more.
  private static func withoutTag(_ tag: String, _ text: String) -> String {
    let (bytes, wanted) = (Array(text.utf8), Array(tag.utf8))
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let end = index + wanted.count
      if end <= bytes.count,
        zip(bytes[index..<end], wanted).allSatisfy({ ($0 | 0x20) == ($1 | 0x20) })
      {
        result += Array("[".utf8) + bytes[(index + 1)..<end]
        index = end
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
