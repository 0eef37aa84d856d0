/// An argument known by its place, such as the `<id>` of `show <id>...`.
public struct Positional: Sendable, Equatable {
  /// The word that stands for the argument in usage and help.
  public var name: String
  /// One line for help; empty when the name says enough.
  public var help: String
  /// The fewest arguments that fill this place.
  public var minimum: Int
  /// Whether any number of arguments fills this place.
  public var isRepeated: Bool
  /// Values offered by completion.
  public var values: [String]
  /// Which of the words here name what the command works on.
  public var subject = Subject.none

  /// Words that name what a command works on, from which a program can tell where that is before the command runs.
  public enum Subject: Sendable, Equatable {
    /// None of them.
    case none
    /// The first of them.
    case first
    /// All but the last argument of the command.
    case allButLast
    /// All of them.
    case all
  }

  /// The same place with words that name what the command works on.
  public func naming(_ subject: Subject) -> Positional {
    var copy = self
    copy.subject = subject
    return copy
  }

  /// Exactly one argument.
  public static func required(_ name: String, values: [String] = [], help: String = "") -> Positional {
    Positional(name: name, help: help, minimum: 1, isRepeated: false, values: values)
  }

  /// One argument or none.
  public static func optional(_ name: String, values: [String] = [], help: String = "") -> Positional {
    Positional(name: name, help: help, minimum: 0, isRepeated: false, values: values)
  }

  /// One argument or more.
  public static func oneOrMore(_ name: String, values: [String] = [], help: String = "") -> Positional {
    Positional(name: name, help: help, minimum: 1, isRepeated: true, values: values)
  }

  /// Any number of arguments, also none.
  public static func zeroOrMore(_ name: String, values: [String] = [], help: String = "") -> Positional {
    Positional(name: name, help: help, minimum: 0, isRepeated: true, values: values)
  }

  /// The argument as usage lines show it: `<id>`, `[id]`, `<id>...` or `[id]...`.
  var usage: String {
    (minimum > 0 ? "<\(name)>" : "[\(name)]") + (isRepeated ? "..." : "")
  }
}
