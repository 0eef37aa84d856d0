public import BeadsKit

extension MergeRequests {
  /// What a merge request is made of.
  public struct Submission: Sendable {
    /// The issue that the work is for.
    public var source: Issue
    /// The branch on the origin.
    public var branch: BranchName
    /// Where it is to go.
    public var target: BranchName
    /// The commit.
    public var commit: String
    /// Who did the work.
    public var worker: AgentAddress
    /// Its priority.
    public var priority: Int
    /// The commit of the target that the worker ran the gates on; nil when it did not.
    public var verifiedOn: String?
    /// Whether it is an integration branch on its way to its base.
    public var isLanding = false

    /// Describes a finished branch.
    public init(
      source: Issue, branch: BranchName, target: BranchName, commit: String, worker: AgentAddress,
      priority: Int
    ) {
      self.source = source
      self.branch = branch
      self.target = target
      self.commit = commit
      self.worker = worker
      self.priority = priority
    }
  }

  /// Records that a branch is to be merged, once for each branch and commit; older requests of the same issue are
  /// closed.
  ///
  /// - Returns: What was read back.
  /// - Throws: `io_error` when it is not there as it was written.
  public func submit(_ submission: Submission) throws(BeadsError) -> MergeRequest {
    let store = try ledgers.store(of: rig.name)
    try TownVocabulary.teach(store)
    let id = try store.write("done") { tx throws(BeadsError) in
      // Within the transaction, so that of two equal ones one is made.
      let older = try open().filter { $0.sourceIssue == submission.source.id.rawValue }
      let same = older.first {
        $0.branch == submission.branch.rawValue && $0.commit == submission.commit
          && $0.target == submission.target.rawValue
      }
      let id: IssueID
      if let same {
        id = same.id
      } else {
        // What failed under another number has failed all the same.
        let failures = try failures(older.map(\.id), submission.source)
        id = try tx.create(try draft(submission, now: tx.now, failures: failures)).id
      }
      for request in older where request.id != id {
        try tx.update(request.id) { issue throws(BeadsError) in
          try issue.setTownField("close_reason", "superseded")
        }
        try tx.close(request.id, reason: "superseded by \(id)", force: true)
      }
      return id
    }
    guard let issue = try store.issue(id), let request = MergeRequest(issue),
      request.branch == submission.branch.rawValue, request.commit == submission.commit
    else {
      throw BeadsError(.io, "the merge request \(id) is not as it was written", hint: "run `gt done` again")
    }
    return request
  }

  /// How often the merge requests failed that one takes the place of, those with a conflict it resolves included.
  private func failures(_ older: [IssueID], _ source: Issue) throws(BeadsError) -> Int {
    let resolved = source.townField("conflict_of").flatMap(IssueID.init(rawValue:))
    let known = try ledgers.store(of: rig.name).issues(older + (resolved.map { [$0] } ?? []))
    return known.map(MergeQueue.attempts).max() ?? 0
  }

  private func draft(
    _ submission: Submission, now: Timestamp, failures: Int
  ) throws(BeadsError) -> IssueDraft {
    let convoy = Attachment(submission.source).convoy
    let began = try convoy.flatMap { id throws(BeadsError) in try ledgers.store(for: id).issue(id)?.createdAt
    }
    let fields: [(String, JSONValue?)] = [
      ("branch", .string(submission.branch.rawValue)), ("target", .string(submission.target.rawValue)),
      ("source_issue", .string(submission.source.id.rawValue)), ("worker", .string(submission.worker.text)),
      ("rig", .string(rig.name.rawValue)), ("commit_sha", .string(submission.commit)),
      ("retry_count", .int(failures)), ("integration_land", submission.isLanding ? .bool(true) : nil),
      ("convoy_id", convoy.map { .string($0.rawValue) }),
      ("convoy_created_at", began.map { .string($0.description) }),
      ("pre_verified", submission.verifiedOn.map { _ in .bool(true) }),
      ("pre_verified_at", submission.verifiedOn.map { _ in .string(now.description) }),
      ("pre_verified_base", submission.verifiedOn.map { .string($0) }),
    ]
    var draft = IssueDraft(title: String("Merge: \(submission.source.title)".prefix(200)))
    draft.type = .mergeRequest
    draft.priority = submission.priority
    draft.labels = [MergeRequest.label]
    draft.isEphemeral = true
    draft.metadata = JSONValue.members(fields).compactText
    draft.description = fields.compactMap { key, value in
      value.map { "\(key): \($0.stringValue ?? $0.compactText)" }
    }.joined(separator: "\n")
    return draft
  }
}
