public import BeadsModel
public import BeadsSystem

/// An issue that has no ID yet: what `Transaction.create` makes an issue from.
///
/// Every field of `Issue` can be set on it: `draft.priority = 0`.
@dynamicMemberLookup
public struct IssueDraft: Sendable {
  /// The ID to use instead of a generated one.
  public var id: IssueID?
  /// The issue this becomes a child of; its ID is then the parent's with a number.
  public var parent: IssueID?
  /// Whether a child gets its parent's labels.
  public var inheritsLabels = true
  /// The prefix of the generated ID when it is not the project's.
  public var prefix: Prefix?
  /// Which infix a generated ID gets; ephemeral issues get `-wisp-` by themselves.
  public var kind = IssueIDKind.issue
  /// Whether a chosen ID may have a foreign prefix and a parent may be closed.
  public var isForced = false
  private var content: Issue

  /// Starts a draft of an open task of priority 2.
  public init(title: String) {
    content = Issue(id: IssueID(unchecked: ""), title: title, createdAt: Timestamp(seconds: 0))
  }

  /// Any field of the issue.
  public subscript<T>(dynamicMember path: WritableKeyPath<Issue, T>) -> T {
    get { content[keyPath: path] }
    set { content[keyPath: path] = newValue }
  }

  /// The issue this draft becomes, under that ID.
  package func issue(id: IssueID, createdBy actor: String, at now: Timestamp) -> Issue {
    var issue = content
    issue.id = id
    issue.createdAt = now
    issue.updatedAt = now
    if issue.createdBy.isEmpty { issue.createdBy = actor }
    for index in issue.dependencies.indices { issue.dependencies[index].issueID = id }
    return issue
  }
}

extension Transaction {
  /// Creates an issue: chooses its ID, links it to its parent, saves it.
  ///
  /// - Returns: The issue as saved.
  /// - Throws: `invalid` (title, words, prefix, depth), `exists` (chosen ID), `notFound` (parent),
  ///   `conflict` (closed parent).
  @discardableResult
  public mutating func create(_ draft: IssueDraft) throws(BeadsError) -> Issue {
    if draft.id != nil, draft.parent != nil {
      throw BeadsError(.invalid, "an issue cannot have both an ID of its own and a parent that numbers it")
    }
    var draft = draft
    try IssueRules.validate(title: draft.title)
    let id: IssueID
    if let parent = draft.parent {
      id = try adopt(&draft, by: parent)
    } else if let chosen = draft.id {
      if !draft.isForced { try store.prefixes().check(explicit: chosen) }
      id = chosen
    } else {
      id = try generateID(for: draft)
    }
    if let (parent, number) = id.parentAndNumber { try store.rows.raiseChildCounter(of: parent, to: number) }
    return try insert(draft.issue(id: id, createdBy: actor, at: now))
  }

  /// Gives the draft its parent's edge and labels and returns the next free child ID.
  private mutating func adopt(_ draft: inout IssueDraft, by parentID: IssueID) throws(BeadsError) -> IssueID {
    guard let parent = try store.issue(parentID), !parent.isTombstone else {
      throw Store.noIssue(parentID.rawValue)
    }
    if parent.status == .closed, !draft.isForced {
      throw BeadsError(
        .conflict, "parent \(parentID) is closed (use --force to override)", hint: "reopen it first")
    }
    if draft.inheritsLabels { draft.labels += parent.labels }
    draft.dependencies.append(
      Dependency(parentID, dependsOn: parentID, type: .parentChild, createdAt: now, createdBy: actor))
    var number = try store.rows.lastChild(of: parentID)
    while true {
      number += 1
      let id = try parentID.child(number, maximumDepth: store.rules.maximumDepth)
      if try !store.exists(id) { return id }
    }
  }

  private func generateID(for draft: IssueDraft) throws(BeadsError) -> IssueID {
    let prefixes = try store.prefixes()
    let isWisp = draft.isEphemeral || draft.hasNoHistory
    let kind = draft.kind == .issue && isWisp ? IssueIDKind.wisp : draft.kind
    let generator = IssueIDGenerator(prefix: draft.prefix ?? prefixes.primary, kind: kind)
    if try store.config("issue_id_mode") == "counter", kind == .issue { return try nextNumber(generator) }
    let length = try store.idLength().length(
      count: store.rows.topLevelCount(prefix: generator.prefix.of(kind)))
    for id in generator.candidates(
      title: draft.title, description: draft.description, creator: actor, createdAt: now, length: length)
    where try !store.exists(id) { return id }
    throw generator.exhausted()
  }

  private func nextNumber(_ generator: IssueIDGenerator) throws(BeadsError) -> IssueID {
    var number = try store.rows.lastNumber(generator)
    while true {
      number += 1
      let id = generator.id(number: number)
      if try store.exists(id) { continue }
      try store.rows.setLastNumber(generator.prefix, number)
      return id
    }
  }
}

extension Store {
  /// The project's prefix and the others it allows.
  public func prefixes() throws(BeadsError) -> PrefixSet {
    let primary = try config("issue_prefix").flatMap(Prefix.init(rawValue:)) ?? Prefix(directoryName: "bd")
    return PrefixSet(primary, allowedList: try config("allowed_prefixes") ?? "")
  }

  func idLength() throws(BeadsError) -> IDLength {
    var length = IDLength()
    if let text = try config("min_hash_length"), let value = Int(text) { length.minimum = value }
    if let text = try config("max_hash_length"), let value = Int(text) { length.maximum = value }
    if let text = try config("max_collision_prob"), let value = Double(text) { length.threshold = value }
    return length
  }

  private static func deleted(_ id: IssueID, _ reason: String) -> BeadsError {
    let fate = reason.hasPrefix("renamed to ") ? "it was \(reason)" : "it was deleted"
    return BeadsError(.notFound, noIssue(id.rawValue).message, hint: fate)
  }

  /// The issue a user means by a whole or partial ID (contract 2.7).
  ///
  /// A whole ID is one look-up; a part is searched for in all IDs, wisps last. Deleted issues do not count.
  /// - Throws: `notFound`, `ambiguous` listing the matches.
  public func resolve(_ input: String) throws(BeadsError) -> IssueID {
    let query = IDQuery(input, prefixes: try prefixes())
    for candidate in query.candidates {
      // The user cannot know yet that an issue of another clone has the ID.
      if let moved = movedIDs[candidate] { return moved }
      let found = try connection.first(
        "SELECT status, delete_reason FROM issues WHERE id = ?1", candidate.rawValue
      ) { (isDeleted: $0.text(0) == "tombstone", reason: $0.text(1)) }
      guard let found else { continue }
      if !found.isDeleted { return candidate }
      // Whoever writes out the ID of a deleted issue means no other one that happens to contain it.
      if candidate.rawValue == input { throw Self.deleted(candidate, found.reason) }
    }
    guard let part = query.part else { throw query.notFound }
    var matcher = IDMatcher(query, prefixes: try prefixes())
    for isWisp in [0, 1] where matcher.isEmpty {
      try connection.query(
        """
        SELECT id FROM issues WHERE instr(id, ?1) > 0 AND status <> 'tombstone'
          AND (ephemeral = 1 OR no_history = 1) = ?2
        """, part, isWisp
      ) { row throws(BeadsError) in matcher.consider(IssueID(unchecked: row.text(0))) }
    }
    return try matcher.result()
  }
}

extension IssueRows {
  /// The highest child number ever given out under a parent, from data and counter.
  func lastChild(of parent: IssueID) throws(BeadsError) -> Int {
    var last = Int(
      try connection.int64("SELECT last_child FROM child_counters WHERE parent_id = ?1", parent.rawValue) ?? 0
    )
    try connection.query(
      "SELECT id FROM issues WHERE id > ?1 AND id < ?2", parent.rawValue + ".", parent.rawValue + "/"
    ) { row throws(BeadsError) in
      let id = IssueID(unchecked: row.text(0))
      if let (owner, number) = id.parentAndNumber, owner == parent { last = max(last, number) }
    }
    return last
  }

  func raiseChildCounter(of parent: IssueID, to number: Int) throws(BeadsError) {
    try connection.execute(
      """
      INSERT INTO child_counters (parent_id, last_child) VALUES (?1, ?2)
      ON CONFLICT (parent_id) DO UPDATE SET last_child = max(last_child, excluded.last_child)
      """, parent.rawValue, number)
  }

  /// How many IDs without child numbers start with a prefix; deleted issues count.
  ///
  /// Counted while that is quick; in a larger store the number of rows ever made stands in for it, so that creating
  /// costs the same at any size. It errs on the long side: an ID may get a character more than it needs.
  func topLevelCount(prefix: String) throws(BeadsError) -> Int {
    if let rows = try connection.int64("SELECT max(seq) FROM issues"), rows > 6000 { return Int(rows) }
    return Int(
      try connection.int64(
        "SELECT COUNT(*) FROM issues WHERE id > ?1 AND id < ?2 AND instr(id, '.') = 0", prefix + "-",
        prefix + ".")
        ?? 0)
  }

  func lastNumber(_ generator: IssueIDGenerator) throws(BeadsError) -> Int {
    if let stored = try connection.int64(
      "SELECT last_id FROM issue_counter WHERE prefix = ?1", generator.prefix.rawValue)
    {
      return Int(stored)
    }
    var last = 0
    let head = generator.prefix.rawValue
    try connection.query("SELECT id FROM issues WHERE id > ?1 AND id < ?2", head + "-", head + ".") {
      row throws(BeadsError) in
      if let number = generator.number(of: IssueID(unchecked: row.text(0))) { last = max(last, number) }
    }
    return last
  }

  func setLastNumber(_ prefix: Prefix, _ number: Int) throws(BeadsError) {
    try connection.execute(
      "INSERT OR REPLACE INTO issue_counter (prefix, last_id) VALUES (?1, ?2)", prefix.rawValue, number)
  }
}
