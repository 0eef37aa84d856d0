import BeadsFormats
public import BeadsModel
public import BeadsSystem

extension Transaction {
  /// Makes an issue depend on another issue, on one of a foreign project, or on an external capability.
  ///
  /// A pair of issues may have several edges of different types. An edge that is there already gets the metadata
  /// and thread given here, if any. Costs a few point queries and, for blocking types, a walk over what the target
  /// depends on.
  /// - Parameters:
  ///   - metadata: JSON text; `{}` means none.
  ///   - threadID: The thread that a reply belongs to.
  ///   - checksCycles: Whether a cycle of blocking edges is refused; `Store.dependencyCycles` finds it later.
  /// - Returns: Whether the edge is new.
  /// - Throws: `notFound` (the issue, or a target with a prefix of this project), `invalid` (itself, type,
  ///   metadata), `conflict` (a child would wait for its own ancestor), `cycle` with the path.
  @discardableResult
  public mutating func addDependency(
    _ issue: IssueID, dependsOn target: IssueID, type: DependencyType = .blocks, metadata: String = "",
    threadID: String = "", checksCycles: Bool = true
  ) throws(BeadsError) -> Bool {
    if issue == target { throw BeadsError(.invalid, "\(issue) cannot depend on itself") }
    let edge = Dependency(
      issue, dependsOn: target, type: type, createdAt: now, createdBy: actor,
      metadata: metadata == "{}" ? "" : metadata, threadID: threadID)
    try edge.validate()
    let rules = EdgeRules(store: store)
    try rules.requireIssue(issue)
    if try rules.isPresent(edge) {
      try update(issue) { $0.refresh(edge) }
      return false
    }
    try rules.requireTarget(target)
    try rules.requireNoDeadlock(edge)
    if checksCycles { try rules.requireNoCycle(edge) }
    try update(issue) { $0.dependencies.append(edge) }
    return true
  }

  /// Removes the edges from one issue to another.
  ///
  /// - Parameter type: The only type to remove; nil removes all.
  /// - Returns: What was removed; empty when there was no such edge.
  /// - Throws: `notFound` when the first issue does not exist.
  @discardableResult
  public mutating func removeDependency(
    _ issue: IssueID, dependsOn target: IssueID, type: DependencyType? = nil
  ) throws(BeadsError) -> [Dependency] {
    var removed: [Dependency] = []
    try update(issue) { owner in
      removed = owner.dependencies.filter { $0.dependsOnID == target && (type == nil || $0.type == type) }
      owner.dependencies.removeAll(where: removed.contains)
    }
    return removed
  }

  /// Moves an issue under another parent, or to the top when the parent is nil; its ID stays.
  ///
  /// - Parameter isForced: Whether an open issue may be put under a closed parent.
  /// - Throws: `notFound`, `invalid` (itself), `cycle`, `conflict` (it waits for the parent or one above; the parent
  ///   is closed).
  public mutating func setParent(
    of child: IssueID, to parent: IssueID?, isForced: Bool = false
  ) throws(BeadsError) {
    let rules = EdgeRules(store: store)
    try rules.requireIssue(child)
    guard let parent else {
      try update(child) { $0.dependencies.removeAll { $0.type == .parentChild } }
      return
    }
    if child == parent { throw BeadsError(.invalid, "\(child) cannot be its own parent") }
    try rules.requireTarget(parent)
    let edge = Dependency(child, dependsOn: parent, type: .parentChild, createdAt: now, createdBy: actor)
    if try !rules.isPresent(edge) {
      try rules.requireNoDeadlock(edge)
      try rules.requireNoCycle(edge)
      if !isForced { try requireOpen(parent, for: child) }
    }
    try update(child) { issue in
      issue.dependencies.removeAll { $0.type == .parentChild && $0.dependsOnID != parent }
      if issue.parentID == nil { issue.dependencies.append(edge) }
    }
  }

  private func requireOpen(_ parent: IssueID, for child: IssueID) throws(BeadsError) {
    guard try store.issue(parent)?.status == .closed, try store.issue(child)?.isClosed == false else {
      return
    }
    throw BeadsError(
      .conflict, "parent \(parent) is closed (use --force to override)", hint: "reopen it first")
  }

  /// Links two issues loosely, in both directions.
  ///
  /// - Returns: Whether a row is new; both were there otherwise.
  /// - Throws: `notFound`, `invalid` (itself).
  @discardableResult
  public mutating func relate(_ a: IssueID, _ b: IssueID) throws(BeadsError) -> Bool {
    if a == b { throw BeadsError(.invalid, "\(a) cannot be related to itself") }
    let rules = EdgeRules(store: store)
    try rules.requireIssue(a)
    try rules.requireIssue(b)
    let isNew = try addDependency(a, dependsOn: b, type: .relatesTo)
    return try addDependency(b, dependsOn: a, type: .relatesTo) || isNew
  }

  /// Removes the loose link between two issues in both directions, `related` edges included.
  ///
  /// - Returns: What was removed; empty when they were not related.
  /// - Throws: `notFound`.
  @discardableResult
  public mutating func unrelate(_ a: IssueID, _ b: IssueID) throws(BeadsError) -> [Dependency] {
    var removed: [Dependency] = []
    for type in [DependencyType.relatesTo, .related] {
      removed += try removeDependency(a, dependsOn: b, type: type)
      removed += try removeDependency(b, dependsOn: a, type: type)
    }
    return removed
  }
}

extension Issue {
  /// Gives the edge of the same key the metadata and thread of another, where that has any.
  fileprivate mutating func refresh(_ edge: Dependency) {
    guard let place = dependencies.firstIndex(where: { $0.key == edge.key }) else { return }
    if !edge.metadata.isEmpty { dependencies[place].metadata = edge.metadata }
    if !edge.threadID.isEmpty { dependencies[place].threadID = edge.threadID }
  }
}

extension Dependency {
  fileprivate func validate() throws(BeadsError) {
    if !(1...50).contains(type.rawValue.count) {
      throw BeadsError(
        .invalid, "dependency type \(quoted(type.rawValue)) is \(type.rawValue.count) characters long",
        hint: "a type has 1 to 50 characters, for example blocks or related")
    }
    if type.rawValue.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
      throw BeadsError(
        .invalid, "dependency type \(quoted(type.rawValue)) holds white space",
        hint: "for example: discovered-from")
    }
    if !metadata.isEmpty, JSONValue(parsing: metadata) == nil {
      throw BeadsError(
        .invalid, "the metadata of a dependency must be JSON, this is not: \(quoted(metadata))")
    }
    if dependsOnID.isExternal, dependsOnID.capability == nil {
      throw BeadsError(
        .invalid, "\(quoted(dependsOnID.rawValue)) names no capability of a project",
        hint: "write external:<project>:<capability>")
    }
  }
}

extension IssueID {
  /// The two parts of `external:project:capability`, or nil for anything else.
  package var capability: (project: Substring, name: Substring)? {
    let parts = rawValue.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "external", !parts[1].isEmpty, !parts[2].isEmpty else { return nil }
    return (parts[1], parts[2])
  }
}
