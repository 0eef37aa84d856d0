/// Steps put before and after those whose ID matches.
public struct FormulaAdvice: Sendable, Equatable {
  /// A pattern for step IDs: `*` any text, `?` one character.
  public var target: String
  /// They take the needs of the target, and the target needs them.
  public var before: [FormulaAdviceStep] = []
  /// They need the target.
  public var after: [FormulaAdviceStep] = []
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes advice without steps.
  public init(target: String) { self.target = target }
}

/// A step of an advice; its texts may hold `{step.id}` and `{step.title}`.
public struct FormulaAdviceStep: Sendable, Equatable {
  /// Its ID, which the target's is part of when several steps may match.
  public var id: String
  /// One line.
  public var title: String?
  /// The description of the issue it becomes.
  public var summary: String?
  /// The issue type.
  public var type: String?
  /// What it works with, a JSON object as text; part of the step's metadata.
  public var arguments: String?
  /// What it is to leave behind, a JSON object as text; part of the step's metadata.
  public var output: String?
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes a step.
  public init(id: String) { self.id = id }
}

/// What an aspect is about: every condition given has to match.
public struct FormulaPointcut: Sendable, Equatable {
  /// A pattern for step IDs.
  public var glob: String?
  /// The issue type of the step.
  public var type: String?
  /// A label of the step.
  public var label: String?

  /// Makes a pointcut that matches every step.
  public init() {}
}
