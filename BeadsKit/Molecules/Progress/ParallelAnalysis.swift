public import BeadsModel
import BeadsStore

/// Which steps of a molecule can be done side by side.
public struct ParallelAnalysis: Sendable {
  /// What the order of the steps means for one of them.
  public struct Step: Sendable, Equatable {
    /// The step.
    public let id: IssueID
    /// The status of its issue.
    public let status: Status
    /// Whether it is being worked on or could be.
    public let isReady: Bool
    /// The steps of the same depth that it can be done beside, itself included; nil when it is alone or settled.
    public let group: String?
    /// What it waits for right now, in or outside of the molecule: its own blockers, or else the parent it waits with.
    public let blockedBy: [IssueID]
    /// The steps that wait for it right now.
    public let blocks: [IssueID]
  }

  /// Steps that can be done side by side.
  public struct Group: Sendable, Equatable {
    /// `group-1` and so on, those that come first having the smallest number.
    public let name: String
    /// At least two.
    public let steps: [IssueID]
  }

  /// Every step, in the order of the molecule.
  public let steps: [Step]
  /// The groups.
  public let groups: [Group]

  /// How many steps are being worked on or could be.
  public var readyCount: Int { steps.count(where: \.isReady) }

  /// Analyses a molecule.
  ///
  /// Linear in the steps and what blocks them.
  /// - Parameters:
  ///   - blockers: What the steps wait for right now, by step.
  ///   - spawners: The issue whose children a `waits-for` edge is about, where that is not its target.
  init(
    _ graph: MoleculeGraph, blockers: [IssueID: [ActiveBlocker]], spawners: [WaitEdge: IssueID] = [:]
  ) {
    let order = StepOrder(graph, blockers, spawners)
    var names: [Int: String] = [:]
    var groups: [Group] = []
    for layer in order.layers {
      // Gates and messages are waited for, not worked on.
      let members = layer.filter { !IssueType.neverReady.contains(graph.steps[$0].type) }
      if members.count < 2 { continue }
      let name = "group-\(groups.count + 1)"
      for place in members { names[place] = name }
      groups.append(Group(name: name, steps: members.map { graph.steps[$0].id }))
    }
    let reasons = graph.steps.map { step -> [IssueID] in
      let own = Set(blockers[step.id, default: []].map(\.blockerID)).sorted()
      return own.isEmpty ? step.blockedParent.map { [$0] } ?? [] : own
    }
    var waiting: [IssueID: [IssueID]] = [:]
    for (step, reasons) in zip(graph.steps, reasons) {
      for reason in reasons { waiting[reason, default: []].append(step.id) }
    }
    steps = graph.steps.enumerated().map { place, step in
      Step(
        id: step.id, status: step.status, isReady: step.isWorkable, group: names[place],
        blockedBy: reasons[place], blocks: waiting[step.id, default: []])
    }
    self.groups = groups
  }
}
