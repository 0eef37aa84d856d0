public import BeadsKit

/// A merge request with everything there is to know about it.
public struct MergeStatus: Sendable {
  /// Its issue.
  public let issue: Issue
  /// What it asks for.
  public let request: MergeRequest
  /// How it stands in the queue; nil when it is closed.
  public let entry: QueueEntry?
  /// Why nothing of its rig is merged just now; nil for one that is closed.
  public let stop: QueueStop?
  /// What it waits for or waited for.
  public let dependsOn: [Issue]
  /// What waits for it.
  public let blocks: [Issue]
}

extension QueueEntry {
  /// What the origin says of a branch.
  public struct BranchFinding: Sendable, Equatable {
    /// Whether it is there.
    public let exists: Bool
    /// What is wrong with it; nil when it is there as it was submitted.
    public let problem: String?
    /// All that in a few words.
    public var text: String { problem ?? "there" }
  }
}

extension MergeQueue {
  /// Everything about a merge request, also about one that is closed.
  /// - Throws: `not_found`.
  public func status(_ id: IssueID, _ database: TownDatabase) throws(BeadsError) -> MergeStatus {
    let store = try ledgers.store(of: rig.name)
    guard let issue = try store.issue(id), let request = MergeRequest(issue) else {
      throw BeadsError(
        .notFound, "\(id) is no merge request of \(rig.name)", hint: "`gt mq list \(rig.name)` shows them")
    }
    let waiting = try store.dependents(of: id).map(\.issueID)
    return MergeStatus(
      issue: issue, request: request,
      entry: issue.isClosed ? nil : try entries().first { $0.issue.id == id },
      stop: issue.isClosed ? nil : try stop(database),
      dependsOn: try store.issues(issue.dependencies.map(\.dependsOnID)), blocks: try store.issues(waiting))
  }

  /// The merge requests that are closed, latest first.
  public func closedEntries() throws(BeadsError) -> [QueueEntry] {
    let now = ledgers.town.now
    return try MergeRequests(rig, ledgers).closed().compactMap { issue in
      MergeRequest(issue).map {
        QueueEntry(
          issue: issue, request: $0, state: .closed, waitsFor: nil, blockers: [],
          score: Self.score(issue, now: now), attempts: Self.attempts(issue))
      }
    }
  }

  /// Asks the origin for the branches of merge requests; one call of git.
  ///
  /// That the origin cannot be asked is a finding about each of them, not about the queue.
  public func verify(_ entries: [QueueEntry]) throws(BeadsError) -> [IssueID: QueueEntry.BranchFinding] {
    let listed = try ledgers.town.git(rig.repository).ask("ls-remote", "--heads", "origin")
    var heads: [Substring: Substring] = [:]
    for line in listed.text.split(separator: "\n") {
      let words = line.split(separator: "\t")
      if words.count == 2 { heads[words[1].dropFirst("refs/heads/".count)] = words[0] }
    }
    var findings: [IssueID: QueueEntry.BranchFinding] = [:]
    for entry in entries {
      let (branch, commit) = (entry.request.branch, entry.request.commit)
      let there = heads[branch[...]]
      let problem =
        if !listed.succeeded {
          "the origin could not be asked: \(GitCommand.reason(listed.errorText))"
        } else if there == nil {
          "the branch is not on the origin"
        } else {
          there == commit[...] ? nil : "the branch was changed after it was submitted"
        } as String?
      findings[entry.issue.id] = QueueEntry.BranchFinding(exists: there != nil, problem: problem)
    }
    return findings
  }
}
