public import BeadsSystem

/// A git branch without `refs/heads/`, safe as an argument, in a refspec and in text that someone may paste.
///
/// Stricter than git (see `git check-ref-format`): it also refuses what a shell would interpret and characters that
/// cannot be seen.
public struct BranchName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The name as given.
  public let rawValue: String

  /// Longer names are refused; with `refs/heads/` and `.lock` they would not fit a file name.
  public static let maximumLength = 239

  /// Wraps a name, or returns nil: `/`-separated parts of letters, digits and `._@+#=%,-`.
  public init?(rawValue: String) {
    guard (1...Self.maximumLength).contains(rawValue.utf8.count), rawValue != "@", rawValue != "HEAD",
      rawValue.unicodeScalars.allSatisfy(Self.isAllowed), !rawValue.utf8Contains(".."),
      rawValue.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isComponent)
    else { return nil }
    self.rawValue = rawValue
  }

  /// Wraps a name that a user gave.
  /// - Throws: `invalid` for names that `init(rawValue:)` refuses.
  public init(_ text: String) throws(BeadsError) {
    guard let name = BranchName(rawValue: text) else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is not a branch name",
        hint: "parts are separated by one /, hold letters, digits and ._@+#=%,- and do not start with - or .")
    }
    self = name
  }

  private static func isComponent(_ part: Substring) -> Bool {
    !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.hasSuffix(".")
      && !part.hasSuffix(".lock")
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if let byte = UInt8(exactly: scalar.value), scalar.isASCII {
      return byte.isASCIILetter || byte.isASCIIDigit || "/._@+#=%,-".utf8.contains(byte)
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .decimalNumber:
      return true
    default: return false
    }
  }

  /// The name itself.
  public var description: String { rawValue }

  /// Byte order.
  public static func < (a: BranchName, b: BranchName) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}
