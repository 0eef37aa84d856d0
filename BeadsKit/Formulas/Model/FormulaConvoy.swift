/// What only a convoy has: parallel legs and a synthesis of what they found.
public struct FormulaConvoy: Sendable, Equatable {
  /// Texts that every leg starts with, by name; `base` is the common one.
  public var prompts: [FormulaArgument] = []
  /// The parallel parts.
  public var legs: [FormulaStep] = []
  /// What is made of the findings.
  public var synthesis: FormulaSynthesis?
  /// Where the findings go.
  public var output: FormulaOutput?

  /// Makes a convoy without legs.
  public init() {}
}

/// The step that makes one result of what the legs found.
public struct FormulaSynthesis: Sendable, Equatable {
  /// One line; a default when nil.
  public var title: String?
  /// The description of the issue it becomes.
  public var summary: String?
  /// The legs it needs; all when empty.
  public var needs: [String] = []
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes a synthesis of all legs.
  public init() {}
}

/// Where the findings of a convoy go.
public struct FormulaOutput: Sendable, Equatable {
  /// The directory.
  public var directory: String?
  /// The name of a leg's file.
  public var legPattern: String?
  /// The name of the synthesis' file.
  public var synthesis: String?

  /// Makes an output that says nothing.
  public init() {}
}
