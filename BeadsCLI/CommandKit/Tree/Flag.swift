/// A named option of a command, such as `--limit N` or `--json`.
///
/// Flags are plain values: parsing, help, completion and validation are all derived from them.
public struct Flag: Sendable, Equatable {
  /// What a flag's value is and how it is checked while parsing.
  public enum Kind: Sendable, Equatable {
    /// A switch: it takes a value only with `=`, as in `--tree=false`.
    case boolean
    /// Any text, also empty.
    case string
    /// Text that may be given several times or as a comma list.
    case list
    /// A whole number in the range.
    case integer(ClosedRange<Int>)
  }

  /// The long name, without dashes; also the key for looking the value up.
  public var name: String
  /// The one-letter form, if there is one.
  public var short: Unicode.Scalar?
  /// Other long names that mean the same flag; they are accepted but not shown in help.
  public var aliases: [String]
  /// What the value is.
  public var kind: Kind
  /// The word that stands for the value in help.
  public var placeholder: String
  /// The value of a flag that was not given; shown in help.
  public var defaultValue: String?
  /// Values offered by completion and listed in help.
  public var values: [String]
  /// Whether a value outside `values` is refused.
  public var isClosed: Bool
  /// Whether help and completion leave the flag out.
  public var isHidden: Bool
  /// One line for help, without a final full stop.
  public var help: String
  /// What the flag means when no value follows it, because it is the last word or another flag comes next.
  public var impliedValue: String?
  /// Whether its values name what the command works on.
  public var isSubject = false

  /// The same flag with values that name what the command works on; see ``Arguments/subjects``.
  public var namingSubject: Flag {
    var copy = self
    copy.isSubject = true
    return copy
  }

  /// The same flag with a value that it has when none is given.
  public func implying(_ value: String) -> Flag {
    var copy = self
    copy.impliedValue = value
    return copy
  }

  /// A switch that is off unless given, or on with `default: true`.
  public static func bool(
    _ name: String, short: Unicode.Scalar? = nil, aliases: [String] = [], default: Bool = false,
    hidden: Bool = false, help: String
  ) -> Flag {
    Flag(
      name: name, short: short, aliases: aliases, kind: .boolean, placeholder: "",
      defaultValue: `default` ? "true" : nil, values: [], isClosed: false, isHidden: hidden, help: help)
  }

  /// A flag with a text value; `values` are suggestions and others are accepted too.
  public static func string(
    _ name: String, short: Unicode.Scalar? = nil, aliases: [String] = [], placeholder: String = "VALUE",
    values: [String] = [], default: String? = nil, hidden: Bool = false, help: String
  ) -> Flag {
    Flag(
      name: name, short: short, aliases: aliases, kind: .string, placeholder: placeholder,
      defaultValue: `default`, values: values, isClosed: false, isHidden: hidden, help: help)
  }

  /// A flag whose value is one of `values`; any other is a usage error.
  public static func choice(
    _ name: String, short: Unicode.Scalar? = nil, aliases: [String] = [], placeholder: String = "VALUE",
    values: [String], default: String? = nil, hidden: Bool = false, help: String
  ) -> Flag {
    Flag(
      name: name, short: short, aliases: aliases, kind: .string, placeholder: placeholder,
      defaultValue: `default`, values: values, isClosed: true, isHidden: hidden, help: help)
  }

  /// A flag that collects text over all its occurrences; `values` are suggestions.
  public static func list(
    _ name: String, short: Unicode.Scalar? = nil, aliases: [String] = [], placeholder: String = "VALUE,...",
    values: [String] = [], default: String? = nil, hidden: Bool = false, help: String
  ) -> Flag {
    Flag(
      name: name, short: short, aliases: aliases, kind: .list, placeholder: placeholder,
      defaultValue: `default`, values: values, isClosed: false, isHidden: hidden, help: help)
  }

  /// A flag with a whole number within `range` as value.
  public static func int(
    _ name: String, short: Unicode.Scalar? = nil, aliases: [String] = [], placeholder: String = "N",
    in range: ClosedRange<Int> = Int.min...Int.max, default: Int? = nil, hidden: Bool = false, help: String
  ) -> Flag {
    Flag(
      name: name, short: short, aliases: aliases, kind: .integer(range), placeholder: placeholder,
      defaultValue: `default`.map(String.init), values: [], isClosed: false, isHidden: hidden, help: help)
  }

  /// Whether the flag consumes the next argument when given without `=`.
  public var takesValue: Bool { kind != .boolean }

  /// The long name and its aliases.
  var longNames: [String] { [name] + aliases }

  /// Whether `--word` means this flag.
  func answers(to word: String) -> Bool {
    name == word || (!aliases.isEmpty && aliases.contains(word))
  }
}
