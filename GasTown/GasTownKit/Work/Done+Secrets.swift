import BeadsKit

extension Done {
  /// Throws when the commits add what looks like a secret: nothing of the branch leaves this machine then.
  func refuseSecrets(_ work: Work, _ branch: Branch) throws(BeadsError) -> SecretSearch.Report {
    guard let head = GitID(branch.head), let target = GitID(branch.targetHead) else { return .init() }
    let policy = try MergePolicy(RigSettings.load(rig))
    let repository = try GitRepository(at: rig.repository)
    let report = try SecretSearch.run(
      head, notIn: [target], in: repository, allowedPaths: policy.allowedSecrets)
    guard let first = report.found.first else { return report }
    EventLog(town).append(
      "secret_found", actor: work.request.agent.text,
      [
        ("bead", work.issue.id.rawValue), ("branch", branch.name.rawValue), ("reason", first.text),
        ("count", "\(report.found.count)"),
      ])
    let start = try repository.mergeBase(head, target) ?? target
    throw BeadsError(
      .refused, "\(branch.name) adds what looks like a secret; nothing was pushed",
      details: report.found.prefix(20).map(\.text),
      hint:
        "have the program read it from its environment, and take it out of the commits: "
        + "`git reset --soft \(start.short)`, correct the file, commit, `gt done`; "
        + "if you are sure that it is none, ask for help: `gt done --status ESCALATED`")
  }

  /// What whoever hands in a branch is to know of what looks like secrets.
  func warnings(of report: SecretSearch.Report) -> [String] {
    report.allowed.map { "\($0.text), taken for none because it is marked so" }
      + report.unread.map { "\($0) is too large to be searched for secrets to its end" }
  }

  /// Says on the merge request what was let through.
  func record(_ report: SecretSearch.Report, on request: IssueID) throws(BeadsError) {
    let lines = warnings(of: report)
    if lines.isEmpty { return }
    let store = try polecats.store(of: request)
    let text = lines.joined(separator: "\n")
    try store.write("done") { tx throws(BeadsError) in
      try tx.update(request) { issue throws(BeadsError) in try issue.setTownField("secrets_allowed", text) }
    }
    for found in report.allowed {
      EventLog(town).append(
        "secret_allowed", actor: polecats.ledgers.actor,
        [("mr", request.rawValue), ("reason", found.text)])
    }
  }
}
