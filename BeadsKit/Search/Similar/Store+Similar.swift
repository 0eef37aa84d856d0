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
    /// The status.
    public let status: Status
  }

  /// The issue whose ID comes first.
  public let first: Member
  /// The other.
  public let second: Member
  /// From 0 to 1: the mean of the weighted Jaccard index and the cosine of the word counts.
  public let similarity: Double
}

/// An issue that is like something else.
public struct SimilarIssue: Sendable, Equatable {
  /// The issue.
  public let issue: SimilarIssues.Member
  /// As in `SimilarIssues`.
  public let similarity: Double
}

// All of this works on words alone, without a model or the network.
extension Store {
  /// The pairs of issues that are alike, the most similar first and then by ID.
  ///
  /// Memory is linear in the text; the time grows with the number of pairs that share rare words.
  /// - Parameters:
  ///   - filter: Which issues are compared.
  ///   - threshold: The least similarity, above 0 and at most 1.
  ///   - limit: At most so many; nil for all.
  /// - Throws: `invalid` for a threshold or limit out of range, or a filter that contradicts itself.
  public func similarIssues(
    matching filter: IssueFilter = .comparable, threshold: Double = 0.5, limit: Int? = nil
  ) throws(BeadsError) -> [SimilarIssues] {
    try Self.validate(threshold, limit)
    let (members, texts) = try comparable(filter)
    return SimilarPairs(texts, threshold: threshold).pairs(limit: limit).map { pair in
      SimilarIssues(
        first: members[pair.first], second: members[pair.second], similarity: pair.similarity)
    }
  }

  /// The issues that are like a text, the most similar first and then by ID.
  ///
  /// Linear in the text of the issues.
  /// - Parameters:
  ///   - text: Title and description of what may be there already.
  ///   - filter: Which issues are compared with it.
  ///   - threshold: The least similarity, above 0 and at most 1.
  ///   - limit: At most so many; nil for all.
  /// - Throws: `invalid` for a threshold or limit out of range, or a filter that contradicts itself.
  public func issues(
    like text: String, matching filter: IssueFilter, threshold: Double = 0.3, limit: Int? = nil
  ) throws(BeadsError) -> [SimilarIssue] {
    try Self.validate(threshold, limit)
    let (members, texts) = try comparable(filter)
    let counts = WordCounts([text] + texts)
    var table = [Int32](repeating: 0, count: counts.wordCount)
    counts.spread(counts.bags[0], into: &table)
    var found: [(place: Int, similarity: Double)] = []
    for place in members.indices {
      let similarity = counts.similarity(counts.bags[0], table, to: counts.bags[place + 1])
      if similarity >= threshold { found.append((place, similarity)) }
    }
    found.sort { ($1.similarity, $0.place) < ($0.similarity, $1.place) }
    return found.prefix(limit ?? .max).map {
      SimilarIssue(issue: members[$0.place], similarity: $0.similarity)
    }
  }

  /// The other issues that are like an issue.
  /// - Throws: As `issues(like:)`; `notFound`.
  public func issues(
    like id: IssueID, matching filter: IssueFilter, threshold: Double = 0.3, limit: Int? = nil
  ) throws(BeadsError) -> [SimilarIssue] {
    guard let issue = try issue(id), !issue.isTombstone else { throw Self.noIssue(id.rawValue) }
    let text = Self.comparable(issue.title, issue.description)
    let more = limit.map { $0 == .max ? $0 : $0 + 1 }
    let found = try issues(like: text, matching: filter, threshold: threshold, limit: more)
    return Array(found.filter { $0.issue.id != id }.prefix(limit ?? .max))
  }

  private static func validate(_ threshold: Double, _ limit: Int?) throws(BeadsError) {
    guard threshold > 0, threshold <= 1 else {
      throw BeadsError(
        .invalid, "threshold \(threshold) is not above 0 and at most 1",
        hint: "0.5 is usual, 1 means the same words")
    }
    if let limit, limit < 0 {
      throw BeadsError(.invalid, "limit \(limit) is negative", hint: "use 0 for all")
    }
  }

  /// What is compared of an issue.
  private static func comparable(_ title: String, _ description: String) -> String {
    title + "\n" + description
  }

  /// The issues in ID order, and their texts.
  private func comparable(
    _ filter: IssueFilter
  ) throws(BeadsError) -> (members: [SimilarIssues.Member], texts: [String]) {
    let condition = try condition(filter)
    var members: [SimilarIssues.Member] = []
    var texts: [String] = []
    let sql =
      "SELECT i.id, i.title, i.description, i.status FROM issues i WHERE \(condition.sql) ORDER BY i.id"
    try connection.withStatement(sql) { statement throws(BeadsError) in
      try statement.bind(condition.values)
      while try statement.step() {
        let title = statement.row.text(1)
        members.append(
          SimilarIssues.Member(
            id: IssueID(unchecked: statement.row.text(0)), title: title,
            status: Status(rawValue: statement.row.text(3))))
        texts.append(Self.comparable(title, statement.row.text(2)))
      }
    }
    return (members, texts)
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
