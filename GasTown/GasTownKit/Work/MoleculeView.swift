public import BeadsKit

/// The steps of an assignment and how far it is.
///
/// Two kinds of molecule look the same here: a poured one, whose steps are issues, and one of which only the root was
/// made, whose steps are read from the formula and marked as done in the root.
public struct MoleculeView: Sendable {
  /// One step.
  public struct Step: Sendable, Equatable {
    /// How a step stands.
    public enum State: String, Sendable {
      /// Finished.
      case done
      /// Being worked on, or the one to begin with.
      case current
      /// Could be begun too.
      case ready
      /// Waits for others.
      case blocked
    }

    /// Its ID: of an issue, or of the formula's step.
    public let id: String
    /// Its title.
    public let title: String
    /// What is to be done.
    public let text: String
    /// When it is done.
    public let acceptance: String
    /// The IDs of the steps that come before it.
    public let needs: [String]
    /// How it stands.
    public var state: State
  }

  /// The root.
  public let rootID: IssueID
  /// What it was made of.
  public let formula: String?
  /// Its title.
  public let title: String
  /// What it is about.
  public let text: String
  /// Whether the steps are no issues.
  public let isRootOnly: Bool
  /// Whether it lives in this clone only.
  public let isWisp: Bool
  /// The steps in their order.
  public let steps: [Step]

  /// The step to work on; nil when there is none, because all are done or wait for something.
  public var current: Step? { steps.first { $0.state == .current } }
  /// How many are done.
  public var doneCount: Int { count(.done) }
  /// Whether all are done.
  public var isComplete: Bool { doneCount == steps.count }
  /// From 0 to 100.
  public var percent: Int { steps.isEmpty ? 100 : doneCount * 100 / steps.count }

  /// How many stand there.
  public func count(_ state: Step.State) -> Int { steps.count { $0.state == state } }
  /// The IDs of those that stand there.
  public func ids(_ state: Step.State) -> [String] { steps.filter { $0.state == state }.map(\.id) }
}

extension MoleculeView {
  /// The member of the root's metadata with the steps that are done.
  static let doneKey = "steps_done"

  /// Reads the molecule that is attached to an issue; nil when there is none.
  ///
  /// - Throws: `not_found` when the molecule is gone, and what reading formula and tracker throws.
  public static func of(_ work: HookedWork, _ ledgers: Ledgers) throws(BeadsError) -> MoleculeView? {
    guard let rootID = work.attachment.molecule else { return nil }
    return try of(rootID, work.attachment, agent: work.issue.assignee, ledgers)
  }

  /// Reads a molecule.
  public static func of(
    _ rootID: IssueID, _ attachment: Attachment, agent: String, _ ledgers: Ledgers
  ) throws(BeadsError) -> MoleculeView {
    let store = try ledgers.store(for: rootID)
    let graph = try store.moleculeGraph(of: rootID)
    if graph.steps.isEmpty, let formula = attachment.formula ?? nonEmpty(graph.root.sourceFormula) {
      let cooked = try ledgers.formulas(of: ledgers.rig(of: rootID))
        .cooked(formula, values: attachment.formulaVariables)
      return MoleculeView(graph.root, cooked)
    }
    return try MoleculeView(graph, agent: agent, store)
  }

  /// Texts of several lines in a formula end with a line break.
  private static func trimmed(_ text: String?) -> String {
    let text = text ?? ""
    let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
    return String(text[..<end])
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

  private init(_ root: Issue, _ formula: Formula) {
    var steps: [Step] = []
    func add(_ list: [FormulaStep], after inherited: [String]) {
      for step in list {
        steps.append(
          Step(
            id: step.id, title: step.title, text: Self.trimmed(step.summary),
            acceptance: Self.trimmed(step.acceptance),
            needs: inherited + step.needs, state: .blocked))
        add(step.children, after: inherited + step.needs)
      }
    }
    add(formula.steps, after: [])
    let done = Set(root.stepsDone)
    for index in steps.indices {
      let step = steps[index]
      if done.contains(step.id) {
        steps[index].state = .done
      } else if step.needs.allSatisfy(done.contains) {
        steps[index].state = .ready
      }
    }
    if let first = steps.firstIndex(where: { $0.state == .ready }) { steps[first].state = .current }
    rootID = root.id
    self.formula = formula.name
    title = root.title
    text = Self.trimmed(formula.summary)
    isRootOnly = true
    isWisp = root.isEphemeral
    self.steps = steps
  }

  private init(_ graph: MoleculeGraph, agent: String, _ store: Store) throws(BeadsError) {
    let current = graph.currentStep(for: agent) ?? graph.nextStep(for: agent)
    let issues = try store.issues(graph.steps.map(\.id))
    let texts = Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0) })
    steps = graph.steps.map { step in
      let issue = texts[step.id]
      let needs = issue?.dependencies.filter { $0.type == .blocks }.map(\.dependsOnID.rawValue) ?? []
      let state: Step.State =
        step.id == current?.id ? .current : step.isSettled ? .done : step.isWorkable ? .ready : .blocked
      return Step(
        id: step.id.rawValue, title: step.title, text: issue?.description ?? "",
        acceptance: issue?.acceptanceCriteria ?? "", needs: needs, state: state)
    }
    rootID = graph.root.id
    formula = Self.nonEmpty(graph.root.sourceFormula)
    title = graph.root.title
    text = graph.root.description
    isRootOnly = false
    isWisp = graph.root.isEphemeral
  }
}

extension Issue {
  /// The steps that are marked as done in the root of a molecule whose steps are no issues.
  var stepsDone: [String] {
    metadata.flatMap(JSONValue.init(parsing:))?[MoleculeView.doneKey]?.arrayValue?.compactMap(\.stringValue)
      ?? []
  }
}
