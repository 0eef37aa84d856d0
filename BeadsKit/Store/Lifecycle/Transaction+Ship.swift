public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Publishes a capability: the closed issue labelled `export:NAME` gets the label `provides:NAME`, which other
  /// projects look for.
  ///
  /// - Parameters:
  ///   - capability: Its name.
  ///   - force: Whether the issue may still be open; the capability is there once it is closed.
  /// - Returns: The issue, and whether it had the label before.
  /// - Throws: `invalid` for a blank name, `not_found` when no issue is labelled so, `ambiguous_id` when several
  ///   are, `conflict` when it is open.
  public mutating func ship(
    _ capability: String, force: Bool = false
  ) throws(BeadsError) -> (issue: Issue, wasShipped: Bool) {
    let name = try Label.trimmed(capability)
    let found = try store.issues(
      where: """
        i.status <> 'tombstone'
        AND EXISTS (SELECT 1 FROM labels l WHERE l.issue_id = i.id AND l.label = ?1)
        """, ["export:\(name)"])
    let closed = found.filter(\.isClosed)
    let choice = closed.isEmpty ? found : closed
    guard let issue = choice.first else {
      throw BeadsError(
        .notFound, "no issue has the label \(quoted("export:\(name)"))",
        hint: "bd label add ID export:\(name) marks the issue that provides it")
    }
    if choice.count > 1 {
      throw BeadsError(
        .ambiguous,
        "\(choice.count) issues have the label \(quoted("export:\(name)")): "
          + choice.map(\.id.rawValue).joined(separator: ", "), hint: "leave it on the one that provides it")
    }
    if !issue.isClosed, !force {
      throw BeadsError(
        .conflict, "\(issue.id), which provides \(name), is not closed",
        hint: "close it first, or use --force")
    }
    let label = "provides:\(name)"
    if issue.labels.contains(label) { return (issue, true) }
    return (try update(issue.id) { $0.labels.append(label) }, false)
  }
}
