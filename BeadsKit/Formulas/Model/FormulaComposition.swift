/// How a formula is put together with others (contract 7.4).
public struct FormulaComposition: Sendable, Equatable {
  /// Named places where other work may be attached.
  public var bondPoints: [FormulaBondPoint] = []
  /// Formulas attached when something is true of the issue.
  public var hooks: [FormulaHook] = []
  /// Steps replaced by an expansion.
  public var expansions: [FormulaExpansion] = []
  /// Every step whose ID matches, replaced by an expansion.
  public var maps: [FormulaExpansion] = []
  /// Steps between a fork and a join.
  public var branches: [FormulaBranch] = []
  /// Conditions that hold a step back at run time.
  public var gates: [FormulaConditionGate] = []
  /// The aspects whose advice is woven in.
  public var aspects: [String] = []

  /// Makes an empty composition.
  public init() {}

  /// Whether it says nothing.
  public var isEmpty: Bool { self == FormulaComposition() }
}

/// A named place where other work may be attached.
public struct FormulaBondPoint: Sendable, Equatable {
  /// Its name.
  public var id: String
  /// What it is for.
  public var summary: String?
  /// The step it comes after; nil when it comes before one.
  public var afterStep: String?
  /// The step it comes before; nil when it comes after one.
  public var beforeStep: String?
  /// Whether what is attached runs beside what is there.
  public var isParallel = false
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes a bond point.
  public init(id: String) { self.id = id }
}

/// A formula that is attached when something is true.
public struct FormulaHook: Sendable, Equatable {
  /// `label:x`, `type:bug`, `priority:0-1` ...
  public var trigger: String
  /// The formula.
  public var attach: String
  /// The bond point.
  public var at: String?
  /// The values of its variables.
  public var variables: [FormulaArgument] = []

  /// Makes a hook.
  public init(trigger: String, attach: String) {
    self.trigger = trigger
    self.attach = attach
  }
}

/// Steps and the expansion that replaces them.
public struct FormulaExpansion: Sendable, Equatable {
  /// A step's ID, or in a map a pattern for them.
  public var target: String
  /// The expansion formula.
  public var formula: String
  /// The values of its variables.
  public var variables: [FormulaArgument] = []
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes an expansion.
  public init(target: String, formula: String) {
    self.target = target
    self.formula = formula
  }
}

/// Steps that start after one step and must all be done before another.
public struct FormulaBranch: Sendable, Equatable {
  /// The step they all need.
  public var from: String
  /// The steps between.
  public var steps: [String]
  /// The step that needs them all.
  public var join: String?
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes a branch.
  public init(from: String, steps: [String], join: String? = nil) {
    self.from = from
    self.steps = steps
    self.join = join
  }
}

/// A condition that holds a step back at run time.
public struct FormulaConditionGate: Sendable, Equatable {
  /// The step.
  public var before: String
  /// The runtime condition (contract 7.5).
  public var condition: String
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes a gate.
  public init(before: String, condition: String) {
    self.before = before
    self.condition = condition
  }
}
