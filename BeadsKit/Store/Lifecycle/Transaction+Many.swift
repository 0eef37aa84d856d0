import BeadsFormats
package import BeadsModel
package import BeadsSystem

// Many issues that refer to each other, at the cost of the rows alone.
extension Transaction {
  /// Hash IDs for new issues, chosen before any of them is saved so that edges can name them.
  ///
  /// They depend only on the issues, the actor and what exists: the same call makes the same IDs. One query, and one
  /// more for each collision.
  /// - Throws: `conflict` when an issue finds no free ID.
  package func freeIDs(
    for issues: [Issue], kind: IssueIDKind, prefix: Prefix? = nil
  ) throws(BeadsError) -> [IssueID] {
    let head = if let prefix { prefix } else { try store.prefixes().primary }
    let generator = IssueIDGenerator(prefix: head, kind: kind)
    let present = try store.rows.topLevelCount(prefix: head.of(kind))
    let length = try store.idLength().length(count: present + issues.count)
    let sequences = issues.map {
      generator.candidates(
        title: $0.title, description: $0.description, creator: actor, createdAt: $0.createdAt, length: length)
    }
    var taken = try existing(sequences.compactMap { $0.first { _ in true } })
    var ids: [IssueID] = []
    for candidates in sequences {
      let place = ids.count
      for (nonce, id) in candidates.enumerated() where !taken.contains(id) {
        // The first ones were looked up together.
        if nonce > 0, try store.exists(id) { continue }
        taken.insert(id)
        ids.append(id)
        break
      }
      if ids.count == place { throw generator.exhausted() }
    }
    return ids
  }

  /// Those of the IDs that some issue has, deleted ones included.
  private func existing(_ ids: [IssueID]) throws(BeadsError) -> Set<IssueID> {
    Set(
      try store.connection.all(
        "SELECT id FROM issues WHERE id IN (SELECT value FROM json_each(?1))", Store.jsonList(ids)
      ) { IssueID(unchecked: $0.text(0)) })
  }

  /// Saves new issues whose IDs are chosen; edges may name issues that come later.
  /// - Throws: `exists` naming an ID that is taken, `invalid`.
  package mutating func insert(_ issues: [Issue]) throws(BeadsError) {
    if let taken = try existing(issues.map(\.id)).min() {
      throw BeadsError(.exists, "issue \(taken) already exists")
    }
    for issue in issues {
      var issue = issue
      issue.settle(after: nil, now: now)
      try store.rules.validate(issue, replacing: nil)
      try apply(before: nil, after: issue)
    }
  }

  /// Saves issues over those that have their IDs, deleted ones too; what is the same but for its times is left alone.
  /// - Throws: `invalid`.
  package mutating func overwrite(_ issues: [Issue]) throws(BeadsError) {
    let present = try store.issues(issues.map(\.id))
    let byID = Dictionary(uniqueKeysWithValues: present.map { ($0.id, $0) })
    for issue in issues {
      guard let before = byID[issue.id] else {
        try insert([issue])
        continue
      }
      var after = issue
      after.createdAt = before.createdAt
      after.createdBy = before.createdBy
      after.updatedAt = before.updatedAt
      for old in before.dependencies {
        guard let place = after.dependencies.firstIndex(where: { $0.key == old.key }) else { continue }
        after.dependencies[place].createdAt = old.createdAt
        after.dependencies[place].createdBy = old.createdBy
      }
      after.settle(after: before, now: now)
      if after == before { continue }
      after.updatedAt = try moment(after: before)
      try store.rules.validate(after, replacing: before)
      try apply(before: before, after: after)
    }
  }

  /// Adds issue types that the project does not know to its setting `types.custom`.
  /// - Throws: `invalid` when one is no name for a type.
  package mutating func learn(_ types: some Sequence<IssueType>) throws(BeadsError) {
    let vocabulary = store.rules.vocabulary
    let unknown = Set(types.filter { !vocabulary.isKnown($0) }.map(\.rawValue)).sorted()
    if unknown.isEmpty { return }
    let list = (vocabulary.customTypes.map(\.rawValue) + unknown).joined(separator: ",")
    try Vocabulary.check(list, for: "types.custom")
    try setConfig("types.custom", list)
  }

  /// The store that is being changed, to read what the transaction has written.
  package var reader: Store { store }
}

extension Store {
  /// The IDs in the first column of a query, which has one parameter.
  package func ids(_ sql: String, _ value: String) throws(BeadsError) -> [IssueID] {
    try connection.all(sql, value) { IssueID(unchecked: $0.text(0)) }
  }
}
