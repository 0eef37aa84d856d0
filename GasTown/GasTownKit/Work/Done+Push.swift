import BeadsKit

extension Done {
  /// Brings a commit to the origin under the branch's name, and looks there whether it arrived.
  ///
  /// A branch of the agent's own that was rewritten since it was pushed is replaced, if nobody else has changed it; what
  /// it had is kept by the worktree's log until the polecat is done, and saved then.
  func push(_ branch: Branch, _ work: Work) throws(BeadsError) {
    let reference = "refs/heads/\(branch.name)"
    let before = try remoteCommit(reference, work)
    if before == branch.head { return }
    var arguments = ["push", "--quiet", "--no-follow-tags", "--recurse-submodules=check"]
    arguments.append("--force-with-lease=\(reference):\(before ?? "")")
    try work.git.text(
      arguments + ["origin", "\(branch.head):\(reference)"], to: "push \(branch.name)")
    try verify(reference, branch, work)
  }

  /// Brings a commit to the target itself, which must not have moved on.
  func pushToTarget(_ branch: Branch, _ work: Work) throws(BeadsError) {
    let reference = "refs/heads/\(branch.target)"
    if try remoteCommit(reference, work) == branch.head { return }
    // Whoever gave out the work said that it goes there without the queue.
    try GitCommand(within: work.worktree, town.environment, adding: ["GT_MERGE_ENGINE": "1"]).text(
      [
        "push", "--quiet", "--no-follow-tags", "--recurse-submodules=check", "origin",
        "\(branch.head):\(reference)",
      ], to: "push to \(branch.target)")
    try verify(reference, branch, work)
  }

  private func verify(_ reference: String, _ branch: Branch, _ work: Work) throws(BeadsError) {
    let there = try remoteCommit(reference, work)
    if there == branch.head { return }
    throw BeadsError(
      .io,
      "git pushed \(branch.head.prefix(12)), but the origin has \(there?.prefix(12) ?? "nothing") as \(reference)",
      hint: "run `gt done` again")
  }

  /// The commit that a branch has where we push to.
  private func remoteCommit(_ reference: String, _ work: Work) throws(BeadsError) -> String? {
    let url = try work.git.text(["remote", "get-url", "--push", "origin"], to: "find the origin")
    let listed = try work.git.text(
      ["ls-remote", "--", url, reference], to: "ask the origin for \(reference)")
    for line in listed.split(separator: "\n") {
      let words = line.split(separator: "\t")
      if words.count == 2, words[1] == reference { return String(words[0]) }
    }
    return nil
  }
}
