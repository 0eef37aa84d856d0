public import BeadsSystem

/// The identifier of an issue, such as `bd-a3f8` or `bd-a3f8.1`: opaque everywhere but in this room.
///
/// Nothing may find a prefix by splitting an ID; ask `PrefixSet`. Files of other tools hold strange but legal IDs,
/// so validation refuses only what would break a line, a terminal or a path.
public struct IssueID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The ID as written in files.
  public let rawValue: String

  /// Wraps a string that is 1 to 255 bytes of visible characters without white space, or returns nil.
  public init?(rawValue: String) {
    guard Self.isValid(rawValue) else { return nil }
    self.rawValue = rawValue
  }

  /// Wraps a string that a user gave.
  /// - Throws: `invalid` when it is empty, longer than 255 bytes, or holds white space or control characters.
  public init(_ text: String) throws(BeadsError) {
    guard Self.isValid(text) else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is not an issue ID", hint: "an ID looks like bd-a3f8 or bd-a3f8.1")
    }
    rawValue = text
  }

  /// Wraps a string that is known to be valid because the store or an ID generator made it.
  package init(unchecked rawValue: String) { self.rawValue = rawValue }

  private static func isValid(_ text: String) -> Bool {
    let utf8 = text.utf8
    guard !utf8.isEmpty, utf8.count <= 255 else { return false }
    return utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  /// Whether this names a capability of another project (`external:project:capability`) instead of an issue.
  public var isExternal: Bool { rawValue.hasPrefix("external:") }

  /// The ID itself.
  public var description: String { rawValue }

  /// Byte order, the order of the exported file.
  public static func < (a: IssueID, b: IssueID) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}

/// The text in double quotes, shortened and with control characters replaced, fit for an error message.
public func quoted(_ text: String) -> String {
  var out = "\""
  for (count, scalar) in text.unicodeScalars.enumerated() {
    if count == 60 {
      out += "..."
      break
    }
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    out.unicodeScalars.append(isControl ? "?" : scalar)
  }
  return out + "\""
}
