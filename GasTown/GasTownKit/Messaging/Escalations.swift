public import BeadsKit

/// What is to be raised.
public struct EscalationDraft: Sendable {
  /// What is wrong, in one line.
  public var title: String
  /// How bad it is.
  public var severity = Escalation.Severity.medium
  /// The details.
  public var reason = ""
  /// What noticed it; nil for who raises it.
  public var source: String?
  /// The issue it is about.
  public var relatedID: IssueID?
  /// Who gets mail beside those whom the settings name.
  public var recipients: [String] = []

  /// Starts an escalation.
  public init(title: String) { self.title = title }
}

/// What was done about an escalation.
public struct EscalationAction: Sendable, Equatable {
  /// The action as the settings name it.
  public let name: String
  /// Why it was not done; nil when it was.
  public let problem: String?
}

/// The escalations of a town: raised once however often the alarm rings, acknowledged, settled.
public struct Escalations {
  let ledgers: Ledgers
  let database: TownDatabase?
  /// Called for each agent that got mail about an escalation.
  public var onDelivery: ((AgentAddress, Mail) -> Void)?

  /// Works on the town's tracker.
  public init(_ ledgers: Ledgers, _ database: TownDatabase?) {
    self.ledgers = ledgers
    self.database = database
  }

  // MARK: Raising

  /// Raises an alarm and tells those whom the settings name for its severity.
  ///
  /// One that is open already, from the same source with the same title, is counted instead, and nobody is told again
  /// unless it has become worse. An action that fails is reported and stops nothing.
  /// - Throws: `invalid` for an empty title, and what keeps the issue from being stored.
  @discardableResult
  public func raise(
    _ draft: EscalationDraft
  ) throws(BeadsError) -> (escalation: Escalation, isNew: Bool, actions: [EscalationAction]) {
    let settings = try EscalationSettings.load(ledgers.town)
    let hq = try ledgers.hq()
    let source = draft.source ?? ledgers.actor
    var isNew = false
    var isWorse = false
    let raised = try hq.write("escalate") { tx throws(BeadsError) in
      let known = try open().first { $0.title == draft.title && $0.source == source }
      isNew = known == nil
      isWorse = known.map { $0.severity < draft.severity } ?? true
      let id = if let known { known.id } else { try create(draft, source, &tx) }
      let (now, count) = (tx.now, (known?.count ?? 0) + 1)
      return try tx.update(id) { issue throws(BeadsError) in
        try issue.setMetadata("count", .number(String(count)))
        try issue.setMetadata("last_seen_at", .string(now.description))
        if isWorse { try Self.set(draft.severity, on: &issue) }
      }
    }
    let escalation = try Self.escalation(raised)
    guard isWorse else { return (escalation, isNew, []) }
    let actions = try act(escalation, settings, more: draft.recipients)
    announce("escalation_sent", escalation, [("to", actions.map(\.name).joined(separator: ", "))])
    return (escalation, isNew, actions)
  }

  private func create(
    _ draft: EscalationDraft, _ source: String, _ tx: inout Transaction
  ) throws(BeadsError) -> IssueID {
    var new = IssueDraft(title: draft.title.split(whereSeparator: \.isNewline).joined(separator: " "))
    new.labels = [Escalation.label]
    let (now, actor) = (tx.now, ledgers.actor)
    let id = try tx.create(new).id
    try tx.update(id) { issue throws(BeadsError) in
      try issue.setTownField("source", source)
      try issue.setTownField("related_bead", draft.relatedID?.rawValue)
      try issue.setTownField("escalated_by", actor)
      try issue.setMetadata("escalated_at", .string(now.description))
      try issue.setMetadata("original_severity", .string(draft.severity.rawValue))
      if !draft.reason.isEmpty {
        try issue.setMetadata("reason", .string(draft.reason))
        issue.description = draft.reason + "\n\n" + issue.description
      }
    }
    return id
  }

  private static func set(_ severity: Escalation.Severity, on issue: inout Issue) throws(BeadsError) {
    try issue.setTownField("severity", severity.rawValue)
    issue.priority = severity.priority
    issue.labels.removeAll { $0.hasPrefix("severity:") }
    try issue.addLabel("severity:\(severity.rawValue)")
  }

  // MARK: Telling

  private func act(
    _ escalation: Escalation, _ settings: EscalationSettings, more: [String]
  ) throws(BeadsError) -> [EscalationAction] {
    var done: [EscalationAction] = []
    let extra = more.map { "mail:\($0)" }
    for name in (settings.routes[escalation.severity] ?? ["bead"]) + extra
    where !done.contains(where: { $0.name == name }) {
      var problem: String?
      do throws(BeadsError) { try perform(name, escalation) } catch { problem = error.message }
      done.append(EscalationAction(name: name, problem: problem))
    }
    return done
  }

  private func perform(_ name: String, _ escalation: Escalation) throws(BeadsError) {
    if name == "bead" { return }
    if name == "log" {
      TownLog(ledgers.town).append(
        "escalation", agent: ledgers.actor,
        "\(escalation.severity.rawValue) \(escalation.id): \(escalation.title)")
      return
    }
    guard name.hasPrefix("mail:") else {
      throw BeadsError(.unsupported, "not set up: gt sends nothing outside of the town")
    }
    var lines = ["\(escalation.id), \(escalation.severity.rawValue), from \(escalation.source)"]
    if let related = escalation.relatedID { lines.append("About \(related)") }
    if let reason = escalation.reason { lines += ["", reason] }
    lines += ["", "`gt escalate ack \(escalation.id)` says that you take care of it."]
    let subject = Convoys.shortened(
      "[\(escalation.severity.rawValue)] \(escalation.title)", toBytes: 500)
    var mail = MailDraft(
      to: String(name.dropFirst(5)), subject: subject, body: lines.joined(separator: "\n"))
    mail.priority = escalation.severity.priority
    mail.type = "escalation"
    var mailbox = Mailbox(ledgers, database)
    mailbox.onDelivery = onDelivery
    try mailbox.send(mail)
  }

  // MARK: Finding

  /// The open escalations, the worst first, then the oldest; with closed ones on demand.
  public func list(includingClosed: Bool = false) throws(BeadsError) -> [Escalation] {
    var filter = IssueFilter.everything
    filter.labels = [Escalation.label]
    filter.statuses = includingClosed ? .all : .unfinished
    return try ledgers.hq().issues(matching: filter, order: .oldest).compactMap(Escalation.init)
      .sorted { ($0.issue.priority, $0.escalatedAt, $0.id) < ($1.issue.priority, $1.escalatedAt, $1.id) }
  }

  private func open() throws(BeadsError) -> [Escalation] { try list() }

  /// The escalation that a user names by a whole ID or a part of one.
  /// - Throws: `not_found`, `conflict` when the issue is none.
  public func resolve(_ text: String) throws(BeadsError) -> Escalation {
    let hq = try ledgers.hq()
    var found: Issue?
    do throws(BeadsError) { found = try hq.issue(try hq.resolve(text)) } catch {
      if error.code != .notFound { throw error }
    }
    guard let found else {
      throw BeadsError(
        .notFound, "there is no escalation \(quoted(text))", hint: "`gt escalate list` shows them")
    }
    return try Self.escalation(found)
  }

  private static func escalation(_ issue: Issue) throws(BeadsError) -> Escalation {
    guard let escalation = Escalation(issue) else {
      throw BeadsError(.conflict, "\(issue.id) is no escalation", hint: "`gt escalate list` shows them")
    }
    return escalation
  }

  // MARK: Settling

  /// Says who takes care of an escalation; it does not become worse any more.
  /// - Returns: The escalation, and whether nobody had said so before.
  @discardableResult
  public func acknowledge(_ id: IssueID) throws(BeadsError) -> (escalation: Escalation, isNew: Bool) {
    let actor = ledgers.actor
    var isNew = false
    let saved = try change(id) { tx, escalation throws(BeadsError) in
      if escalation.isClosed { throw BeadsError(.conflict, "\(id) is closed already") }
      if escalation.acknowledgedBy != nil { return }
      isNew = true
      let now = tx.now
      try tx.update(id) { issue throws(BeadsError) in
        try issue.setTownField("acked_by", actor)
        try issue.setMetadata("acked_at", .string(now.description))
      }
    }
    if isNew { announce("escalation_acked", saved) }
    return (saved, isNew)
  }

  /// Settles an escalation; one that is closed is left as it is.
  @discardableResult
  public func close(
    _ id: IssueID, reason: String
  ) throws(BeadsError) -> (escalation: Escalation, isNew: Bool) {
    let actor = ledgers.actor
    var isNew = false
    let saved = try change(id) { tx, escalation throws(BeadsError) in
      if escalation.isClosed { return }
      isNew = true
      try tx.update(id) { issue throws(BeadsError) in try issue.setTownField("closed_by", actor) }
      try tx.close(id, reason: reason.isEmpty ? "Settled" : reason, force: true)
    }
    if isNew { announce("escalation_closed", saved, [("reason", saved.issue.closeReason)]) }
    return (saved, isNew)
  }

  /// The open escalations that nobody has taken care of for the time of the settings, and that may become worse.
  public func stale() throws(BeadsError) -> [Escalation] {
    let settings = try EscalationSettings.load(ledgers.town)
    let limit = ledgers.town.now.adding(nanoseconds: -settings.staleThreshold)
    return try open().filter { escalation in
      escalation.acknowledgedBy == nil && escalation.reescalationCount < settings.maximumReescalations
        && (escalation.reescalatedAt ?? escalation.escalatedAt) < limit
    }
  }

  /// Makes stale escalations worse by one step each, and tells those whom the settings name for that.
  public func reescalate() throws(BeadsError) -> [(escalation: Escalation, actions: [EscalationAction])] {
    let settings = try EscalationSettings.load(ledgers.town)
    var done: [(escalation: Escalation, actions: [EscalationAction])] = []
    for stale in try stale() {
      var isMine = false
      let actor = ledgers.actor
      let saved = try change(stale.id) { tx, escalation throws(BeadsError) in
        // Somebody else may have done it, or have taken care, since we looked.
        guard escalation == stale else { return }
        isMine = true
        let now = tx.now
        try tx.update(stale.id) { issue throws(BeadsError) in
          try Self.set(escalation.severity.next, on: &issue)
          try issue.setMetadata("reescalation_count", .number(String(escalation.reescalationCount + 1)))
          try issue.setMetadata("last_reescalated_at", .string(now.description))
          try issue.setMetadata("last_reescalated_by", .string(actor))
        }
      }
      guard isMine else { continue }
      let actions = try act(saved, settings, more: [])
      announce("escalation_sent", saved, [("to", actions.map(\.name).joined(separator: ", "))])
      done.append((saved, actions))
    }
    return done
  }

  private func change(
    _ id: IssueID, _ body: (inout Transaction, Escalation) throws(BeadsError) -> Void
  ) throws(BeadsError) -> Escalation {
    let hq = try ledgers.hq()
    return try hq.write("escalate") { tx throws(BeadsError) in
      try body(&tx, try resolve(id.rawValue))
      return try resolve(id.rawValue)
    }
  }

  private func announce(_ type: String, _ escalation: Escalation, _ more: [(String, String?)] = []) {
    EventLog(ledgers.town).append(
      type, actor: ledgers.actor,
      [
        ("id", escalation.id.rawValue), ("severity", escalation.severity.rawValue),
        ("title", escalation.title), ("target", escalation.relatedID),
      ] + more)
  }
}
