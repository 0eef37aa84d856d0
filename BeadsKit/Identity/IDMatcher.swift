public import BeadsSystem

/// Collects the issues that a partial ID may mean.
///
/// The part after the known prefix contains what was typed, and one that equals it wins.
/// Show it ordinary issues first and wisps only when `isEmpty` afterwards.
public struct IDMatcher: Sendable {
  /// How many IDs the error about an ambiguous one lists at most.
  public static let listedMatches = 10

  private let query: IDQuery
  private let prefixes: PrefixSet
  private var equal: [IssueID] = []
  private var containing: [IssueID] = []
  private var count = 0

  /// Makes a matcher that has seen nothing yet.
  public init(_ query: IDQuery, prefixes: PrefixSet) {
    self.query = query
    self.prefixes = prefixes
  }

  /// Whether nothing shown so far matches.
  public var isEmpty: Bool { equal.isEmpty && count == 0 }

  /// Considers one existing issue.
  ///
  /// O(length).
  public mutating func consider(_ id: IssueID) {
    guard let part = query.part, query.prefix == nil || prefixes.known(id) == query.prefix else { return }
    let suffix = prefixes.suffix(of: id)
    if suffix == part { equal.append(id) }
    guard suffix.utf8Contains(part) else { return }
    count += 1
    containing.append(id)
  }

  /// The one issue that was meant.
  /// - Throws: `notFound` when nothing matches, `ambiguous` when several do.
  public func result() throws(BeadsError) -> IssueID {
    let matches = equal.isEmpty ? containing : equal
    if matches.count == 1, let only = matches.first { return only }
    guard !matches.isEmpty else { throw query.notFound }
    var listed = matches.sorted().prefix(Self.listedMatches).map(\.rawValue)
    if matches.count > listed.count { listed.append("...") }
    throw BeadsError(
      .ambiguous,
      "ambiguous ID \(quoted(query.input)) matches \(matches.count) issues: "
        + "[\(listed.joined(separator: " "))]", hint: "type more characters of the ID")
  }
}

extension IDQuery {
  /// The error when no issue is meant.
  public var notFound: BeadsError {
    BeadsError(
      .notFound, "no issue found matching \(quoted(input))", hint: "list the issues with `bd list --all`")
  }
}

extension PrefixSet {
  /// Resolves what a user typed among some IDs.
  ///
  /// O(total length); the store does the same with its indexes.
  /// - Throws: `notFound` or `ambiguous`.
  public func resolve(_ input: String, among ids: some Collection<IssueID>) throws(BeadsError) -> IssueID {
    let query = IDQuery(input, prefixes: self)
    if let exact = query.candidates.first(where: { ids.contains($0) }) { return exact }
    var matcher = IDMatcher(query, prefixes: self)
    for id in ids { matcher.consider(id) }
    return try matcher.result()
  }
}
