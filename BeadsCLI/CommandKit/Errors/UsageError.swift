/// A command line that cannot be understood, with all its messages in one place.
public struct UsageError: RenderableError, Equatable {
  /// What is wrong with the command line.
  public enum Reason: Sendable, Equatable {
    /// A long flag nobody declared; the name without dashes.
    case unknownFlag(String)
    /// A letter nobody declared, and the argument it stood in.
    case unknownShorthand(Character, argument: String)
    /// An argument that begins like a flag but is none, such as `--=x`.
    case badFlagSyntax(String)
    /// A long flag whose value is missing; the name without dashes.
    case missingValue(String)
    /// A letter whose value is missing, and the argument it stood in.
    case missingShorthandValue(Character, argument: String)
    /// A value the flag does not take, and what it takes.
    case invalidValue(String, flag: String, expected: String)
    /// A word that names no command under the parent.
    case unknownCommand(String, parent: String)
    /// Places that were left empty, as usage shows them.
    case missingArguments([String])
    /// An argument too many.
    case unexpectedArgument(String)
    /// Anything else, in the command's own words.
    case other(String)
  }

  /// What is wrong.
  public let reason: Reason
  /// What the user may have meant, a whole sentence.
  public var suggestion: String?
  /// The command whose help explains more, such as `bd create`; the runner fills it in when a command did not.
  public var command: String?
  /// The status the process exits with; the runner sets it to its own.
  public var exitStatus: Int32 = 1

  /// Makes an error of a known kind.
  public init(_ reason: Reason, suggestion: String? = nil, command: String? = nil) {
    self.reason = reason
    self.suggestion = suggestion
    self.command = command
  }

  /// Makes an error in the command's own words, for rules the parser does not know.
  public init(_ message: String, hint: String? = nil) {
    self.init(.other(message), suggestion: hint)
  }

  /// The code programs match on.
  public var codeName: String { "usage" }

  /// The sentence for the user; clients search it for `unknown flag`.
  public var message: String {
    switch reason {
    case .unknownFlag(let name): "unknown flag: --\(short(name))"
    case .unknownShorthand(let letter, let argument):
      "unknown shorthand flag: '\(letter)' in \(short(argument))"
    case .badFlagSyntax(let argument): "bad flag syntax: \(short(argument))"
    case .missingValue(let name): "flag needs an argument: --\(name)"
    case .missingShorthandValue(let letter, let argument):
      "flag needs an argument: '\(letter)' in \(short(argument))"
    case .invalidValue(let value, let flag, let expected):
      "invalid argument \"\(short(value))\" for \"--\(flag)\" flag: \(expected)"
    case .unknownCommand(let word, let parent): "unknown command \"\(short(word))\" for \"\(parent)\""
    case .missingArguments(let places):
      "missing argument\(places.count == 1 ? "" : "s"): \(places.joined(separator: " "))"
    case .unexpectedArgument(let argument): "unexpected argument \"\(short(argument))\""
    case .other(let message): message
    }
  }

  /// The suggestion, and where to read more.
  public var hint: String? {
    let usage = command.map { "Run '\($0) --help' for usage." }
    let parts = [suggestion, usage].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// What the user typed, cut to a length that still fits a message.
  private func short(_ text: String) -> String {
    text.utf8.count <= 200 ? text : String(text.prefix(100)) + "…"
  }
}
