/// A workflow written down in a file: what to do, in which order, with which variables.
///
/// The same value holds a formula as it was read and as it is after cooking; contract 7.2 names the keys.
public struct Formula: Sendable, Equatable {
  /// What a formula is for.
  public enum Kind: String, Sendable, CaseIterable {
    /// Steps to be done.
    case workflow
    /// A template that replaces a step of another formula.
    case expansion
    /// Advice that is woven into the steps of another formula.
    case aspect
    /// Parallel legs and a synthesis of what they found.
    case convoy
  }

  /// How long what is made from a formula is meant to live.
  public enum Phase: String, Sendable, CaseIterable {
    /// Issues that are exported and kept.
    case liquid
    /// Issues that never leave the database and are swept away.
    case vapor
  }

  /// The name it is used by.
  public var name: String
  /// The title of the root issue when it is not the name: set when a variable `title` has been filled in.
  public var title: String?
  /// What it is for; may hold placeholders.
  public var summary: String?
  /// At least 1.
  public var version: Int
  /// What it is for.
  public var kind: Kind
  /// The formulas whose steps, variables and composition this one inherits, merged from left to right.
  public var extends: [String] = []
  /// In the order of the file; the inputs of a convoy.
  public var variables: [FormulaVariable] = []
  /// The content of a workflow.
  public var steps: [FormulaStep] = []
  /// The content of an expansion.
  public var template: [FormulaStep] = []
  /// How it is put together with others.
  public var compose = FormulaComposition()
  /// The content of an aspect, or advice for a formula's own steps.
  public var advice: [FormulaAdvice] = []
  /// What an aspect is about; every step when empty.
  public var pointcuts: [FormulaPointcut] = []
  /// What only a convoy has.
  public var convoy = FormulaConvoy()
  /// The recommended phase; pouring a vapor formula warns.
  public var phase: Phase?
  /// Whether the steps become issues even when the formula is made ephemeral.
  public var poursSteps = false
  /// The runtime that agents of this formula should have, unless a step names its own.
  public var agent: String?
  /// Whether all steps only look and change nothing.
  public var isReviewOnly = false
  /// Where it was read: a path, or `builtin:NAME`.
  public var source: String?
  /// Where its name was written.
  public var origin = FormulaOrigin()

  /// Makes a formula without content.
  public init(name: String, summary: String? = nil, version: Int = 1, kind: Kind = .workflow) {
    self.name = name
    self.summary = summary
    self.version = version
    self.kind = kind
  }
}

extension Formula {
  /// How many steps are written down: those of its steps, its template or its legs, children and bodies counted.
  public var stepCount: Int { (steps + template + convoy.legs).reduce(0) { $0 + $1.size } }
}
