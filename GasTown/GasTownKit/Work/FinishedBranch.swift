import BeadsKit

/// A branch that is to be merged, and how it is handed in: what `gt done` and `gt mq submit` have in common.
///
/// Nothing leaves the machine before the checks have passed.
struct FinishedBranch {
  let rig: Rig
  let ledgers: Ledgers
  /// A checkout, or a repository, that has the commits.
  let place: String
  /// Whose work it is.
  let worker: AgentAddress
  /// The command to run again.
  let command: String
  let name: BranchName
  let head: String
  let target: BranchName
  /// The commit of the target that was looked at.
  let targetHead: String
  /// How many commits the target does not have.
  let count: Int
  /// What whoever hands it in should know.
  var warnings: [String] = []

  var town: Town { ledgers.town }
  var git: GitCommand { GitCommand(within: place, town.environment) }

  /// Compares a branch with its target.
  init(
    _ name: BranchName, at head: String, into target: BranchName, _ targetHead: String,
    of worker: AgentAddress,
    in place: String, _ rig: Rig, _ ledgers: Ledgers, command: String
  ) throws(BeadsError) {
    self.rig = rig
    self.ledgers = ledgers
    self.place = place
    self.worker = worker
    self.command = command
    self.name = name
    self.head = head
    self.target = target
    self.targetHead = targetHead
    let git = GitCommand(within: place, ledgers.town.environment)
    func number(_ range: [String]) throws(BeadsError) -> Int {
      Int(try git.text(["rev-list", "--count"] + range, to: "compare \(name) with \(target)")) ?? 0
    }
    count = try number([head, "--not", targetHead])
    let behind = try number([targetHead, "--not", head])
    if behind >= 50 { warnings.append("\(name) is \(behind) commits behind \(target)") }
  }

  // MARK: Checks

  /// Throws when the commits change a file that is ours and not the project's.
  func refuseManagedFiles() throws(BeadsError) {
    let changed = try git.entries(
      ["diff", "--name-only", "-z", "--no-renames", "\(targetHead)...\(head)"],
      to: "list what \(name) changes")
    let found = changed.map { String(decoding: $0, as: UTF8.self) }.filter(Self.isManaged)
    if found.isEmpty { return }
    throw BeadsError(
      .refused, "the commits change files that do not belong to the project", details: found,
      hint:
        "take them out: `git checkout \(targetHead.prefix(12)) -- FILE` or `git rm --cached FILE`, then "
        + "commit, and run `\(command)` again")
  }

  private static func isManaged(_ path: String) -> Bool {
    let issues = [".beads/issues.jsonl", ".beads/beads.db", ".beads/interactions.jsonl"]
    return issues.contains(path)
      || GitExcludes.runtime.contains { line in
        let pattern = line.dropFirst()
        return pattern.hasSuffix("/") ? path.hasPrefix(pattern) : path == pattern
      }
  }

  /// Throws when the commits add what looks like a secret: nothing of the branch leaves this machine then.
  func refuseSecrets(issue: IssueID) throws(BeadsError) -> SecretSearch.Report {
    guard let head = GitID(head), let target = GitID(targetHead) else { return .init() }
    let policy = try MergePolicy(RigSettings.load(rig))
    let repository = try GitRepository(at: place)
    let report = try SecretSearch.run(
      head, notIn: [target], in: repository, allowedPaths: policy.allowedSecrets)
    guard let first = report.found.first else { return report }
    EventLog(town).append(
      "secret_found", actor: worker.text,
      [
        ("bead", issue.rawValue), ("branch", name.rawValue), ("reason", first.text),
        ("count", "\(report.found.count)"),
      ])
    let start = try repository.mergeBase(head, target) ?? target
    throw BeadsError(
      .refused, "\(name) adds what looks like a secret; nothing was pushed",
      details: report.found.prefix(20).map(\.text),
      hint:
        "have the program read it from its environment, and take it out of the commits: "
        + "`git reset --soft \(start.short)`, correct the file, commit, `\(command)`; "
        + "if you are sure that it is none, ask for help: `gt done --status ESCALATED`")
  }

  /// What whoever hands in a branch is to know of what looks like secrets.
  static func warnings(of report: SecretSearch.Report) -> [String] {
    report.allowed.map { "\($0.text), taken for none because it is marked so" }
      + report.unread.map { "\($0) is too large to be searched for secrets to its end" }
  }

  // MARK: Handing in

  /// Brings the commit to the origin under the branch's name, and looks there whether it arrived.
  /// - Parameter isOwn: Whether a branch that was rewritten since it was pushed is replaced, if nobody else has changed
  ///   it; otherwise nothing is taken from a branch.
  func push(isOwn: Bool) throws(BeadsError) {
    let reference = "refs/heads/\(name)"
    let before = try remoteCommit(reference)
    if before == head { return }
    if !isOwn, let before, try !isAncestor(before) {
      throw BeadsError(
        .conflict, "the origin's \(name) has commits that yours does not have",
        hint: "`git pull --rebase origin \(name)`, then `\(command)` again")
    }
    var arguments = ["push", "--quiet", "--no-follow-tags", "--recurse-submodules=check"]
    arguments.append("--force-with-lease=\(reference):\(before ?? "")")
    try git.text(arguments + ["origin", "\(head):\(reference)"], to: "push \(name)")
    try verify(reference)
  }

  private func isAncestor(_ commit: String) throws(BeadsError) -> Bool {
    if try git.commit(commit) == nil { return false }
    return try git.ask("merge-base", "--is-ancestor", commit, head).succeeded
  }

  /// Brings the commit to the target itself, which must not have moved on.
  func pushToTarget() throws(BeadsError) {
    let reference = "refs/heads/\(target)"
    if try remoteCommit(reference) == head { return }
    // Whoever gave out the work said that it goes there without the queue.
    try GitCommand(within: place, town.environment, adding: ["GT_MERGE_ENGINE": "1"]).text(
      [
        "push", "--quiet", "--no-follow-tags", "--recurse-submodules=check", "origin", "\(head):\(reference)",
      ], to: "push to \(target)")
    try verify(reference)
  }

  private func verify(_ reference: String) throws(BeadsError) {
    let there = try remoteCommit(reference)
    if there == head { return }
    throw BeadsError(
      .io,
      "git pushed \(head.prefix(12)), but the origin has \(there?.prefix(12) ?? "nothing") as \(reference)",
      hint: "run `\(command)` again")
  }

  /// The commit that a branch has where we push to.
  private func remoteCommit(_ reference: String) throws(BeadsError) -> String? {
    let url = try git.text(["remote", "get-url", "--push", "origin"], to: "find the origin")
    let listed = try git.text(["ls-remote", "--", url, reference], to: "ask the origin for \(reference)")
    for line in listed.split(separator: "\n") {
      let words = line.split(separator: "\t")
      if words.count == 2, words[1] == reference { return String(words[0]) }
    }
    return nil
  }

  /// Asks for its merge, and says on the merge request what was let through.
  /// - Returns: The merge request.
  func ask(
    for issue: Issue, priority: Int?, verifiedOn: String? = nil, _ secrets: SecretSearch.Report
  ) throws(BeadsError) -> IssueID {
    var submission = MergeRequests.Submission(
      source: issue, branch: name, target: target, commit: head, worker: worker,
      priority: priority ?? issue.priority)
    submission.verifiedOn = verifiedOn
    let request = try MergeRequests(rig, ledgers).submit(submission).id
    let lines = Self.warnings(of: secrets)
    if lines.isEmpty { return request }
    let text = lines.joined(separator: "\n")
    try ledgers.store(for: request).write("submit") { tx throws(BeadsError) in
      try tx.update(request) { issue throws(BeadsError) in try issue.setTownField("secrets_allowed", text) }
    }
    for found in secrets.allowed {
      EventLog(town).append(
        "secret_allowed", actor: ledgers.actor, [("mr", request.rawValue), ("reason", found.text)])
    }
    return request
  }
}
