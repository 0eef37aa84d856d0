public import BeadsSystem

/// The prefixes a project knows, and the only place that finds the prefix of an ID.
public struct PrefixSet: Sendable, Hashable {
  /// The prefix of new issues (`issue_prefix`).
  public let primary: Prefix
  /// All prefixes, longest first.
  public let all: [Prefix]

  /// Makes a set from the configured prefix and `allowed_prefixes`.
  public init(_ primary: Prefix, allowed: some Sequence<Prefix> = []) {
    self.primary = primary
    all = Set(allowed).union([primary]).sorted { a, b in
      let (first, second) = (a.rawValue.utf8.count, b.rawValue.utf8.count)
      return first != second ? first > second : a < b
    }
  }

  /// Makes a set from the configured prefix and the comma list of `allowed_prefixes`; unusable entries are skipped.
  public init(_ primary: Prefix, allowedList: String) {
    let entries = allowedList.split(whereSeparator: { $0 == "," || $0.isWhitespace })
    self.init(primary, allowed: entries.compactMap { Prefix(rawValue: String($0)) })
  }

  /// The longest known prefix of an ID, or nil.
  ///
  /// O(prefixes).
  public func known(_ id: IssueID) -> Prefix? { known(id.rawValue) }

  func known(_ text: String) -> Prefix? { all.first { text.utf8.after($0) != nil } }

  /// The prefix of an ID, known or guessed from its shape, or nil when there is no hyphen.
  ///
  /// A guess cuts at the last hyphen if a number or a hash follows it, else at the first hyphen.
  public func prefix(of id: IssueID) -> Prefix? { known(id) ?? Self.guess(id.rawValue) }

  /// What follows the known prefix and its hyphen; the whole ID when no prefix is known.
  public func suffix(of id: IssueID) -> Substring {
    for prefix in all {
      if let rest = id.rawValue.utf8.after(prefix) { return Substring(rest) }
    }
    return id.rawValue[...]
  }

  /// Checks an ID that a user chose for a new issue.
  /// - Throws: `invalid` when it has no hyphen or starts with none of the known prefixes.
  public func check(explicit id: IssueID) throws(BeadsError) {
    guard id.rawValue.utf8.contains(UInt8(ascii: "-")) else {
      throw BeadsError(
        .invalid, "\(quoted(id.rawValue)) has no prefix", hint: "an ID looks like \(primary)-\(id.rawValue)")
    }
    guard known(id) == nil else { return }
    let found = Self.guess(id.rawValue).map { "'\($0)'" } ?? "none"
    let expected = all.map { "'\($0)'" }.joined(separator: ", ")
    throw BeadsError(
      .invalid,
      "prefix mismatch: \(quoted(id.rawValue)) has prefix \(found), this project has \(expected) "
        + "(use --force to override)")
  }

  private static func guess(_ text: String) -> Prefix? {
    let utf8 = text.utf8
    guard let first = utf8.firstIndex(of: UInt8(ascii: "-")),
      let last = utf8.lastIndex(of: UInt8(ascii: "-"))
    else { return nil }
    let end = utf8.index(after: last)
    let tail = utf8[end...].prefix { $0 != UInt8(ascii: ".") }
    return Prefix(utf8: utf8[..<(looksGenerated(tail) ? last : first)])
  }

  /// Whether this is a number, or 3 to 8 base-36 digits of which, from 4 on, one must be 0 to 9 to be no word.
  private static func looksGenerated(_ tail: Substring.UTF8View) -> Bool {
    if tail.isEmpty { return false }
    if tail.allSatisfy(\.isASCIIDigit) { return true }
    guard IDLength.allowed.contains(tail.count), tail.allSatisfy(Base36.isDigit) else { return false }
    return tail.count < 4 || tail.contains(where: \.isASCIIDigit)
  }
}

extension String.UTF8View {
  /// What follows `prefix-`, or nil when the text does not start so or nothing follows.
  package func after(_ prefix: Prefix) -> Substring.UTF8View? {
    let head = prefix.rawValue.utf8
    guard count > head.count + 1, starts(with: head) else { return nil }
    let rest = dropFirst(head.count)
    return rest.first == UInt8(ascii: "-") ? rest.dropFirst() : nil
  }
}
