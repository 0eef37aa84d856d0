public import BeadsKit

/// What a convoy would do: its issues in waves, and what is odd about them.
public struct ConvoyPlan: Sendable {
  /// Something to be looked at before the convoy is dispatched.
  public struct Finding: Sendable, Equatable {
    /// `cycle`, `no-rig`, `blocked-rig`, `cross-rig`, `orphan` or `gated`.
    public let category: String
    /// Whether the convoy cannot be made.
    public let isError: Bool
    /// The issues concerned.
    public let beads: [IssueID]
    /// One sentence.
    public let message: String
  }

  /// The issues, in the order they were named.
  public let issues: [TrackedIssue]
  /// The issues of each wave; those of the first wait for none of the others.
  public let waves: [[IssueID]]
  /// What is odd.
  public let findings: [Finding]

  /// What keeps the convoy from being made.
  public var errors: [Finding] { findings.filter(\.isError) }
  /// What may be wrong.
  public var warnings: [Finding] { findings.filter { !$0.isError } }
}

extension Convoys {
  private static let ordering: Set<DependencyType> = [.blocks, .conditionalBlocks, .waitsFor, .mergeBlocks]

  /// Works out how issues would be done, and what may go wrong; changes nothing.
  /// - Parameter fromEpic: Whether they are the parts of one plan, so that one that hangs together with none is odd.
  public func plan(_ ids: [IssueID], fromEpic: Bool = false) throws(BeadsError) -> ConvoyPlan {
    let ids = Self.unique(ids)
    let known = try states(of: ids)
    let edges = try edges(of: ids)
    let inside = Set(ids)
    var nodes = NodeTable<IssueID>()
    for id in ids { _ = nodes.insert(id) }
    var pairs: [(from: Int, to: Int)] = []
    for edge in edges where inside.contains(edge.dependsOnID) {
      if let from = nodes.node(edge.dependsOnID), let to = nodes.node(edge.issueID) {
        pairs.append((from, to))
      }
    }
    let layers = Digraph(nodeCount: ids.count, edges: pairs).layers
    var findings = try rigFindings(ids)
    if !layers.unordered.isEmpty {
      let stuck = layers.unordered.map { ids[$0] }
      findings.append(
        ConvoyPlan.Finding(
          category: "cycle", isError: true, beads: stuck,
          message: "these wait for each other, or for such a circle"))
    }
    for id in ids {
      let outside = edges.filter { $0.issueID == id && !inside.contains($0.dependsOnID) }
      if known[id]?.isBlocked == true, !outside.isEmpty {
        findings.append(
          ConvoyPlan.Finding(
            category: "gated", isError: false, beads: [id],
            message:
              "waits for what the convoy does not track: \(outside.map(\.dependsOnID.rawValue).joined(separator: ", "))"
          ))
      }
      let isLinked = pairs.contains { ids[$0.from] == id || ids[$0.to] == id }
      if fromEpic, ids.count > 1, !pairs.isEmpty, !isLinked {
        findings.append(
          ConvoyPlan.Finding(
            category: "orphan", isError: false, beads: [id],
            message: "hangs together with no other issue of the convoy"))
      }
    }
    return ConvoyPlan(
      issues: ids.compactMap { known[$0] }, waves: layers.layers.map { $0.map { ids[$0] } },
      findings: findings)
  }

  private func edges(of ids: [IssueID]) throws(BeadsError) -> [Dependency] {
    var edges: [Dependency] = []
    for (_, group) in Dictionary(grouping: ids, by: { ledgers.router.route(for: $0.rawValue)?.path ?? "" }) {
      edges += try ledgers.store(for: group[0]).edges(.down, of: group).filter {
        Self.ordering.contains($0.type)
      }
    }
    return edges
  }

  private func rigFindings(_ ids: [IssueID]) throws(BeadsError) -> [ConvoyPlan.Finding] {
    var findings: [ConvoyPlan.Finding] = []
    let homeless = ids.filter { ledgers.rig(of: $0) == nil }
    if !homeless.isEmpty {
      findings.append(
        ConvoyPlan.Finding(
          category: "no-rig", isError: true, beads: homeless,
          message: "belong to no rig, so that nobody can work on them"))
    }
    let byRig = Dictionary(grouping: ids.filter { !homeless.contains($0) }) {
      ledgers.rig(of: $0)?.rawValue ?? ""
    }
    if byRig.count > 1 {
      findings.append(
        ConvoyPlan.Finding(
          category: "cross-rig", isError: false, beads: [],
          message: "the issues belong to several rigs: \(byRig.keys.sorted().joined(separator: ", "))"))
    }
    guard let database else { return findings }
    for (name, beads) in byRig.sorted(by: { $0.key < $1.key }) {
      let state = try RigState.of(try ledgers.town.rig(name), in: database)
      if state == .operational { continue }
      findings.append(
        ConvoyPlan.Finding(
          category: "blocked-rig", isError: false, beads: beads,
          message: "the rig \(name) is \(state.rawValue)"))
    }
    return findings
  }

  /// Makes a convoy that is not dispatched yet, or looks again at one that is staged.
  /// - Returns: The convoy; nil when the plan has errors, and then nothing was made.
  public func stage(_ plan: ConvoyPlan, _ draft: ConvoyDraft, again id: IssueID? = nil) throws(BeadsError)
    -> Convoy?
  {
    guard plan.errors.isEmpty else { return nil }
    let status: Status = plan.warnings.isEmpty ? .stagedReady : .stagedWarnings
    guard let id else {
      var draft = draft
      draft.status = status
      draft.issues = plan.issues.map(\.id)
      return try create(draft)
    }
    return try change(id, "convoy stage") { tx, convoy throws(BeadsError) in
      guard convoy.status.isStaged else {
        throw BeadsError(.conflict, "\(id) is \(convoy.status), it is not staged")
      }
      try tx.update(id) { $0.status = status }
    }
  }

  /// Lets a staged convoy begin.
  /// - Parameter force: Whether it may although there were warnings.
  /// - Returns: The convoy, and whether it was staged until now.
  /// - Throws: `conflict` for warnings, or a closed convoy.
  public func launch(_ id: IssueID, force: Bool = false) throws(BeadsError) -> (convoy: Convoy, isNew: Bool) {
    var isNew = false
    let convoy = try change(id, "convoy launch") { tx, convoy throws(BeadsError) in
      if convoy.status == .open { return }
      guard convoy.status.isStaged else {
        throw BeadsError(
          .conflict, "\(id) is \(convoy.status)", hint: "`gt convoy add` opens a closed convoy again")
      }
      if convoy.status == .stagedWarnings, !force {
        throw BeadsError(
          .conflict, "\(id) was staged with warnings",
          hint: "`gt convoy stage \(id)` shows them; --force launches it as it is")
      }
      isNew = true
      try tx.update(id) { $0.status = .open }
    }
    if isNew { announce("convoy_launched", convoy, [("tracked", "\(convoy.tracked.count)")]) }
    return (convoy, isNew)
  }

  /// What of one convoy could be given out now.
  public func ready(in id: IssueID) throws(BeadsError) -> [IssueID] {
    try status(id).tracked.filter { tracked in
      tracked.issue?.status == .open && !tracked.isBlocked && tracked.isSlingable && tracked.worker == nil
    }.map(\.id)
  }
}
