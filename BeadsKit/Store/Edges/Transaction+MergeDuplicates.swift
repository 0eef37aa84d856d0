public import BeadsModel
public import BeadsSystem

/// What merging a group of duplicates did.
public struct DuplicateMerge: Sendable {
  /// The issue that was kept.
  public let target: IssueID
  /// The issues that were closed.
  public internal(set) var merged: [IssueID] = []
  /// Edges that now start or end at the target.
  public internal(set) var edgesMoved = 0
  /// Edges that stayed where they were, because the target may not have them: they would close a cycle.
  public internal(set) var edgesLeft: [Dependency] = []
  /// Issues whose texts now name the target.
  public internal(set) var rewritten: [IssueID] = []
}

extension Transaction {
  /// Merges issues that say the same into one of them.
  ///
  /// The target takes over their edges, unless it has them already, and the mentions of them in texts; then they are
  /// closed as its duplicates. Reads every text of the store once.
  /// - Throws: `notFound`, `invalid` when the target is among the sources.
  public mutating func mergeDuplicates(
    _ sources: [IssueID], into target: IssueID
  ) throws(BeadsError) -> DuplicateMerge {
    if sources.contains(target) { throw BeadsError(.invalid, "\(target) cannot be a duplicate of itself") }
    var merge = DuplicateMerge(target: target)
    let group = Set(sources).union([target])
    for source in sources {
      try moveOutgoing(of: source, group, &merge)
      try moveIncoming(of: source, group, &merge)
      try markDuplicate(source, of: target)
      merge.merged.append(source)
    }
    var names: [String: String] = [:]
    for source in sources { names[source.rawValue] = target.rawValue }
    for id in try store.issuesMentioning(Set(names.keys)) where !group.contains(id) {
      try update(id) { $0.replaceMentions(names) }
      merge.rewritten.append(id)
    }
    return merge
  }

  private mutating func moveOutgoing(
    of source: IssueID, _ group: Set<IssueID>, _ merge: inout DuplicateMerge
  ) throws(BeadsError) {
    for edge in try store.edges(.down, of: [source]) where !group.contains(edge.dependsOnID) {
      // A second parent would be a surprise; the closed duplicate stays where it was.
      if edge.type == .parentChild, try store.issue(merge.target)?.parentID != nil { continue }
      try move(edge, from: merge.target, to: edge.dependsOnID, &merge)
    }
  }

  private mutating func moveIncoming(
    of source: IssueID, _ group: Set<IssueID>, _ merge: inout DuplicateMerge
  ) throws(BeadsError) {
    for edge in try store.edges(.up, of: [source]) {
      if group.contains(edge.issueID) {
        try removeDependency(edge.issueID, dependsOn: source, type: edge.type)
      } else {
        try move(edge, from: edge.issueID, to: merge.target, &merge)
      }
    }
  }

  private mutating func move(
    _ edge: Dependency, from issue: IssueID, to target: IssueID, _ merge: inout DuplicateMerge
  ) throws(BeadsError) {
    do throws(BeadsError) {
      try addDependency(
        issue, dependsOn: target, type: edge.type, metadata: edge.metadata, threadID: edge.threadID)
    } catch {
      guard [.cycle, .conflict, .notFound].contains(error.code) else { throw error }
      merge.edgesLeft.append(edge)
      return
    }
    try removeDependency(edge.issueID, dependsOn: edge.dependsOnID, type: edge.type)
    merge.edgesMoved += 1
  }
}
