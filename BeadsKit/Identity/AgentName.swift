public import BeadsSystem

/// The name of an agent, safe as a directory, a tmux session and a word of a command line.
public struct AgentName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The name as given.
  public let rawValue: String

  /// Longer names are refused.
  public static let maximumLength = 64

  /// Wraps 1 to 64 ASCII letters, digits, hyphens and `_`, starting with a letter or digit, or returns nil.
  public init?(rawValue: String) {
    let utf8 = rawValue.utf8
    guard (1...Self.maximumLength).contains(utf8.count), utf8.first != UInt8(ascii: "-"),
      utf8.first != UInt8(ascii: "_"), utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    self.rawValue = rawValue
  }

  /// Wraps a name that a user gave.
  /// - Throws: `invalid` for names that `init(rawValue:)` refuses.
  public init(_ text: String) throws(BeadsError) {
    guard let name = AgentName(rawValue: text) else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is not an agent name",
        hint: "a name holds ASCII letters, digits, - and _, and starts with a letter or digit")
    }
    self = name
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// The name itself.
  public var description: String { rawValue }

  /// Byte order.
  public static func < (a: AgentName, b: AgentName) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}
