public import BeadsKit

extension Hook {
  /// Attaches a molecule that exists, or one that is made of a formula, to an issue on somebody's hook.
  ///
  /// - Parameters:
  ///   - name: The ID of a molecule's root, or the name of a formula.
  ///   - variables: Values for the formula's variables, besides those that tell of the issue.
  ///   - force: Whether a molecule that is attached already gives way; a wisp is deleted then.
  /// - Returns: The issue as saved.
  /// - Throws: `conflict` when the issue is on nobody's hook or has a molecule, `not_found`, `invalid`.
  @discardableResult
  public func attachMolecule(
    _ name: String, to id: IssueID, variables: [String: String] = [:], force: Bool = false
  ) throws(BeadsError) -> Issue {
    let store = try ledgers.store(for: id)
    let issue = try Self.issue(id, in: store)
    guard issue.isAssignment || issue.status == .pinned else {
      throw BeadsError(
        .conflict, "\(id) is on nobody's hook: it is \(issue.status)",
        hint: "`gt hook \(id)` puts it on yours")
    }
    if let present = Attachment(issue).molecule, !force {
      throw BeadsError(.conflict, "\(id) has the molecule \(present)", hint: "`gt mol detach` takes it off")
    }
    let found = try? store.resolve(name)
    var plan: MoleculePlan?
    var values = variables
    if found == nil {
      let base = try ledgers.rig(of: id).map { rig throws(BeadsError) in
        try town.rig(rig.rawValue).defaultBranch.rawValue
      }
      values = ["issue": id.rawValue, "feature": issue.title, "base_branch": base ?? "main"]
        .merging(variables) { $1 }
      plan = try ledgers.formulas(of: ledgers.rig(of: id)).plan(name, values: values)
    }
    let (made, note) = (plan, values)
    let saved = try store.write("mol attach") { tx throws(BeadsError) in
      if found == nil { try Self.burnWisp(of: issue, store, &tx) }
      let root: IssueID
      if let made {
        var options = Instantiation()
        options.phase = .vapor
        options.isRootOnly = !made.poursSteps
        root = try tx.instantiate(made, options).rootID
      } else {
        root = found ?? id
      }
      return try tx.update(id) { issue throws(BeadsError) in
        var attachment = Attachment(issue)
        attachment.molecule = root
        attachment.formula = made == nil ? nil : name
        attachment.formulaVariables = made == nil ? [:] : note
        attachment.attachedAt = town.now
        try attachment.write(to: &issue)
      }
    }
    EventLog(town).append(
      "mol_attach", actor: ledgers.actor,
      [("bead", id.rawValue), ("molecule", Attachment(saved).molecule?.rawValue)])
    return saved
  }

  /// Takes the molecule off an issue; the molecule itself stays.
  /// - Returns: What was attached.
  /// - Throws: `not_found` when nothing is.
  @discardableResult
  public func detachMolecule(from id: IssueID) throws(BeadsError) -> IssueID {
    let store = try ledgers.store(for: id)
    guard let root = try Attachment(Self.issue(id, in: store)).molecule else {
      throw BeadsError(.notFound, "\(id) has no molecule")
    }
    try store.write("mol detach") { tx throws(BeadsError) in try Self.forgetMolecule(of: id, &tx) }
    EventLog(town).append(
      "mol_detach", actor: ledgers.actor, [("bead", id.rawValue), ("molecule", root.rawValue)])
    return root
  }

  /// Ends the molecule of an issue: what was done becomes one closed issue, the digest, and the rest is deleted.
  /// - Parameter digest: Its text, besides the list of the steps; nil for no digest at all.
  /// - Returns: The digest, if there is one.
  @discardableResult
  public func endMolecule(
    of work: HookedWork, digest: String?
  ) throws(BeadsError) -> (root: IssueID, digest: IssueID?) {
    guard let view = try MoleculeView.of(work, ledgers) else {
      throw BeadsError(.notFound, "\(work.issue.id) has no molecule")
    }
    let (id, store) = (work.issue.id, try ledgers.store(for: view.rootID))
    let made = try store.write(digest == nil ? "mol burn" : "mol squash") {
      tx throws(BeadsError) -> IssueID? in
      let made = try digest.map { text throws(BeadsError) in try tx.create(Self.digest(view, text)).id }
      try tx.burn(view.rootID)
      try Self.forgetMolecule(of: id, &tx)
      return made
    }
    return (view.rootID, made)
  }

  private static func digest(_ view: MoleculeView, _ text: String) -> IssueDraft {
    var draft = IssueDraft(title: "Digest: \(view.title.prefix(200))")
    draft.status = .closed
    draft.closeReason = "Squashed from \(view.rootID)"
    let steps = view.steps.map { "- [\($0.state == .done ? "x" : " ")] \($0.title)" }
    draft.description =
      (text.isEmpty ? [] : [text, ""]).joined(separator: "\n")
      + "\(view.doneCount) of \(view.steps.count) steps were done.\n\n" + steps.joined(separator: "\n")
    return draft
  }

  private static func forgetMolecule(of id: IssueID, _ tx: inout Transaction) throws(BeadsError) {
    try tx.update(id) { issue throws(BeadsError) in
      var attachment = Attachment(issue)
      attachment.molecule = nil
      attachment.formula = nil
      attachment.formulaVariables = [:]
      attachment.variables = []
      try attachment.write(to: &issue)
    }
  }

  /// Deletes the wisps of what is attached to an issue.
  static func burnWisp(of issue: Issue, _ store: Store, _ tx: inout Transaction) throws(BeadsError) {
    guard let old = Attachment(issue).molecule, let root = try store.issue(old), !root.isTombstone,
      root.isEphemeral, old != issue.id
    else { return }
    try tx.burn(old)
  }
}

extension MoleculeView {
  /// The steps in tiers: those of one tier may be done side by side, after all tiers before.
  public var tiers: [[Step]] {
    var tier: [String: Int] = [:]
    var result: [[Step]] = []
    var left = steps
    while !left.isEmpty {
      let known = left.filter { step in
        step.needs.allSatisfy { need in tier[need] != nil || !steps.contains { $0.id == need } }
      }
      // Steps that wait for each other have no tier; they are shown last.
      let next = known.isEmpty ? left : known
      result.append(next)
      for step in next { tier[step.id] = result.count }
      left.removeAll { tier[$0.id] != nil }
    }
    return result
  }
}
