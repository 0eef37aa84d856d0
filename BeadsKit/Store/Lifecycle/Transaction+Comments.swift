public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Adds a comment to an issue; the text is kept exactly.
  ///
  /// - Parameter author: Who wrote it; the transaction's actor when nil.
  /// - Returns: The comment as saved, with its number.
  /// - Throws: `notFound`, `invalid` for a blank text or author.
  @discardableResult
  public mutating func addComment(
    _ text: String, to id: IssueID, author: String? = nil
  ) throws(BeadsError) -> Comment {
    let comment = try newComment(text, on: id, author: author)
    try update(id) { $0.comments.append(comment) }
    // Numbers rise with each comment, so the last one is this.
    return try store.issue(id)?.comments.last ?? comment
  }

  func newComment(_ text: String, on id: IssueID, author: String? = nil) throws(BeadsError) -> Comment {
    if text.trimmingBlanks.isEmpty { throw BeadsError(.invalid, "comment text must not be empty") }
    let author = author ?? actor
    if author.trimmingBlanks.isEmpty {
      throw BeadsError(.invalid, "the author of a comment must have a name")
    }
    return Comment(issueID: id, author: author, text: text, createdAt: now)
  }

  /// Turns a wisp into an ordinary issue, kept and shared like any other, and with it the wisps below it; IDs stay.
  ///
  /// - Parameter reason: Becomes a comment unless empty.
  /// - Returns: The issue as saved.
  /// - Throws: `notFound`, `conflict` when it is no wisp.
  @discardableResult
  public mutating func promote(_ id: IssueID, reason: String = "") throws(BeadsError) -> Issue {
    let comment = try reason.isEmpty ? nil : newComment(reason, on: id)
    let promoted = try update(id) { issue throws(BeadsError) in
      guard issue.isEphemeral || issue.hasNoHistory else {
        throw BeadsError(.conflict, "\(id) is not a wisp, it is kept already")
      }
      issue.keep()
      if let comment { issue.comments.append(comment) }
    }
    for part in try store.issues(store.descendants(of: id)) where part.isEphemeral && !part.isTombstone {
      try update(part.id) { $0.keep() }
    }
    return promoted
  }
}

extension Issue {
  fileprivate mutating func keep() {
    isEphemeral = false
    hasNoHistory = false
    wispType = ""
  }
}
