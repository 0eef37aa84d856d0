import BeadsFormats
public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// Which messages to list.
public struct MessageFilter: Sendable, Equatable {
  /// Whose messages: those that this one got, or sent.
  public enum Box: Sendable, Equatable {
    /// Messages to this name.
    case received(String)
    /// Messages from this name.
    case sent(String)
  }

  /// How far messages may have come.
  public enum Extent: Sendable, Equatable {
    /// Neither read nor put away.
    case unread
    /// Not put away, read or not.
    case kept
    /// Everything that was not deleted.
    case all
  }

  /// Whose messages.
  public var box: Box
  /// Other spellings of that name, which count as the same.
  public var aliases: [String] = []
  /// Which of the received ones; sent ones come whatever became of them.
  public var extent = Extent.unread
  /// Only from this author; nil for all.
  public var author: String?

  /// Makes a filter for what a name got and has not read.
  public init(_ box: Box) { self.box = box }
}

extension Store {
  /// The messages of a mailbox, the most urgent first, then the latest; one query and one for each kind of list.
  ///
  /// Reading changes nothing: a message is unread until it is acknowledged.
  public func messages(_ filter: MessageFilter, limit: Int? = nil) throws(BeadsError) -> [Issue] {
    let (isSent, name) =
      switch filter.box {
      case .received(let name): (false, name)
      case .sent(let name): (true, name)
      }
    let condition = "\(isSent ? Self.author : "i.assignee") IN (SELECT value FROM json_each(?1))"
    let extent = isSent ? "1" : Self.condition(filter.extent)
    var names = JSONWriter()
    names.strings([name] + filter.aliases)
    return try issues(
      where: """
        i.issue_type = 'message' AND i.status <> 'tombstone' AND \(condition) AND \(extent)
        AND (?2 = '' OR \(Self.author) = ?2)
        """,
      order: isSent ? "i.created_at DESC, i.id" : "i.priority, i.created_at DESC, i.id", limit: limit ?? -1,
      [names.text, filter.author ?? ""])
  }

  /// How many messages a name has not read; one query that loads none of them.
  /// - Parameter aliases: Other spellings of the name.
  public func unreadCount(of name: String, aliases: [String] = []) throws(BeadsError) -> Int {
    var names = JSONWriter()
    names.strings([name] + aliases)
    return Int(
      try connection.int64(
        """
        SELECT COUNT(*) FROM issues i WHERE i.issue_type = 'message' AND \(Self.condition(.unread))
        AND i.assignee IN (SELECT value FROM json_each(?1))
        """, names.text) ?? 0)
  }

  /// How many messages each name has not read, and the subject of the most urgent one; one query for all names.
  public func unreadCounts() throws(BeadsError) -> [String: (count: Int, subject: String)] {
    var found: [String: (count: Int, subject: String)] = [:]
    try connection.query(
      """
      SELECT i.assignee, i.title FROM issues i WHERE i.issue_type = 'message' AND i.assignee <> ''
      AND \(Self.condition(.unread)) ORDER BY i.priority, i.created_at DESC, i.id
      """
    ) { row throws(BeadsError) in
      let name = row.text(0)
      found[name] = (found[name].map { $0.count + 1 } ?? 1, found[name]?.subject ?? row.text(1))
    }
    return found
  }

  private static let author = "CASE i.sender WHEN '' THEN i.created_by ELSE i.sender END"

  private static func condition(_ extent: MessageFilter.Extent) -> String {
    switch extent {
    case .all: "1"
    case .kept: "i.status NOT IN ('closed', 'tombstone')"
    case .unread:
      """
      i.status NOT IN ('closed', 'tombstone')
      AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.issue_id = i.id AND l.label = '\(Issue.readLabel)')
      """
    }
  }

  /// A message.
  /// - Throws: `notFound`, `conflict` when the issue is none.
  public func message(_ id: IssueID) throws(BeadsError) -> Issue {
    guard let issue = try issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    guard issue.type == .message else {
      throw BeadsError(.conflict, "\(id) is no message, it is a \(issue.type)")
    }
    return issue
  }
}
