public import BeadsKit

/// Gives out work: decides who gets it, assigns it, makes a place to work in, and starts an agent there.
///
/// Desired state comes first. The assignment is committed, then everything the agent reads when it begins, then its
/// worktree, and its session last. A stage that fails is undone with those before it; what a crash leaves is completed
/// by the same command. Of many processes that give out one issue at once, one does.
public struct Sling {
  /// What has been reached for an issue.
  package enum Stage: String, CaseIterable, Sendable {
    /// An agent has the issue.
    case assigned
    /// A convoy tracks it.
    case tracked
    /// Checklist and instructions are there.
    case hooked
    /// There is a worktree.
    case prepared
    /// The session runs.
    case started
  }

  let town: Town
  let database: TownDatabase
  let ledgers: Ledgers
  let launcher: AgentLauncher
  let caller: AgentAddress
  let events: EventLog
  /// Told each stage as it is reached; what it throws is a failure of that stage.
  package var onStage: (Stage) throws(BeadsError) -> Void = { _ in }

  /// Gives out work in the name of somebody.
  public init(
    town: Town, database: TownDatabase, ledgers: Ledgers, launcher: AgentLauncher, caller: AgentAddress
  ) {
    self.town = town
    self.database = database
    self.ledgers = ledgers
    self.launcher = launcher
    self.caller = caller
    events = EventLog(town)
  }

  /// Gives out what a request names.
  ///
  /// - Returns: What became of each issue. One that fails does not keep the others from being given out; with a single
  ///   issue its error is thrown.
  /// - Throws: `refused` for polecats, `not_found`, `invalid`, `conflict`; then nothing has changed.
  public func run(_ request: SlingRequest) throws(BeadsError) -> [SlingOutcome] {
    if caller.role == .polecat {
      throw BeadsError(
        .refused, "polecats do not give out work", hint: "file it (`bd create`); somebody else gives it out")
    }
    try checkWords(request)
    let (work, target, formula) = try classify(request)
    switch work {
    case .formula(let name): return [try run(formula: name, target, request)]
    case .issues(let issues) where issues.count == 1:
      return [try give(issues[0], target, formula, request)]
    case .issues(let issues): return try run(batch: issues, target, formula, request)
    case .parts(let parts, let group): return try run(parts, of: group, target, formula, request)
    }
  }

  private func checkWords(_ request: SlingRequest) throws(BeadsError) {
    if let merge = request.mergeStrategy, !Convoys.mergeStrategies.contains(merge) {
      throw BeadsError(
        .invalid, "\(quoted(merge)) is no way to merge",
        hint: "use one of \(Convoys.mergeStrategies.joined(separator: ", "))")
    }
    for text in request.variables where text.hasPrefix("=") || !text.contains("=") {
      throw BeadsError(.invalid, "\(quoted(text)) is no variable", hint: "--var name=value")
    }
  }

  func reached(_ stage: Stage) throws(BeadsError) {
    switch stage {
    case .assigned: FailPoint.reach("sling.assigned")
    case .tracked: FailPoint.reach("sling.tracked")
    case .hooked: FailPoint.reach("sling.hooked")
    case .prepared: FailPoint.reach("sling.prepared")
    case .started: FailPoint.reach("sling.started")
    }
    try onStage(stage)
  }

  // MARK: Several

  private func run(
    batch issues: [Issue], _ target: String?, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> [SlingOutcome] {
    let rigs = Set(issues.map { ledgers.rig(of: $0.id) })
    guard rigs.count == 1, let rig = rigs.first ?? nil else {
      throw BeadsError(
        .invalid, "the issues belong to different rigs", hint: "give out those of each rig by themselves")
    }
    for issue in issues {
      try check(issue, force: request.isForced)
      try checkRig(issue.id, self.target(target ?? rig.rawValue, for: issue.id), force: request.isForced)
    }
    var request = request
    var convoy: IssueID?
    if !request.makesNoConvoy {
      let isTracked = try shareConvoy(issues)
      if !isTracked, !request.isDryRun {
        var draft = draft(request)
        draft.title = "Batch: \(issues.count) beads to \(target ?? rig.rawValue)"
        draft.issues = issues.map(\.id)
        convoy = try Convoys(ledgers, database).create(draft).id
      }
    }
    request.target = target ?? rig.rawValue
    let outcomes = giveEach(issues, request.target, formula, request)
    if let convoy, outcomes.allSatisfy({ $0.action == .failed }) { try drop(convoy) }
    return outcomes
  }

  /// Whether one convoy follows all of these already; none follows any of them otherwise.
  private func shareConvoy(_ issues: [Issue]) throws(BeadsError) -> Bool {
    let convoys = Convoys(ledgers, database)
    var known: [Convoy?] = []
    for issue in issues { known.append(try convoys.convoys(tracking: issue.id).first) }
    if let shared = known.first ?? nil, known.allSatisfy({ $0?.id == shared.id }) { return true }
    for (issue, convoy) in zip(issues, known) {
      guard let convoy else { continue }
      throw BeadsError(
        .conflict, "\(issue.id) is in the convoy \(convoy.id) already: \(convoy.title)",
        hint: "leave it out, or use --no-convoy for all")
    }
    return false
  }

  private func run(
    _ parts: [Issue], of group: Issue, _ target: String?, _ formula: String?, _ request: SlingRequest
  ) throws(BeadsError) -> [SlingOutcome] {
    try Hook.requireUnfinished(group)
    let open = parts.filter { !$0.isClosed }
    if open.isEmpty {
      throw BeadsError(.refused, "nothing is left to be done of \(group.id): \(group.title)")
    }
    var convoy: IssueID?
    if group.type == .epic, !request.makesNoConvoy, !request.isDryRun {
      let convoys = Convoys(ledgers, database)
      var isTracked = true
      for part in open where isTracked { isTracked = try !convoys.convoys(tracking: part.id).isEmpty }
      if !isTracked {
        var draft = draft(request)
        draft.title = group.title
        draft.issues = open.map(\.id)
        convoy = try convoys.create(draft).id
      }
    }
    let outcomes = giveEach(open, target, formula, request)
    if let convoy, outcomes.allSatisfy({ $0.action == .failed }) { try drop(convoy) }
    return outcomes
  }

  /// Gives out what can be worked on now.
  func giveEach(
    _ issues: [Issue], _ target: String?, _ formula: String?, _ request: SlingRequest
  ) -> [SlingOutcome] {
    issues.map { issue in
      do throws(BeadsError) { return try give(issue, target, formula, request) } catch {
        let isWaiting = error.code == .refused || error.code == .conflict
        var outcome = SlingOutcome(issue, isWaiting && !issue.isAssignment ? .skipped : .failed)
        outcome.error = error
        outcome.note = error.message
        return outcome
      }
    }
  }

  // MARK: Convoys

  func draft(_ request: SlingRequest) -> ConvoyDraft {
    var draft = ConvoyDraft(title: "")
    draft.isOwned = request.isConvoyOwned
    draft.mergeStrategy = request.mergeStrategy
    draft.baseBranch = request.baseBranch?.rawValue
    return draft
  }

  func drop(_ convoy: IssueID) throws(BeadsError) {
    _ = try ledgers.hq().write("sling") { tx throws(BeadsError) in
      try tx.delete([convoy], reason: "nothing of it was given out", force: true)
    }
  }

  // MARK: A formula by itself

  /// Makes an issue of a formula, and gives that out.
  private func run(
    formula name: String, _ target: String?, _ request: SlingRequest
  ) throws(BeadsError) -> SlingOutcome {
    let rigName = try formulaRig(target)
    let formulas = try ledgers.formulas(of: rigName)
    let summary = try formulas.formula(named: name).summary ?? ""
    let store = try ledgers.store(of: rigName)
    var draft = IssueDraft(title: request.subject ?? name)
    draft.description = request.message ?? summary
    draft.labels = ["gt:formula"]
    if request.isDryRun {
      var outcome = SlingOutcome(
        Issue(
          id: try IssueID("\(try store.prefixes().primary)-new"), title: draft.title, createdAt: town.now),
        .planned)
      outcome.formula = name
      return outcome
    }
    let wanted = draft
    let issue = try store.write("sling") { tx throws(BeadsError) in try tx.create(wanted) }
    do throws(BeadsError) { return try give(issue, target, name, request) } catch {
      _ = try? store.write("sling") { tx throws(BeadsError) in
        try tx.delete([issue.id], reason: "could not be given out", force: true)
      }
      throw error
    }
  }

  private func formulaRig(_ target: String?) throws(BeadsError) -> RigName? {
    if let target, target != ".", target != "self" {
      if let rig = try? town.rig(target) { return rig.name }
      return try town.address(target).rig
    }
    if let rig = caller.rig { return rig }
    if caller.role == .mayor { return nil }
    throw BeadsError(.invalid, "a formula does not tell who is to do it", hint: "gt sling FORMULA RIG")
  }
}
