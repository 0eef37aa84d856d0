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
  /// Inputs of a convoy: a value of one of these makes this one optional.
  public var requiredUnless: [String] = []
  /// Where it was written.
  public var origin = FormulaOrigin()

  /// Makes a variable.
  public init(name: String, defaultValue: String? = nil) {
    self.name = name
    self.defaultValue = defaultValue
  }
}

/// A name and the value it is given.
public struct FormulaArgument: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The value; may hold placeholders.
  public var value: String

  /// Makes an argument.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
