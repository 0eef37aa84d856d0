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

  /// Whose messages.
  public var box: Box
  /// Whether those that were read come too; sent ones always do.
  public var includesRead = false
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
    let (condition, name) =
      switch filter.box {
      case .received(let name): ("i.assignee = ?1", name)
      case .sent(let name): (Self.isFrom("?1"), name)
      }
    let isSent = if case .sent = filter.box { true } else { false }
    let unread = filter.includesRead || isSent ? "1" : "i.status <> 'closed'"
    return try issues(
      where: """
        i.issue_type = 'message' AND i.status <> 'tombstone' AND \(condition) AND \(unread)
        AND (?2 = '' OR \(Self.isFrom("?2")))
        """,
      order: isSent ? "i.created_at DESC, i.id" : "i.priority, i.created_at DESC, i.id", limit: limit ?? -1,
      [name, filter.author ?? ""])
  }

  private static func isFrom(_ name: String) -> String {
    "CASE i.sender WHEN '' THEN i.created_by ELSE i.sender END = \(name)"
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
