public import BeadsKit

/// What running a formula has led to.
public struct FormulaRun: Sendable {
  /// The issue that the parts are below; nil when the formula became one assignment.
  public internal(set) var root: IssueID?
  /// The convoy that tracks the parts.
  public internal(set) var convoy: IssueID?
  /// The part that makes one result of what the others find.
  public internal(set) var synthesis: IssueID?
  /// The parts that were given out, or would be.
  public internal(set) var outcomes: [SlingOutcome] = []
  /// The parts that wait for others.
  public internal(set) var waiting: [IssueID] = []
}

extension Sling {
  /// Runs a formula in a rig: one of type convoy becomes an issue for each leg and one for the synthesis, of which all
  /// that can be begun are given out, each to its own polecat; any other becomes one assignment.
  /// - Throws: `not_found`, `invalid` naming the variables that are missing; then nothing has changed.
  public func runFormula(
    _ name: String, in rig: Rig, _ request: SlingRequest
  ) throws(BeadsError) -> FormulaRun {
    var run = FormulaRun()
    let formulas = try ledgers.formulas(of: rig.name)
    guard try formulas.formula(named: name).kind == .convoy else {
      var request = request
      (request.work, request.target) = ([name], rig.name.rawValue)
      run.outcomes = try self.run(request)
      return run
    }
    let values = try values(
      for: Issue(id: try IssueID("\(rig.prefix)-0"), title: name, createdAt: town.now), rig: rig,
      base: request.baseBranch, request)
    let plan = try formulas.plan(name, values: values)
    if request.isDryRun {
      for (number, node) in plan.nodes.enumerated().dropFirst() {
        let issue = Issue(
          id: try IssueID("\(rig.prefix)-new.\(number)"), title: node.issue.title, createdAt: town.now)
        run.outcomes.append(SlingOutcome(issue, .planned))
      }
      return run
    }
    let store = try ledgers.store(of: rig.name)
    let made = try store.write("formula run") { tx throws(BeadsError) in try tx.instantiate(plan) }
    run.root = made.rootID
    do throws(BeadsError) {
      run.synthesis = made.ids.last { $0.key.split(separator: ".").last == "synthesis" }?.id
      try give(made.ids.dropFirst().map(\.id), of: name, to: rig, request, store, &run)
    } catch {
      _ = try? store.write("formula run") { tx throws(BeadsError) in try tx.burn(made.rootID) }
      throw error
    }
    return run
  }

  private func give(
    _ parts: [IssueID], of name: String, to rig: Rig, _ request: SlingRequest, _ store: Store,
    _ run: inout FormulaRun
  ) throws(BeadsError) {
    let blocked = try store.heldUp(among: parts)
    run.waiting = parts.filter(blocked.contains)
    if !request.makesNoConvoy {
      var draft = draft(request)
      draft.title = "Formula: \(name)"
      draft.issues = parts
      draft.synthesis = run.synthesis
      run.convoy = try Convoys(ledgers, database).create(draft).id
    }
    for issue in try store.issues(parts.filter { !blocked.contains($0) }) {
      var request = request
      request.isRaw = true
      request.runtime = request.runtime ?? issue.townField("agent")
      run.outcomes += giveEach([issue], rig.name.rawValue, nil, request)
    }
    guard let error = run.outcomes.first?.error, run.outcomes.allSatisfy({ $0.error != nil }) else { return }
    if let convoy = run.convoy { try drop(convoy) }
    throw error
  }
}
