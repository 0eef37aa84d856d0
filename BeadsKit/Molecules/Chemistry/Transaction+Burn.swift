public import BeadsModel
public import BeadsStore
public import BeadsSystem

extension Store {
  /// What burning a molecule deletes: of a wisp the ephemeral issues, of anything else all that is below it.
  ///
  /// A few queries for any number of issues.
  /// - Throws: `notFound`, `invalid` for a proto.
  public func molecule(burnt id: IssueID) throws(BeadsError) -> [IssueID] {
    let all = try issues([id] + descendants(of: id)).filter { !$0.isTombstone }
    guard let root = all.first, root.id == id else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    return all.filter { $0.isEphemeral || !root.isEphemeral }.map(\.id)
  }
}

extension Transaction {
  /// Deletes a molecule and leaves no digest; the operation log still has it.
  ///
  /// - Returns: What was deleted, the root first.
  /// - Throws: `notFound`.
  @discardableResult
  public mutating func burn(_ id: IssueID) throws(BeadsError) -> DeletionReport {
    try delete(reader.molecule(burnt: id), reason: "burnt", force: true)
  }
}
