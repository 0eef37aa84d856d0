public import BeadsModel
public import BeadsSystem

/// Two issues whose titles and descriptions are alike.
public struct SimilarIssues: Sendable, Equatable {
  /// An issue as far as the comparison knows it.
  public struct Member: Sendable, Equatable {
    /// The ID.
    public let id: IssueID
    /// The title.
    public let title: String
  }

  /// The issue whose ID comes first.
  public let first: Member
  /// The other.
  public let second: Member
  /// From 0 to 1: the mean of the weighted Jaccard index and the cosine of the word counts.
  public let similarity: Double
}

extension Store {
  /// The pairs of issues that are alike, the most similar first and then by ID.
  ///
  /// Works on words alone, without a model or the network. Memory is linear in the text; the time grows with the
  /// number of pairs that share rare words.
  /// - Parameters:
  ///   - filter: Which issues are compared.
  ///   - threshold: The least similarity, above 0 and at most 1.
  ///   - limit: At most so many; nil for all.
  /// - Throws: `invalid` for a threshold or limit out of range, or a filter that contradicts itself.
  public func similarIssues(
    matching filter: IssueFilter = .comparable, threshold: Double = 0.5, limit: Int? = nil
  ) throws(BeadsError) -> [SimilarIssues] {
    guard threshold > 0, threshold <= 1 else {
      throw BeadsError(
        .invalid, "threshold \(threshold) is not above 0 and at most 1",
        hint: "0.5 is usual, 1 means the same words")
    }
    if let limit, limit < 0 {
      throw BeadsError(.invalid, "limit \(limit) is negative", hint: "use 0 for all")
    }
    let condition = try condition(filter)
    var members: [SimilarIssues.Member] = []
    var texts: [String] = []
    let sql = "SELECT i.id, i.title, i.description FROM issues i WHERE \(condition.sql) ORDER BY i.id"
    try connection.withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(condition.values)
      while try statement.step() {
        let title = statement.row.text(1)
        members.append(SimilarIssues.Member(id: IssueID(unchecked: statement.row.text(0)), title: title))
        texts.append(title + "\n" + statement.row.text(2))
      }
    }
    return SimilarPairs(texts, threshold: threshold).pairs(limit: limit).map { pair in
      SimilarIssues(
        first: members[pair.first], second: members[pair.second], similarity: pair.similarity)
    }
  }
}

extension IssueFilter {
  /// What is compared with each other: work that is not finished, without wisps, which are meant to be alike.
  public static var comparable: IssueFilter {
    var filter = IssueFilter()
    filter.statuses = .unfinished
    filter.isEphemeral = false
    return filter
  }
}
