public import BeadsSystem

/// The part of an issue ID before the last hyphen, such as `bd` or `web-app`, stored without that hyphen.
public struct Prefix: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The prefix without a trailing hyphen.
  public let rawValue: String

  /// Longer prefixes are refused.
  public static let maximumLength = 64

  /// Wraps a prefix found in a file, or returns nil.
  ///
  /// Accepts 1 to 64 ASCII letters, digits, hyphens, `_` and `.`, starting with a letter or digit; hyphens at the
  /// end are dropped.
  public init?(rawValue: String) { self.init(utf8: rawValue.utf8[...]) }

  init?(utf8 text: Substring.UTF8View) {
    var text = text
    while text.last == UInt8(ascii: "-") { text.removeLast() }
    guard (1...Self.maximumLength).contains(text.count), text.allSatisfy(Self.isAllowed),
      text.first.map({ $0.isASCIILetter || $0.isASCIIDigit }) == true
    else { return nil }
    rawValue = String(Substring(text))
  }

  /// Wraps a prefix that a user chose; a trailing hyphen is dropped.
  /// - Throws: `invalid` unless it starts with a lower-case letter and holds at most 64 lower-case letters, digits,
  ///   hyphens, `_` and `.`.
  public init(_ text: String) throws(BeadsError) {
    guard let prefix = Prefix(rawValue: text), prefix.rawValue.utf8.first?.isASCIILowercase == true,
      !prefix.rawValue.utf8.contains(where: { $0.isASCIILetter && !$0.isASCIILowercase })
    else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is not an issue prefix",
        hint:
          "a prefix starts with a letter and holds lower-case letters, digits and hyphens, like bd or web-app"
      )
    }
    self = prefix
  }

  /// Makes a prefix from a directory name: lower case, other characters become hyphens, leading digits are dropped.
  ///
  /// A name without any usable letter gives `bd`.
  public init(directoryName: String) {
    var bytes: [UInt8] = []
    for byte in directoryName.utf8 {
      let lower = byte.isASCIILetter ? byte | 0x20 : byte
      if Base36.isDigit(lower) {
        if !bytes.isEmpty || lower.isASCIILowercase { bytes.append(lower) }
      } else if let last = bytes.last, last != UInt8(ascii: "-") {
        bytes.append(UInt8(ascii: "-"))
      }
    }
    while bytes.count > Self.maximumLength || bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
    rawValue = bytes.isEmpty ? "bd" : String(decoding: bytes, as: UTF8.self)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: ".")
  }

  /// The prefix of IDs of one kind of issue: `bd`, `bd-wisp` or `bd-mol`.
  public func of(_ kind: IssueIDKind) -> String { rawValue + kind.infix }

  /// The ID with this suffix.
  /// - Throws: `invalid` when the suffix holds white space or control characters or is too long.
  public func id(_ suffix: String) throws(BeadsError) -> IssueID { try IssueID("\(rawValue)-\(suffix)") }

  /// The prefix itself.
  public var description: String { rawValue }

  /// Byte order.
  public static func < (a: Prefix, b: Prefix) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}

/// What the infix of a generated ID says about the issue.
public enum IssueIDKind: Sendable, Hashable, CaseIterable {
  /// An ordinary issue, `bd-a3f8`.
  case issue
  /// An ephemeral one, `bd-wisp-a3f8`.
  case wisp
  /// A step of a poured molecule, `bd-mol-a3f8`.
  case molecule

  var infix: String {
    switch self {
    case .issue: ""
    case .wisp: "-wisp"
    case .molecule: "-mol"
    }
  }
}
