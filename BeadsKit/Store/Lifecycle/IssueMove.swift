import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// An issue that goes to another project: a copy with its texts, labels and comments is made there, what depended on
/// it depends on the copy, and here it is closed as superseded by it.
///
/// The copy is made first and remembers where it comes from, so that a move that was interrupted can be repeated.
public struct IssueMove: Sendable {
  /// What was done.
  public struct Report: Sendable, Equatable {
    /// The issue here.
    public let source: IssueID
    /// The issue there.
    public let target: IssueID
    /// Whether the issue here is closed now.
    public let isClosed: Bool
    /// Issues here that depend on the copy now.
    public let remapped: [IssueID]
    /// Those of them that waited for the issue: nothing here can wait for an issue of another project.
    public let unblocked: [IssueID]
  }

  /// Whether the issue here stays as it is.
  public var keepsOpen = false
  /// Whether edges are carried over and follow.
  public var followsEdges = true

  /// Moves the issue and its edges.
  public init() {}

  /// The member of the copy's metadata that says where it comes from.
  static let originKey = "moved_from"

  /// Moves an issue.
  /// - Throws: `not_found`, `invalid` when both stores are one, `conflict` for an issue that another project shows
  ///   here, `exists` when its external reference is taken there.
  public func run(_ id: IssueID, from source: Store, to target: Store) throws(BeadsError) -> Report {
    if source.location == target.location {
      throw BeadsError(.invalid, "\(id) is in that project already", hint: "name another one with --to")
    }
    guard let issue = try source.issue(id), !issue.isTombstone else { throw Store.noIssue(id.rawValue) }
    if let repo = try source.sourceRepo(of: id) {
      throw BeadsError(.conflict, "\(id) belongs to \(repo)", hint: "move it in that project")
    }
    let copy = try target.write("move") { transaction throws(BeadsError) in
      transaction.summary = id.rawValue
      return try transaction.copy(issue, withEdges: followsEdges)
    }
    return try source.write("move") { transaction throws(BeadsError) in
      transaction.summary = "\(id) \(copy)"
      return try transaction.leave(id, to: copy, self)
    }
  }
}

extension Transaction {
  /// Makes the copy of an issue of another project, unless an earlier attempt has made it.
  fileprivate mutating func copy(_ issue: Issue, withEdges: Bool) throws(BeadsError) -> IssueID {
    let mark = "\"\(IssueMove.originKey)\":\"\(issue.id)\""
    let known = try store.ids(
      "SELECT id FROM issues WHERE instr(metadata, ?1) > 0 AND status <> 'tombstone' ORDER BY id", mark)
    if let known = known.first { return known }
    var copy = issue
    let isWisp = issue.isEphemeral || issue.hasNoHistory
    guard let id = try freeIDs(for: [issue], kind: isWisp ? .wisp : .issue).first else {
      throw Store.noIssue(issue.id.rawValue)
    }
    if let reference = issue.externalRef,
      let other = try store.rows.holder(ofReference: reference, except: id)
    {
      throw BeadsError(.exists, "external reference \(quoted(reference)) belongs to \(other)")
    }
    copy.id = id
    copy.updatedAt = now
    copy.metadata = Self.adding(mark, to: issue.metadata)
    copy.dependencies = withEdges ? issue.dependencies : []
    for index in copy.dependencies.indices { copy.dependencies[index].issueID = id }
    for index in copy.comments.indices {
      copy.comments[index].issueID = id
      copy.comments[index].id = ""
    }
    try learn([issue.type])
    try insert([copy])
    if withEdges { _ = try redirect(issue.id, to: id) }
    return id
  }

  /// The metadata with one more member at the end.
  private static func adding(_ member: String, to metadata: String?) -> String {
    guard let text = metadata, case .object(let members)? = JSONValue(parsing: text), !members.isEmpty,
      let end = text.lastIndex(of: "}")
    else { return "{\(member)}" }
    return "\(text[..<end]),\(member)}"
  }

  /// Lets the edges that lead to one issue lead to another, and returns the issues as they were before.
  private mutating func redirect(_ old: IssueID, to new: IssueID) throws(BeadsError) -> [Issue] {
    let dependents = try store.issues(
      where:
        "i.status <> 'tombstone' AND i.id IN (SELECT issue_id FROM dependencies WHERE depends_on_id = ?1)",
      [old.rawValue])
    for dependent in dependents {
      try update(dependent.id) { issue in
        for index in issue.dependencies.indices where issue.dependencies[index].dependsOnID == old {
          issue.dependencies[index].dependsOnID = new
        }
      }
    }
    return dependents
  }

  /// Lets edges follow an issue to its copy and closes it.
  fileprivate mutating func leave(
    _ id: IssueID, to copy: IssueID, _ move: IssueMove
  ) throws(BeadsError) -> IssueMove.Report {
    let dependents = move.followsEdges ? try redirect(id, to: copy) : []
    let waiting = dependents.filter { dependent in
      !store.isFinished(dependent)
        && dependent.dependencies.contains { $0.dependsOnID == id && $0.type.holdsUp }
    }
    if !move.keepsOpen {
      let edge = Dependency(id, dependsOn: copy, type: .supersedes, createdAt: now, createdBy: actor)
      try update(id) { issue in
        if !issue.dependencies.contains(where: { $0.key == edge.key }) { issue.dependencies.append(edge) }
      }
      if try store.issue(id)?.isClosed == false { try close(id, reason: "Moved to \(copy)", force: true) }
    }
    return IssueMove.Report(
      source: id, target: copy, isClosed: !move.keepsOpen, remapped: dependents.map(\.id),
      unblocked: waiting.map(\.id))
  }
}

extension DependencyType {
  /// Whether the issue waits for its target.
  fileprivate var holdsUp: Bool { self == .blocks || self == .conditionalBlocks || self == .waitsFor }
}
