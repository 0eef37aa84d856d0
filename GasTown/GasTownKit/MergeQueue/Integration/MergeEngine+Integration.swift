import BeadsKit

/// What the engine does for integration branches: they land as a whole, and nothing of them lands by the way.
extension MergeEngine {
  /// The field of an issue whose branch keeps its history when it is merged.
  static let styleKey = "merge_style"

  /// Records the commit that a landing takes along.
  func note(commit: GitID, on id: IssueID) throws(BeadsError) {
    try ledgers.store(of: rig.name).write("merge landing") { tx throws(BeadsError) in
      try tx.update(id) { issue throws(BeadsError) in
        try issue.setTownField("commit_sha", commit.description)
      }
    }
  }

  /// Where the integration branches of the origin were at the last fetch.
  func integrationTips() throws(BeadsError) -> [(branch: String, tip: GitID)] {
    let folders = IntegrationBranches.prefixes(try RigSettings.load(rig)).map { "refs/remotes/origin/\($0)" }
    let listed = try town.git(rig.repository).text(
      ["for-each-ref", "--format=%(objectname) %(refname:lstrip=3)"] + folders,
      to: "list the integration branches")
    return listed.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let tip = GitID(words[0]) else { return nil }
      return (String(words[1]), tip)
    }
  }

  /// Turns away a branch that brings commits of an integration branch to the default branch; true when it does.
  func landsByTheWay(
    _ candidate: MergeCandidate, _ tips: [(branch: String, tip: GitID)], _ base: GitID
  ) throws(BeadsError) -> Bool {
    let repository = try GitRepository(at: rig.repository)
    for (branch, tip) in tips {
      guard let common = try repository.mergeBase(tip, candidate.head),
        try !repository.isAncestor(common, of: base)
      else { continue }
      let reason =
        "the branch \(candidate.branch) brings in \(branch), which is landed as a whole: submit it into \(branch) "
        + "(`gt mq submit --target \(branch)`), or land that first (`gt mq integration land EPIC`)"
      try mark(candidate.id, MergeQueue.needsResubmit, reason)
      tell(.changed(candidate.id, reason))
      return true
    }
    return false
  }

  /// Makes the issue that brings the target into an integration branch which cannot land as it is.
  ///
  /// Its branch keeps its history, because only so git knows that the two agree from then on.
  func askForReconciliation(
    _ candidate: MergeCandidate, _ request: Issue, _ paths: [String], _ target: BranchName
  ) throws(BeadsError) {
    var task = IssueDraft(title: "Bring \(target) into \(candidate.branch)")
    task.priority = request.priority
    task.labels = ["gt:conflict"]
    if let epic = candidate.issue, try ledgers.store(for: epic).issue(epic)?.isClosed == false {
      task.parent = epic
    }
    task.description = """
      \(candidate.branch) (\(candidate.head.short)) cannot land: it and \(target) exclude each other in:

      \(paths.map { "- \($0)" }.joined(separator: "\n"))

      Start from \(candidate.branch), merge \(target) into your branch (`git merge origin/\(target)`, no rebase), settle \
      both intentions, test, and submit with `gt done`: it goes into \(candidate.branch), which then lands by itself.
      """
    try makeTask(
      task, for: candidate,
      [("base_branch", candidate.branch.rawValue), (Self.styleKey, MergeStyle.merge.rawValue)])
  }
}
