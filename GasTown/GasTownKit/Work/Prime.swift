import BeadsKit

/// What an agent is told when its session begins: who it is, what its work is, how far that is.
///
/// Reading nothing but a few rows and small files, in about 10 ms; bounded in size, so that it never fills a context.
public struct Prime {
  /// What is known about the session that asks.
  public struct Session: Sendable {
    /// Its ID, as the runtime names it.
    public var id: String?
    /// Why it began: `startup`, `resume`, `clear`, `compact`.
    public var source: String?

    /// Nothing known.
    public init() {}

    /// Whether the agent has read its role already and only has to be told where it was.
    var isContinued: Bool { source == "resume" || source == "compact" }
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

  /// What an agent is to be told.
  ///
  /// Parts that cannot be read are named in it loudly: an error must never look like "no work".
  public func report(for agent: AgentAddress, session: Session = Session()) -> PrimeReport {
    var report = PrimeReport(agent: agent)
    report.add("session", line(agent, session))
    for (name, text) in warnings(agent) { report.add(name, text) }
    if !session.isContinued { addRole(agent, to: &report) }
    attempt("handoff", &report) { report throws(BeadsError) in
      guard let marker = try database.handoffMarker(of: agent) else { return }
      report.handoff = marker
      report.add("handoff", PrimeText.handoff(marker), limit: 6000)
    }
    attempt("work", &report) { report throws(BeadsError) in try addWork(of: agent, session, to: &report) }
    attempt("memories", &report) { report throws(BeadsError) in
      if !session.isContinued { report.add("memories", try memories(agent), limit: 4000) }
    }
    attempt("mail", &report) { report throws(BeadsError) in
      let known = report.handoff?.mail
      guard let mail = try Mailbox(ledgers, database).digest(for: agent, besides: known) else { return }
      report.add("mail", "## Unread mail\n" + mail.text)
      report.mail = mail.shown
    }
    if agent.role == .mayor {
      attempt("escalations", &report) { report throws(BeadsError) in
        report.add("escalations", try escalations(), limit: 3000)
      }
    }
    report.add("begin", PrimeText.begin(report))
    return report
  }

  // MARK: Top

  private func line(_ agent: AgentAddress, _ session: Session) -> String {
    var parts = ["[GAS TOWN] role: \(agent)", "town: \(town.root)", "time: \(town.now)"]
    if let id = session.id { parts.append("session: \(id)") }
    if let source = session.source { parts.append("after: \(source)") }
    return parts.joined(separator: " · ")
  }

  private func warnings(_ agent: AgentAddress) -> [(name: String, text: String)] {
    var found: [(String, String)] = []
    for stop in EmergencyStop.standing(in: town)
    where stop.rig == nil || stop.rig == agent.rig || agent == .mayor {
      let advice =
        agent == .mayor
        ? "Give out nothing; a person lifts it with `gt thaw`" : "Do nothing until it is lifted"
      found.append(("stop", "**EMERGENCY STOP of \(stop.summary). \(advice).**"))
    }
    let owner = AgentAddress.owner(ofDirectory: town.environment.currentDirectory, town: town)
    if let owner, owner != agent {
      found.append(
        ("place", "**You are \(agent), but this directory belongs to \(owner).** Go back to your own."))
    }
    return found
  }

  private func addRole(_ agent: AgentAddress, to report: inout PrimeReport) {
    let rig = agent.rig.flatMap { try? town.rig($0.rawValue) }
    report.add("role", RoleContext.text(of: agent, town: town, rig: rig))
    for (name, text) in directives(agent) { report.add(name, text, limit: 6000) }
    let context = Path.join(rig?.root ?? town.root, "CONTEXT.md")
    if let text = try? FileSystem.readText(context) { report.add("context", text, limit: 6000) }
  }

  /// What the person who runs the town wants of a role, the town's first, then the rig's.
  private func directives(_ agent: AgentAddress) -> [(name: String, text: String)] {
    let places = [("the town", town.root)] + (agent.rig.map { [("the rig \($0)", town.path(of: $0))] } ?? [])
    return places.compactMap { name, directory in
      let path = Path.join(directory, "directives/\(agent.role.rawValue).md")
      guard let text = try? FileSystem.readText(path) else { return nil }
      return ("directive", "## Directive of \(name): stronger than anything else you read here\n\n\(text)")
    }
  }

  // MARK: Work

  private func addWork(
    of agent: AgentAddress, _ session: Session, to report: inout PrimeReport
  ) throws(BeadsError) {
    let hook = Hook(town: town, database: database, ledgers: ledgers)
    guard let work = try hook.current(of: agent) else { return }
    report.work = work
    report.add("banner", PrimeText.banner(work))
    report.add("issue", PrimeText.issue(work.issue), limit: 12_000)
    report.add("instructions", PrimeText.instructions(work.attachment), limit: 6000)
    attempt("steps", &report) { report throws(BeadsError) in
      guard let view = try MoleculeView.of(work, ledgers) else { return }
      report.molecule = view
      report.add("steps", PrimeText.steps(view))
    }
    let checkpoint = try database.checkpoint(
      of: agent, about: work.issue.id, youngerThan: Checkpoint.lifetime)
    if let checkpoint {
      report.checkpoint = checkpoint
      report.isOwnCheckpoint =
        session.isContinued || (session.id != nil && session.id == checkpoint.session)
      report.add("checkpoint", PrimeText.checkpoint(checkpoint, now: database.now), limit: 4000)
    }
  }

  private func memories(_ agent: AgentAddress) throws(BeadsError) -> String {
    let prefix = "kv.memory."
    let store = try ledgers.store(of: agent.rig)
    let pairs = try store.allConfig(prefix: prefix)
    if pairs.isEmpty { return "" }
    let lines = pairs.map { "- \($0.key.dropFirst(prefix.count)): \($0.value)" }
    return "## Remembered\n" + lines.joined(separator: "\n")
  }

  /// What agents need help with and nobody has taken up.
  private func escalations() throws(BeadsError) -> String {
    let open = try Escalations(ledgers, database).list().filter { $0.acknowledgedBy == nil }
    if open.isEmpty { return "" }
    let lines = open.prefix(10).map { "- \($0.id) [\($0.severity.rawValue)] \($0.title) (\($0.escalatedBy))" }
    return "## Escalations: \(open.count)\nTake them up first: `gt escalate ack ID`.\n"
      + lines.joined(separator: "\n")
  }

  /// Adds a part, or says that it could not be read.
  private func attempt(
    _ name: String, _ report: inout PrimeReport, _ body: (inout PrimeReport) throws(BeadsError) -> Void
  ) {
    do throws(BeadsError) { try body(&report) } catch {
      report.failures.append(error)
      report.add(name, PrimeText.failure(name, error))
    }
  }
}
