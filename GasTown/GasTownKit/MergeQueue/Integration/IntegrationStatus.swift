public import BeadsKit

/// How far an epic is on its integration branch.
public struct IntegrationStatus: Sendable {
  /// The epic.
  public let epic: Issue
  /// Its branch.
  public let branch: BranchName
  /// Where it lands.
  public let base: BranchName
  /// When the branch was made; nil when another tool made it.
  public let createdAt: String?
  /// Where the branch is; nil when the origin does not have it.
  public let head: GitID?
  /// How many commits it has that its base does not have.
  public let ahead: Int
  /// The merge requests that were merged into it, as far as they are kept.
  public let merged: [Issue]
  /// Those that are to be.
  public let pending: [Issue]
  /// The issues below the epic.
  public let children: [Issue]
  /// The request to land it.
  public let landing: MergeRequest?
  /// Whether somebody has rejected its landing as the branch is now.
  let isTurnedDown: Bool

  /// How many of the issues below the epic are closed.
  public var closedChildren: Int { children.count(where: \.isClosed) }

  /// What keeps it from being landed, a sentence each.
  public var obstacles: [String] {
    var found: [String] = []
    if head == nil { found.append("the origin has no branch \(branch)") }
    if head != nil, ahead == 0 { found.append("\(branch) has nothing that \(base) does not have") }
    if children.isEmpty { found.append("\(epic.id) has no children") }
    let open = children.filter { !$0.isClosed }
    for issue in open.prefix(10) { found.append("\(issue.id) is \(issue.status): \(issue.title)") }
    if open.count > 10 { found.append("\(open.count - 10) more are not closed") }
    for request in pending.prefix(10) { found.append("\(request.id) waits to be merged into \(branch)") }
    return found
  }

  /// Whether it can be landed: something to land, everything below the epic closed, nothing on its way into it.
  public var isReady: Bool { obstacles.isEmpty }

  /// Whether everything below the epic is done and nothing is on its way into the branch.
  var isComplete: Bool { !children.isEmpty && closedChildren == children.count && pending.isEmpty }
}

extension IntegrationBranches {
  /// How far an epic is, as of the last fetch.
  /// - Throws: `not_found`, `invalid`; `conflict` when it has no integration branch.
  public func status(of id: IssueID) throws(BeadsError) -> IntegrationStatus {
    let epic = try epic(id)
    guard let branch = epic.townField(Self.branchKey).flatMap(BranchName.init(rawValue:)) else {
      throw BeadsError(
        .conflict, "\(id) has no integration branch", hint: "`gt mq integration create \(id)` makes one")
    }
    let base = epic.townField(Self.baseKey).flatMap(BranchName.init(rawValue:)) ?? rig.defaultBranch
    let repository = try GitRepository(at: rig.repository)
    let head = try rig.remoteCommit(branch)
    var ahead = 0
    if let head, let there = try rig.remoteCommit(base) { ahead = try repository.distance(head, there).ahead }
    let store = try ledgers.store(for: id)
    let children = try store.issues(store.descendants(of: id)).filter { !$0.isTombstone && !$0.isEphemeral }
    let requests = try requests()
    let landings = requests.filter { $0.request.isLanding && $0.request.branch == branch.rawValue }
    let into = requests.filter { $0.request.target == branch.rawValue }
    return IntegrationStatus(
      epic: epic, branch: branch, base: base, createdAt: epic.townMetadata[Self.createdKey]?.stringValue,
      head: head, ahead: ahead,
      merged: into.map(\.issue).filter { $0.isClosed && $0.townField("close_reason") == "merged" },
      pending: into.map(\.issue).filter { !$0.isClosed }, children: children,
      landing: landings.first { !$0.issue.isClosed }?.request,
      isTurnedDown: landings.contains {
        $0.issue.townField("close_reason") == "rejected" && $0.request.commit == head?.description
      })
  }

  private func requests() throws(BeadsError) -> [(issue: Issue, request: MergeRequest)] {
    var filter = IssueFilter()
    filter.labels = [MergeRequest.label]
    filter.includesInfrastructure = true
    filter.statuses = .all
    var found: [(Issue, MergeRequest)] = []
    for issue in try ledgers.store(of: rig.name).issues(matching: filter, order: .oldest) {
      if let request = MergeRequest(issue) { found.append((issue, request)) }
    }
    return found
  }
}
