public import BeadsModel
public import BeadsSystem

/// New IDs for all issues of a project, so that they begin with another prefix.
///
/// `Store.prefixRenaming` works one out, `Transaction.perform` carries it out.
public struct PrefixRenaming: Sendable {
  /// What the IDs begin with then.
  public let prefix: Prefix
  /// The prefix of new issues until then.
  public let previous: Prefix
  /// The prefixes that issues have, each with how many, in byte order.
  public let found: [(prefix: Prefix, count: Int)]
  /// The new ID of every issue that gets one, by the old one.
  public let names: [IssueID: IssueID]
  /// Those of them whose new ID is a fresh one because another issue has, or had, the one they would get.
  public let rehashed: [IssueID]
  /// How many issues begin with the prefix already.
  public let unchangedCount: Int

  /// The longest prefix that all issues can be given.
  public static let maximumLength = 8

  /// A prefix fit for all issues: short, because everybody types it.
  /// - Throws: `invalid` unless it is 1 to 8 lower-case letters, digits and hyphens and starts with a letter.
  public static func prefix(_ text: String) throws(BeadsError) -> Prefix {
    let prefix = try Prefix(text)
    let isPlain = prefix.rawValue.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
    guard isPlain, prefix.rawValue.utf8.count <= maximumLength else {
      throw BeadsError(
        .invalid, "\(quoted(text)) cannot be the prefix of all issues",
        hint: "at most \(maximumLength) lower-case letters, digits and hyphens, starting with a letter")
    }
    return prefix
  }
}

extension Store {
  /// Works out the IDs that the issues of this project get when all begin with another prefix.
  ///
  /// Children follow their parents' names, deleted issues and issues of other projects keep theirs. Linear in the
  /// number of issues.
  /// - Parameter folding: Whether issues with any prefix get the new one; an ID that is or was another issue's is
  ///   replaced by a fresh one. Otherwise all issues have to have one prefix.
  /// - Throws: `conflict` when there are several prefixes, or an ID is taken, and they are not folded.
  public func prefixRenaming(
    to prefix: Prefix, folding: Bool = false
  ) throws(BeadsError) -> PrefixRenaming {
    var plan = PrefixPlan(prefix, try prefixes(), isFolding: folding)
    plan.length = try idLength()
    try connection.query(
      "SELECT id, status <> 'tombstone' AND source_repo = '.' FROM issues ORDER BY id"
    ) { row throws(BeadsError) in plan.consider(IssueID(unchecked: row.text(0)), isOurs: row.int64(1) != 0) }
    return try plan.result()
  }
}

extension Transaction {
  /// Gives issues their new IDs and new issues the new prefix: edges, counters, and texts that mention them follow.
  ///
  /// The old IDs stay as tombstones, so that other clones follow; comments are records and stay as they are. Reads
  /// and writes every issue once.
  /// - Throws: `exists` when an ID was taken since the plan was made.
  public mutating func perform(_ renaming: PrefixRenaming) throws(BeadsError) {
    try setConfig("issue_prefix", renaming.prefix.rawValue)
    if renaming.names.isEmpty { return }
    let names = Dictionary(
      uniqueKeysWithValues: renaming.names.map { ($0.key.rawValue, $0.value.rawValue) })
    for issue in try store.issues(where: "i.status <> 'tombstone'") {
      if let new = renaming.names[issue.id] {
        if try store.exists(new) { throw BeadsError(.exists, "issue \(new) already exists") }
        _ = try move(issue, to: new, names)
      } else if issue.renaming(names) != issue {
        try update(issue.id) { $0 = $0.renaming(names) }
      }
    }
    try store.rows.continueNumbers(from: renaming.previous, in: renaming.prefix)
  }
}

extension IssueRows {
  /// Lets a project that numbers its issues go on counting under another prefix.
  fileprivate func continueNumbers(from old: Prefix, in new: Prefix) throws(BeadsError) {
    let stored = try connection.int64("SELECT last_id FROM issue_counter WHERE prefix = ?1", old.rawValue)
    if let stored, stored > Int64(try lastNumber(IssueIDGenerator(prefix: new))) {
      try setLastNumber(new, Int(stored))
    }
  }
}

/// Finds the new IDs.
private struct PrefixPlan {
  private let prefix: Prefix
  private let prefixes: PrefixSet
  private let isFolding: Bool
  var length = IDLength()
  private var taken: Set<String> = []
  private var counts: [Prefix: Int] = [:]
  /// Issues to rename by the prefix that they have, in order.
  private var wanted: [(id: IssueID, prefix: Prefix)] = []
  private var unchangedCount = 0

  init(_ prefix: Prefix, _ prefixes: PrefixSet, isFolding: Bool) {
    self.prefix = prefix
    self.prefixes = prefixes
    self.isFolding = isFolding
  }

  mutating func consider(_ id: IssueID, isOurs: Bool) {
    taken.insert(id.rawValue)
    guard isOurs else { return }
    // The longer of two prefixes that fit is the right one, also when the new one is `a` and the old one `a-b`.
    guard let found = prefixes.known(id) ?? guessed(id) else {
      unchangedCount += 1
      return
    }
    counts[found, default: 0] += 1
    if found == prefix { unchangedCount += 1 } else { wanted.append((id, found)) }
  }

  /// The prefix of an ID that nobody configured; what says wisp or molecule is no part of it.
  private func guessed(_ id: IssueID) -> Prefix? {
    if id.rawValue.utf8.after(prefix) != nil { return prefix }
    guard let found = prefixes.prefix(of: id) else { return nil }
    for infix in ["-wisp", "-mol"] where found.rawValue.hasSuffix(infix) {
      return Prefix(rawValue: String(found.rawValue.dropLast(infix.count)))
    }
    return found
  }

  mutating func result() throws(BeadsError) -> PrefixRenaming {
    let found = counts.sorted { $0.key < $1.key }.map { (prefix: $0.key, count: $0.value) }
    if found.count > 1, !isFolding { throw several(found) }
    // The project's own issues come first: theirs are the IDs that people know.
    let own = wanted.filter { $0.prefix == prefixes.primary }
    var names: [IssueID: IssueID] = [:]
    var rehashed: [IssueID] = []
    for (root, family) in families(own + wanted.filter { $0.prefix != prefixes.primary }) {
      var head = newHead(root.id, root.prefix)
      let ids = family.map(\.rawValue)
      if ids.contains(where: { taken.contains(renamed($0, root.id, head)) }) {
        head = try freshHead(root.id, ids)
        rehashed += family
      }
      for id in family {
        let name = renamed(id.rawValue, root.id, head)
        taken.insert(name)
        names[id] = IssueID(unchecked: name)
      }
    }
    return PrefixRenaming(
      prefix: prefix, previous: prefixes.primary, found: found, names: names, rehashed: rehashed.sorted(),
      unchangedCount: unchangedCount)
  }

  /// Issues with those whose IDs make them their descendants, in the order of the first of each.
  private func families(
    _ issues: [(id: IssueID, prefix: Prefix)]
  ) -> [(root: (id: IssueID, prefix: Prefix), members: [IssueID])] {
    var places: [IssueID: Int] = [:]
    var families: [(root: (id: IssueID, prefix: Prefix), members: [IssueID])] = []
    for issue in issues {
      var root = issue.id
      while let parent = root.parentAndNumber?.parent { root = parent }
      if let place = places[root] {
        families[place].members.append(issue.id)
      } else {
        places[root] = families.count
        families.append(((root, issue.prefix), [issue.id]))
      }
    }
    return families
  }

  private func newHead(_ root: IssueID, _ old: Prefix) -> String {
    let rest = root.rawValue.utf8.after(old).map { String(Substring($0)) } ?? root.rawValue
    return "\(prefix)-\(rest)"
  }

  private func renamed(_ id: String, _ root: IssueID, _ head: String) -> String {
    head + id.dropFirst(root.rawValue.count)
  }

  private func freshHead(_ root: IssueID, _ ids: [String]) throws(BeadsError) -> String {
    guard isFolding else {
      throw BeadsError(
        .conflict, "\(ids[0]) cannot become \(newHead(root, prefixes.primary)), an ID that is or was taken",
        hint: "`bd rename-prefix \(prefix) --repair` gives such issues a fresh ID")
    }
    let kind: IssueIDKind = root.isWisp ? .wisp : root.isMolecule ? .molecule : .issue
    let generator = IssueIDGenerator(prefix: prefix, kind: kind)
    // The old ID is the text that is hashed: the same repair in two clones gives the same IDs.
    let candidates = generator.candidates(
      title: root.rawValue, description: "", creator: "", createdAt: Timestamp(seconds: 0),
      length: length.length(count: taken.count))
    for candidate in candidates {
      let isFree = ids.allSatisfy { !taken.contains(renamed($0, root, candidate.rawValue)) }
      if isFree { return candidate.rawValue }
    }
    throw generator.exhausted()
  }

  private func several(_ found: [(prefix: Prefix, count: Int)]) -> BeadsError {
    let list = found.map { "\($0.prefix) (\($0.count))" }.joined(separator: ", ")
    return BeadsError(
      .conflict, "the issues have several prefixes: \(list)",
      hint: "`bd rename-prefix \(prefix) --repair` gives all of them the prefix \(prefix)")
  }
}
