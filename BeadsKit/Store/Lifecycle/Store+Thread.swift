public import BeadsModel
public import BeadsSystem

extension Store {
  /// The conversation a message belongs to: the first message and all replies to it, oldest first.
  ///
  /// - Returns: Each message with how many replies lie between it and the first one.
  /// - Throws: `notFound`.
  public func thread(of id: IssueID) throws(BeadsError) -> [(message: Issue, depth: Int)] {
    try read { () throws(BeadsError) in
      guard try exists(id) else { throw Self.noIssue(id.rawValue) }
      var root = id
      var seen: Set<IssueID> = [root]
      while let above = try edges("issue_id = ?1 AND type = 'replies-to'", root.rawValue).first?.dependsOnID,
        try exists(above), seen.insert(above).inserted
      { root = above }
      var depths: [IssueID: Int] = [:]
      var level = [root]
      var depth = 0
      while !level.isEmpty {
        for id in level { depths[id] = depth }
        let replies = try edges(
          "depends_on_id IN (SELECT value FROM json_each(?1)) AND type = 'replies-to'", Self.jsonList(level))
        level = Set(replies.map(\.issueID)).filter { depths[$0] == nil }.sorted()
        depth += 1
      }
      return try issues(Array(depths.keys)).filter { !$0.isTombstone }
        .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        .map { (message: $0, depth: depths[$0.id] ?? 0) }
    }
  }
}
