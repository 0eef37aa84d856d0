/// One thing to do, or a group of them.
public struct FormulaStep: Sendable, Equatable {
  /// Unique in the whole tree of a formula.
  public var id: String
  /// One line; may hold placeholders.
  public var title: String
  /// The description of the issue it becomes.
  public var summary: String?
  /// The notes of the issue.
  public var notes: String?
  /// What tells that the step is done.
  public var acceptance: String?
  /// The issue type; a step with children becomes an epic.
  public var type: String?
  /// From 0 to 4; 2 when nil.
  public var priority: Int?
  /// The labels of the issue.
  public var labels: [String] = []
  /// Who the issue is given to.
  public var assignee: String?
  /// A JSON object as text, copied into the issue.
  public var metadata: String?
  /// The steps that must be closed first: `needs` and `depends_on`, united in the order of the file.
  public var needs: [String] = []
  /// `all-children`, `any-children` or `children-of(STEP)`.
  public var waitsFor: String?
  /// Keeps the step only if true (contract 7.5).
  public var condition: String?
  /// A gate issue that blocks the step.
  public var gate: FormulaGate?
  /// Its parts.
  public var children: [FormulaStep] = []

  /// Makes a step.
  public init(id: String, title: String, needs: [String] = [], children: [FormulaStep] = []) {
    self.id = id
    self.title = title
    self.needs = needs
    self.children = children
  }
}

/// What a step waits for outside of the formula.
public struct FormulaGate: Sendable, Equatable {
  /// `timer`, `human`, `gh:run`, `gh:pr`, `mail` or `bead`.
  public var type: String
  /// What is awaited: a run, a pull request, an issue.
  public var awaitID: String?
  /// A duration such as `30m`.
  public var timeout: String?

  /// Makes a gate.
  public init(type: String, awaitID: String? = nil, timeout: String? = nil) {
    self.type = type
    self.awaitID = awaitID
    self.timeout = timeout
  }
}
