public import BeadsModel
public import BeadsSystem

extension Issue {
  /// Adds a label that a user gave.
  /// - Throws: `invalid` when it is blank or starts with the reserved `provides:`.
  public mutating func addLabel(_ label: String) throws(BeadsError) {
    if labels.contains(label) { return }
    let label = try Label.given(label)
    if !labels.contains(label) { labels.append(label) }
  }

  /// Removes a label; one that is not there is no error.
  /// - Returns: Whether it was there.
  @discardableResult
  public mutating func removeLabel(_ label: String) throws(BeadsError) -> Bool {
    let label = try Label.trimmed(label)
    let count = labels.count
    labels.removeAll { $0 == label }
    return labels.count < count
  }
}

/// What labels users may give.
package enum Label {
  private static let reservedPrefix = "provides:"

  /// The label without blanks around it.
  package static func trimmed(_ text: String) throws(BeadsError) -> String {
    let label = String(text.trimmingBlanks)
    if label.isEmpty { throw BeadsError(.invalid, "label must not be empty") }
    return label
  }

  /// A label that a user may give to an issue.
  package static func given(_ text: String) throws(BeadsError) -> String {
    let label = try trimmed(text)
    if label.hasPrefix(reservedPrefix) {
      throw BeadsError(
        .invalid, "label \(quoted(label)) is reserved",
        hint: "label the issue export:NAME, and `bd ship NAME` publishes it")
    }
    return label
  }
}

extension Transaction {
  /// Adds labels to an issue.
  ///
  /// - Returns: The labels that were not there before.
  /// - Throws: `notFound`, `invalid` for a blank or reserved label.
  @discardableResult
  public mutating func addLabels(_ labels: [String], to id: IssueID) throws(BeadsError) -> [String] {
    var before: [String] = []
    let issue = try update(id) { issue throws(BeadsError) in
      before = issue.labels
      for label in labels { try issue.addLabel(label) }
    }
    return issue.labels.filter { !before.contains($0) }
  }

  /// Removes labels from an issue.
  ///
  /// - Returns: The labels that were there.
  /// - Throws: `notFound`, `invalid` for a blank label.
  @discardableResult
  public mutating func removeLabels(_ labels: [String], from id: IssueID) throws(BeadsError) -> [String] {
    var before: [String] = []
    let issue = try update(id) { issue throws(BeadsError) in
      before = issue.labels
      for label in labels { try issue.removeLabel(label) }
    }
    return before.filter { !issue.labels.contains($0) }
  }
}

extension Store {
  /// Every label in use and how many issues have it, by label; deleted issues do not count.
  public func labelCounts() throws(BeadsError) -> [(label: String, count: Int)] {
    try connection.all(
      """
      SELECT l.label, COUNT(*) FROM labels l JOIN issues i ON i.id = l.issue_id
      WHERE i.status <> 'tombstone' GROUP BY l.label ORDER BY l.label
      """
    ) { (label: $0.text(0), count: Int($0.int64(1))) }
  }
}
