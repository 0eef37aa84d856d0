public import BeadsKit

/// The name of a rig: one project of a town, and the folder it lives in.
public struct RigName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The name as given.
  public let rawValue: String

  /// Longer names are refused.
  public static let maximumLength = 64

  /// Folders that a town has of its own, and words that addresses and prefixes give another meaning.
  static let reserved: Set<String> = [
    "hq", "mayor", "deacon", "boot", "overseer", "settings", "config", "roles", "directives", "plugins",
    "hooks",
    "logs", "daemon", "events", "estop", "warrants", "witness", "refinery", "crew", "polecats", "beads",
    "town",
  ]

  /// Wraps 1 to 64 ASCII letters, digits and `_`, starting with a letter, or returns nil.
  ///
  /// Hyphens are refused: in session names they separate the rig's prefix from the agent.
  public init?(rawValue: String) {
    let utf8 = rawValue.utf8
    guard (1...Self.maximumLength).contains(utf8.count), let first = utf8.first, Self.isLetter(first),
      utf8.allSatisfy({ Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }),
      !Self.reserved.contains(rawValue.lowercased())
    else { return nil }
    self.rawValue = rawValue
  }

  /// Wraps a name that a user gave.
  /// - Throws: `invalid` for names that `init(rawValue:)` refuses.
  public init(_ text: String) throws(BeadsError) {
    guard let name = RigName(rawValue: text) else {
      let reason = Self.reserved.contains(text.lowercased()) ? "is reserved" : "is not a rig name"
      throw BeadsError(
        .invalid, "\(quoted(text)) \(reason)",
        hint: "a name holds ASCII letters, digits and _, and starts with a letter: my_project")
    }
    self = name
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// The name itself.
  public var description: String { rawValue }

  /// Byte order.
  public static func < (a: RigName, b: RigName) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}
