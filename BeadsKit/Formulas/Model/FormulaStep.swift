/// One thing to do, or a group of them.
public struct FormulaStep: Sendable, Equatable {
  /// Unique in the whole tree of a formula.
  public var id: String
  /// One line; may hold placeholders.
  ///
  /// Empty only where `expansion` stands for the step.
  public var title: String
  /// The description of the issue it becomes.
  public var summary: String?
  /// The design of the issue.
  public var design: String?
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
  /// What is made for each result of the step, once it has run.
  public var onComplete: FormulaFanOut?
  /// Its parts.
  public var children: [FormulaStep] = []

  /// Steps that this one stands for, several times over; nil after cooking.
  public var loop: FormulaLoop?
  /// The expansion formula whose template replaces the step; nil after cooking.
  public var expansion: String?
  /// The values of the expansion's variables.
  public var expansionVariables: [FormulaArgument] = []

  /// The runtime that an agent of this step should have.
  public var agent: String?
  /// What a leg of a convoy looks at.
  public var focus: String?
  /// Whether the step only looks and changes nothing.
  public var isReviewOnly = false
  /// Whether the step may share its time with its neighbours.
  public var isParallel = false
  /// Whether a person takes part.
  public var isInteractive = false
  /// Where it was written.
  public var origin = FormulaOrigin()

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

/// Steps done several times over: exactly one of count, range and until is set.
public struct FormulaLoop: Sendable, Equatable {
  /// How many times.
  public var count: Int?
  /// `a..b`, both arithmetic over variables in braces.
  public var range: String?
  /// The name that stands for the number of the round, in braces, in the body.
  public var variable: String?
  /// A runtime condition that ends the loop.
  public var until: String?
  /// The most rounds an `until` may take.
  public var maximum: Int?
  /// What is done in a round.
  public var body: [FormulaStep]

  /// Makes a loop.
  public init(count: Int? = nil, body: [FormulaStep]) {
    self.count = count
    self.body = body
  }
}

/// What is made when a step is done: one bond for each of its results.
public struct FormulaFanOut: Sendable, Equatable {
  /// The path of the results: `output.items`.
  public var forEach: String
  /// The formula that is bonded for each.
  public var bond: String
  /// The values of its variables.
  public var variables: [FormulaArgument] = []
  /// Whether the bonds wait for each other; nil when the formula does not say.
  public var isSequential: Bool?

  /// Makes a fan-out.
  public init(forEach: String, bond: String) {
    self.forEach = forEach
    self.bond = bond
  }
}
