/// What a user typed where an ID is expected: a whole ID or a part that tells it from the others.
///
/// Resolve it in two steps: look up `candidates` in order and take the first that exists; if none does, show every
/// ID whose text contains `part` to an `IDMatcher`.
public struct IDQuery: Sendable, Hashable {
  /// The text as typed.
  public let input: String
  /// The IDs it may be, best first: as typed, with the project's prefix, with the missing hyphen (`bda3f8`).
  public let candidates: [IssueID]
  /// What to look for inside the IDs, or nil when only a whole ID can be meant.
  public let part: String?
  /// The prefix that was typed, which a match must have too.
  public let prefix: Prefix?

  /// Normalises the input.
  ///
  /// O(length · prefixes).
  public init(_ input: String, prefixes: PrefixSet) {
    self.input = input
    var names = [input]
    if prefixes.known(input) == nil, !Self.looksPrefixed(input) {
      names.append("\(prefixes.primary)-\(input)")
    }
    for known in prefixes.all where !input.utf8.contains(UInt8(ascii: "-")) {
      let head = known.rawValue.utf8
      guard input.utf8.starts(with: head), input.utf8.count > head.count else { continue }
      names.append("\(known)-\(Substring(input.utf8.dropFirst(head.count)))")
    }
    candidates = names.compactMap { IssueID(rawValue: $0) }
    prefix = prefixes.known(input)
    let rest = prefix.flatMap { input.utf8.after($0) } ?? input.utf8[...]
    part = rest.isEmpty || !rest.allSatisfy(Self.isSearchable) ? nil : String(Substring(rest))
  }

  /// Whether this starts like a prefix of another project: up to eight lower-case letters or digits and a hyphen.
  private static func looksPrefixed(_ input: String) -> Bool {
    let head = input.utf8.prefix { $0 != UInt8(ascii: "-") }
    guard (1...8).contains(head.count), head.allSatisfy(Base36.isDigit) else { return false }
    guard let next = input.utf8.dropFirst(head.count + 1).first else { return false }
    return next.isASCIILetter || next.isASCIIDigit
  }

  private static func isSearchable(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }
}
