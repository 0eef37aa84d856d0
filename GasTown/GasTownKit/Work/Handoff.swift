public import BeadsKit

/// Replaces the session of an agent by a fresh one that goes on with the same work in the same place.
///
/// What the successor has to know is written down first: a checkpoint, a mail to itself, and a marker that tells it not
/// to hand off again. Only then the session is replaced; when that fails, nothing is lost.
public struct Handoff {
  /// What is handed over, and why.
  public struct Request: Sendable {
    /// The subject of the mail.
    public var subject: String?
    /// What the successor has to know.
    public var message: String?
    /// Why.
    public var reason: String?
    /// Work to be put on the hook before.
    public var bead: IssueID?
    /// Whether the state of worktree and hook is added to the message.
    public var collects = false
    /// Whether the last handoff may be only a moment ago.
    public var isForced = false

    /// A handoff without words.
    public init() {}
  }

  let town: Town
  let database: TownDatabase
  let ledgers: Ledgers

  /// Looks at a town.
  public init(town: Town, database: TownDatabase, ledgers: Ledgers) {
    self.town = town
    self.database = database
    self.ledgers = ledgers
  }

  private var hook: Hook { Hook(town: town, database: database, ledgers: ledgers) }

  /// Writes down what the successor of an agent's session has to know.
  /// - Throws: `invalid` for an agent without sessions, `refused` when the last handoff was a moment ago.
  @discardableResult
  public func prepare(_ agent: AgentAddress, _ request: Request) throws(BeadsError) -> HandoffMarker {
    guard agent.role.hasSession else {
      throw BeadsError(.invalid, "\(agent) has no session that could be replaced")
    }
    if !request.isForced { try requirePause(agent) }
    if let bead = request.bead { try hook.attach(bead, to: agent) }
    try saveState(of: agent, notes: request.message)
    var marker = HandoffMarker()
    marker.at = database.now
    marker.reason = request.reason
    marker.subject = "🤝 HANDOFF: \(request.subject ?? request.reason ?? "session of \(agent) replaced")"
    var parts = [request.message]
    if request.collects { parts.append(try state(of: agent)) }
    let text = parts.compactMap(\.self).joined(separator: "\n\n")
    marker.message = text.isEmpty ? nil : text
    marker.mail = try send(marker, to: agent)
    try database.setHandoffMarker(marker, of: agent)
    EventLog(town).append(
      "handoff", actor: agent.text,
      [("to_session", try town.sessionName(agent)), ("subject", marker.subject), ("reason", marker.reason)])
    return marker
  }

  /// Keeps what a session has reached, without ending it; nothing when the agent has no work.
  /// - Returns: Whether there was anything to keep.
  @discardableResult
  public func saveState(of agent: AgentAddress, notes: String?) throws(BeadsError) -> Bool {
    guard try hook.current(of: agent) != nil else { return false }
    try database.save(try hook.checkpoint(agent, notes: notes))
    return true
  }

  private func requirePause(_ agent: AgentAddress) throws(BeadsError) {
    guard let last = try database.lastHandoff(of: agent)?.at else { return }
    let pause = nanoseconds(try TownSettings.load(town).operational("session.min_handoff_cooldown"))
    let since = database.now - last
    guard since >= 0, since < pause else { return }
    throw BeadsError(
      .refused, "\(agent) was handed off \(since / 1_000_000_000) s ago",
      hint: "go on with the work; after \((pause - since) / 1_000_000_000 + 1) s it may be done again")
  }

  /// What hook and worktree look like.
  private func state(of agent: AgentAddress) throws(BeadsError) -> String? {
    var lines = ["## State"]
    if let work = try hook.current(of: agent) {
      lines.append("- hook: \(work.issue.id) \(work.issue.title) [\(work.issue.status)]")
      if let view = try MoleculeView.of(work, ledgers) {
        lines.append(
          "- steps: \(view.doneCount) of \(view.steps.count) done, next \(view.current?.id ?? "none")")
      }
    }
    if let checkpoint = try database.checkpoint(of: agent) {
      if let branch = checkpoint.branch { lines.append("- branch: \(branch)") }
      if let commit = checkpoint.commit { lines.append("- commit: \(commit.prefix(12))") }
      for file in checkpoint.files.prefix(30) { lines.append("- changed: \(file)") }
    }
    return lines.count == 1 ? nil : lines.joined(separator: "\n")
  }

  private func send(_ marker: HandoffMarker, to agent: AgentAddress) throws(BeadsError) -> IssueID? {
    var draft = MailDraft(to: agent, subject: marker.subject ?? "HANDOFF", body: marker.message ?? "")
    draft.isPermanent = true
    draft.sender = agent
    return try Mailbox(ledgers, database).send(draft).first?.id
  }

  /// Ends an agent's session and starts its successor.
  ///
  /// Not to be called from within that session, because it ends whoever runs in it.
  public func replaceSession(
    of agent: AgentAddress, _ launcher: AgentLauncher
  ) throws(BeadsError) -> SessionSnapshot {
    try launcher.stop(agent, reason: "handoff")
    let topic = try database.agent(agent)?.bead?.rawValue ?? "handoff"
    return try launcher.start(
      agent,
      prompt: Beacon.text(
        to: agent, from: agent, about: topic,
        "You take over from a session before you. Run `gt prime` and go on where it stopped.", at: town.now))
  }
}
