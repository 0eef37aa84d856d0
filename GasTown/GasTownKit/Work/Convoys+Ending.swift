public import BeadsKit

/// What a check of a convoy found.
public struct ConvoyCheck: Sendable {
  /// Why a convoy was closed, or is still open.
  public enum Verdict: String, Sendable {
    /// Everything was done: it is closed now.
    case closed
    /// It had been closed before.
    case wasClosed = "was_closed"
    /// Something is not done, or nobody knows whether it is.
    case waiting
    /// Everything is done, and its owner ends it.
    case owned
    /// It follows nothing, and is too young to be given up.
    case empty
    /// It is not dispatched yet.
    case staged
  }

  /// The convoy after the check, with what it follows.
  public let progress: ConvoyProgress
  /// What was found.
  public let verdict: Verdict

  /// The issues that are not done, unknown ones included.
  public var open: [TrackedIssue] { progress.tracked.filter { !$0.isDone } }
}

extension Convoys {
  /// How old a convoy without issues gets before it is closed, in seconds.
  public static let emptyGrace: Int64 = 300

  /// Closes a convoy when everything it follows is done.
  ///
  /// An issue whose state cannot be found out is not done. An empty convoy is closed after a grace of five minutes, one
  /// with an owner who ends it never.
  public func check(_ id: IssueID) throws(BeadsError) -> ConvoyCheck {
    try check([try convoy(id)])[0]
  }

  /// Checks the open convoys that follow an issue, after it was closed.
  @discardableResult
  public func checkConvoys(tracking bead: IssueID) throws(BeadsError) -> [ConvoyCheck] {
    try check(try convoys(tracking: bead))
  }

  /// Checks all convoys that are not closed.
  @discardableResult
  public func checkAll() throws(BeadsError) -> [ConvoyCheck] { try check(try list(.unfinished)) }

  private func check(_ convoys: [Convoy]) throws(BeadsError) -> [ConvoyCheck] {
    var checks: [ConvoyCheck] = []
    for progress in try status(of: convoys) {
      let verdict = verdict(progress)
      guard verdict == .closed else {
        checks.append(ConvoyCheck(progress: progress, verdict: verdict))
        continue
      }
      let reason = progress.tracked.isEmpty ? "Nothing to follow" : "All tracked issues are done"
      let ended = try end(progress, reason: reason, event: "convoy_closed")
      checks.append(
        ConvoyCheck(
          progress: ConvoyProgress(convoy: ended.convoy, tracked: progress.tracked),
          verdict: ended.convoy.isClosed ? (ended.isNew ? .closed : .wasClosed) : .waiting))
    }
    return checks
  }

  private func verdict(_ progress: ConvoyProgress) -> ConvoyCheck.Verdict {
    let convoy = progress.convoy
    if convoy.isClosed { return .wasClosed }
    if convoy.status.isStaged { return .staged }
    if progress.tracked.isEmpty {
      if convoy.isOwned { return .owned }
      return ledgers.town.now < convoy.issue.createdAt.adding(seconds: Self.emptyGrace) ? .empty : .closed
    }
    guard progress.isComplete else { return .waiting }
    return convoy.isOwned ? .owned : .closed
  }

  /// Closes a convoy by hand; one that is closed is left as it is.
  /// - Parameter force: Whether issues of it may be unfinished.
  /// - Throws: `conflict` naming what is not done.
  @discardableResult
  public func close(
    _ id: IssueID, reason: String = "", force: Bool = false
  ) throws(BeadsError) -> (convoy: Convoy, isNew: Bool) {
    let progress = try status(id)
    if progress.convoy.isClosed { return (progress.convoy, false) }
    if !force { try requireDone(progress, "close") }
    let all = progress.isComplete ? "All tracked issues are done" : "Given up"
    return try end(progress, reason: reason.isEmpty ? all : reason, event: "convoy_closed", force: true)
  }

  /// Ends a convoy that belongs to its owner.
  /// - Parameter force: Whether issues of it may be unfinished.
  /// - Throws: `conflict` when it ends by itself, or naming what is not done.
  @discardableResult
  public func land(_ id: IssueID, force: Bool = false) throws(BeadsError) -> (convoy: Convoy, isNew: Bool) {
    let progress = try status(id)
    guard progress.convoy.isOwned else {
      throw BeadsError(
        .conflict, "\(id) is not owned: it closes by itself when its issues are done",
        hint: "`gt convoy check \(id)` looks now, `gt convoy close \(id)` closes it")
    }
    if progress.convoy.isClosed { return (progress.convoy, false) }
    if !force { try requireDone(progress, "land") }
    return try end(progress, reason: "Landed", event: "convoy_landed", force: true)
  }

  private func requireDone(_ progress: ConvoyProgress, _ verb: String) throws(BeadsError) {
    let open = progress.tracked.filter { !$0.isDone }
    if open.isEmpty { return }
    let id = progress.convoy.id
    throw BeadsError(
      .conflict, "\(id) has \(open.count) of \(progress.tracked.count) issues not done",
      details: open.prefix(10).map {
        "\($0.id) \($0.problem.map { "is unknown: \($0)" } ?? "is \($0.status)")"
      },
      hint: "`gt convoy status \(id)` shows them; --force \(verb)s it as it is")
  }

  /// Closes a convoy unless that has happened, or something was added to it, since it was looked at.
  ///
  /// Of many processes one closes it, and only that one tells those who want to know.
  private func end(
    _ progress: ConvoyProgress, reason: String, event: String, force: Bool = false
  ) throws(BeadsError) -> (convoy: Convoy, isNew: Bool) {
    let seen = progress.convoy.tracked
    var isNew = false
    let convoy = try change(progress.convoy.id, "convoy close") { tx, convoy throws(BeadsError) in
      if convoy.isClosed || (!force && convoy.tracked != seen) { return }
      try tx.close(convoy.id, reason: reason, force: true)
      isNew = true
    }
    if isNew {
      announce(
        event, convoy,
        [
          ("completed", "\(progress.completed)"), ("tracked", "\(progress.tracked.count)"),
          ("reason", reason),
        ])
      tell(convoy, progress, reason)
    }
    return (convoy, isNew)
  }

  /// Tells the owner and everybody who watches, but not who ended it.
  ///
  /// Somebody who does not exist any more is passed over: the convoy has ended all the same.
  private func tell(_ convoy: Convoy, _ progress: ConvoyProgress, _ reason: String) {
    let me = ledgers.actor
    let subject = Self.shortened("Convoy ended: \(convoy.title)", toBytes: 500)
    let issues = progress.tracked.map { "- \($0.id) \($0.status): \($0.issue?.title ?? "")" }
    let body =
      "\(convoy.id): \(reason), \(progress.completed) of \(progress.tracked.count) issues done.\n"
      + issues.joined(separator: "\n")
    var told: Set<AgentAddress> = []
    for name in [convoy.owner, convoy.notify ?? ""] + convoy.watchers {
      guard let address = try? ledgers.town.address(name), address.text != me, told.insert(address).inserted
      else { continue }
      var mailbox = Mailbox(ledgers, database)
      mailbox.onDelivery = onDelivery
      _ = try? mailbox.send(MailDraft(to: address, subject: subject, body: body))
    }
    for name in convoy.nudgeWatchers {
      if let address = try? ledgers.town.address(name), address.text != me { onNudge?(address, subject) }
    }
  }
}
