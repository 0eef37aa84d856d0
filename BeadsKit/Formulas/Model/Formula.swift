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
  /// What it is for; may hold placeholders.
  public var summary: String?
  /// At least 1.
  public var version: Int
  /// What it is for.
  public var kind: Kind
  /// The formulas whose steps, variables and composition this one inherits, merged from left to right.
  public var extends: [String] = []
  /// In the order of the file.
  public var variables: [FormulaVariable] = []
  /// The content of a workflow.
  public var steps: [FormulaStep] = []
  /// The content of an expansion.
  public var template: [FormulaStep] = []
  /// The recommended phase; pouring a vapor formula warns.
  public var phase: Phase?
  /// Whether the steps become issues even when the formula is made ephemeral.
  public var poursSteps = false
  /// Where it was read: a path, or `builtin:NAME`.
  public var source: String?

  /// Makes a formula without content.
  public init(name: String, summary: String? = nil, version: Int = 1, kind: Kind = .workflow) {
    self.name = name
    self.summary = summary
    self.version = version
    self.kind = kind
  }
}

/// What a formula asks of whoever uses it.
public struct FormulaVariable: Sendable, Equatable {
  /// Letters, digits and underscores, no digit first.
  public var name: String
  /// What it means.
  public var summary: String?
  /// What it is when no value is given; the empty text counts as a value.
  public var defaultValue: String?
  /// Whether whoever uses the formula must give a value.
  public var isRequired = false
  /// The values it may have; empty when any will do.
  public var allowed: [String] = []
  /// A regular expression (POSIX extended) that a value must match.
  public var pattern: String?
  /// A word for people and forms: `string`, `int`, `bool` ...
  public var type: String?

  /// Makes a variable.
  public init(name: String, defaultValue: String? = nil) {
    self.name = name
    self.defaultValue = defaultValue
  }
}
