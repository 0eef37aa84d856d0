extension Issue {
  /// Brings an issue read from a file into the shape the store promises, the way every reader of the format does.
  ///
  /// Defaults for missing status, type and times; tombstones recognised by their time; close times that agree with
  /// the status; sorted labels. An issue that was written canonically is left as it is.
  /// - Parameter now: the time of a deletion that the file does not date.
  package mutating func repair(now: Timestamp) {
    if status.rawValue.isEmpty { status = .open }
    if type.rawValue.isEmpty { type = .task }
    if updatedAt < createdAt, updatedAt.seconds == 0 { updatedAt = createdAt }
    if metadata == "{}" || metadata == "null" { metadata = nil }
    if externalRef == "" { externalRef = nil }
    if status.rawValue == "deleted" { status = .tombstone }
    // A deletion that a later change undid left its marks; the later change counts.
    if let deletedAt, deletedAt >= updatedAt { status = .tombstone }
    switch status {
    case .tombstone: if deletedAt == nil { deletedAt = now }
    case .closed: if closedAt == nil { closedAt = updatedAt }
    default: closedAt = nil
    }
    repairLists()
  }

  private mutating func repairLists() {
    if !zip(labels, labels.dropFirst()).allSatisfy({ $0.precedes($1) }) || labels.contains("") {
      let distinct = Set(labels.filter { !$0.isEmpty }.map(ExactText.init))
      labels = distinct.map(\.text).sorted { $0.precedes($1) }
    }
    var seen = Set<Dependency.Key>()
    for index in dependencies.indices { dependencies[index].issueID = id }
    if dependencies.count > 1 { dependencies = dependencies.filter { seen.insert($0.key).inserted } }
    for index in comments.indices { comments[index].issueID = id }
    comments.removeAll { $0.text.isEmpty }
  }
}
