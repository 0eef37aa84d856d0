public import BeadsKit

extension Mailbox {
  /// Marks messages as read, or as unread again; those that were put away come back into the mailbox then.
  ///
  /// Whoever reads a message acknowledges that it has arrived.
  /// - Throws: `conflict` for somebody else's message; then nothing has changed.
  @discardableResult
  public func mark(_ ids: [IssueID], read: Bool, by address: AgentAddress) throws(BeadsError) -> [Mail] {
    try change(ids, by: address, read ? "mail read" : "mail unread") { tx, id throws(BeadsError) in
      if read {
        try tx.markRead(id)
        try Self.acknowledge(id, by: address, &tx)
      } else {
        try tx.markUnread(id)
      }
    }
  }

  /// Puts messages away; they stay findable.
  ///
  /// Pinned ones go too, because they were named.
  /// - Throws: `conflict` for somebody else's message; then nothing has changed.
  @discardableResult
  public func archive(_ ids: [IssueID], by address: AgentAddress) throws(BeadsError) -> [Mail] {
    try change(ids, by: address, "mail archive") { tx, id throws(BeadsError) in
      try tx.close(id, reason: "Archived", force: true)
    }
  }

  /// Deletes messages.
  /// - Throws: `conflict` for somebody else's message; then nothing has changed.
  public func delete(_ ids: [IssueID], by address: AgentAddress) throws(BeadsError) {
    let hq = try ledgers.hq()
    for id in ids { try requireOwner(address, of: Mail(try hq.message(id))) }
    try hq.write("mail delete") { tx throws(BeadsError) in
      _ = try tx.delete(ids, reason: "deleted by \(address)", force: true)
    }
  }

  /// Puts away what an agent has read, or everything; pinned messages stay and are only marked as read.
  /// - Returns: What was put away.
  @discardableResult
  public func clear(_ address: AgentAddress, includingUnread: Bool = false) throws(BeadsError) -> [Mail] {
    let all = try inbox(of: address).filter { includingUnread || $0.isRead }
    let pinned = all.filter(\.isPinned).map(\.id)
    if !pinned.isEmpty { try mark(pinned, read: true, by: address) }
    return try archive(all.filter { !$0.isPinned }.map(\.id), by: address)
  }

  /// Subjects with which agents of a town speak to its machinery; such messages are of no use later.
  public static let protocolSubjects = [
    "POLECAT_DONE", "MERGE_READY", "MERGED", "MERGE_FAILED", "REWORK_REQUEST", "FIX_NEEDED", "RECOVERED_BEAD",
    "RECOVERY_NEEDED", "LIFECYCLE:", "GUPP_VIOLATION:", "ORPHANED_WORK:", "CONVOY_NEEDS_FEEDING",
    "SWARM_START",
    "READY_FOR_REVIEW",
  ]

  /// Messages that an agent may put away in bulk: those of the town's machinery, or all, that are older than a time.
  /// - Parameter age: In seconds.
  public func drainable(
    _ address: AgentAddress, olderThan age: Int64, all: Bool = false
  ) throws(BeadsError) -> [Mail] {
    let limit = town.now.adding(seconds: -age)
    return try inbox(of: address).filter { mail in
      !mail.isPinned && mail.sentAt < limit
        && (all || Self.protocolSubjects.contains { mail.subject.hasPrefix($0) })
    }
  }

  /// Messages that came before the present session of an agent began; none when it has no session.
  public func stale(_ address: AgentAddress) throws(BeadsError) -> [Mail] {
    let start = try database?.connection.int64(
      "SELECT max(started_at) FROM sessions WHERE address = ?1 AND ended_at IS NULL", address.text)
    guard let start else { return [] }
    let began = Timestamp(unixNanoseconds: start)
    return try inbox(of: address).filter { $0.sentAt < began && !$0.isPinned }
  }

  // MARK: Queues

  /// Takes the first message out of a queue: the most urgent, the oldest of these.
  ///
  /// Of many who ask at once each gets another message.
  /// - Parameter name: The queue; nil for the first that has something for this agent.
  /// - Returns: The message, which is in the agent's mailbox now; nil when there is none.
  /// - Throws: `not_found` for an unknown queue, `conflict` for one that others work on or with too much in hand.
  public func claim(_ name: String?, by address: AgentAddress) throws(BeadsError) -> Mail? {
    let settings = try MessagingSettings.load(town)
    let names: [String]
    if let name {
      guard let queue = settings.queues[name] else {
        throw BeadsError(
          .notFound, "there is no queue \(quoted(name))",
          hint: settings.queues.isEmpty
            ? "`gt mail queue create` makes one"
            : "the queues are \(settings.names(.queue).joined(separator: ", "))")
      }
      guard Self.mayClaim(address, queue) else {
        throw BeadsError(.conflict, "\(address) does not work on the queue \(name)")
      }
      names = [name]
    } else {
      names = settings.names(.queue).filter {
        settings.queues[$0].map { Self.mayClaim(address, $0) } ?? false
      }
    }
    return try ledgers.hq().write("mail claim") { tx throws(BeadsError) in
      for name in names {
        let limit = settings.queues[name]?.maximumClaims ?? 0
        let inHand = try inbox(of: address).count { $0.queue == name && $0.claimedBy == address.text }
        if limit > 0, inHand >= limit {
          if names.count > 1 { continue }
          throw BeadsError(
            .conflict,
            "\(address) has \(inHand) messages of the queue \(name) in hand, the limit is \(limit)",
            hint: "`gt mail archive` puts away what is done, `gt mail release` gives back")
        }
        let waiting = try board(.queue, name)
        guard
          let first = waiting.min(by: { ($0.priority, $0.sentAt, $0.id) < ($1.priority, $1.sentAt, $1.id) })
        else { continue }
        return Mail(try Self.take(first.id, by: address, &tx))
      }
      return nil
    }
  }

  private static func mayClaim(_ address: AgentAddress, _ queue: MessagingSettings.Queue) -> Bool {
    queue.workers.isEmpty || queue.workers.contains { AgentDirectory.matches(address, $0) }
  }

  private static func take(
    _ id: IssueID, by address: AgentAddress, _ tx: inout Transaction
  ) throws(BeadsError) -> Issue {
    let now = tx.now
    try acknowledge(id, by: address, &tx)
    return try tx.update(id) { issue throws(BeadsError) in
      issue.assignee = address.text
      try issue.setMetadata("claimed_by", .string(address.text))
      try issue.setMetadata("claimed_at", .string(now.description))
    }
  }

  /// Gives a message back to its queue.
  /// - Throws: `conflict` when it came from no queue, or somebody else has it.
  public func release(_ id: IssueID, by address: AgentAddress) throws(BeadsError) -> Mail {
    let hq = try ledgers.hq()
    return try hq.write("mail release") { tx throws(BeadsError) in
      let mail = Mail(try hq.message(id))
      guard let queue = mail.queue, let holder = mail.claimedBy else {
        throw BeadsError(.conflict, "\(id) was not taken out of a queue")
      }
      guard holder == address.text || address == .overseer else {
        throw BeadsError(.conflict, "\(id) is in the hands of \(holder)")
      }
      return Mail(
        try tx.update(id) { issue throws(BeadsError) in
          issue.assignee = "queue:\(queue)"
          issue.status = .open
          try issue.removeMetadata("claimed_by")
          try issue.removeMetadata("claimed_at")
          try issue.removeLabel(Issue.readLabel)
        })
    }
  }

  // MARK: Helpers

  /// Notes that a message has arrived; one that had is left as it is.
  static func acknowledge(
    _ id: IssueID, by address: AgentAddress, _ tx: inout Transaction
  ) throws(BeadsError) {
    let now = tx.now
    try tx.update(id) { issue throws(BeadsError) in
      guard issue.labels.contains(Mail.pendingLabel) else { return }
      try issue.setMetadata("delivery_acked_by", .string(address.text))
      try issue.setMetadata("delivery_acked_at", .string(now.description))
      try issue.removeLabel(Mail.pendingLabel)
      try issue.addLabel(Mail.acknowledgedLabel)
    }
  }

  private func change(
    _ ids: [IssueID], by address: AgentAddress, _ kind: String,
    _ body: (inout Transaction, IssueID) throws(BeadsError) -> Void
  ) throws(BeadsError) -> [Mail] {
    if ids.isEmpty { return [] }
    let hq = try ledgers.hq()
    try hq.write(kind) { tx throws(BeadsError) in
      for id in ids {
        try requireOwner(address, of: Mail(try hq.message(id)))
        try body(&tx, id)
      }
    }
    return try hq.issues(ids).map(Mail.init)
  }

  /// The person may do everything; everybody else keeps to their own mailbox.
  private func requireOwner(_ address: AgentAddress, of mail: Mail) throws(BeadsError) {
    if address == .overseer || isRecipient(address, of: mail) { return }
    throw BeadsError(.conflict, "\(mail.id) is for \(mail.to), not for \(address)")
  }
}
