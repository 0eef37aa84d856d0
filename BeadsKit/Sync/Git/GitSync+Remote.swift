import BeadsModel
import BeadsSystem

extension GitSync {
  /// What to say when the remote fails: what was done until then stays.
  private static let kept = "everything here is exported and committed"

  /// Gets the remote's branch with the `git` command, which has the user's credentials.
  func fetch() throws(BeadsError) {
    guard let remote, let branch = remote.branch, let tracking = remote.tracking else { return }
    let isKnown = try scene.repository.target(of: tracking) != nil
    if try fetchIfPresent(remote) {
      remoteTip = try scene.repository.target(of: tracking)
    } else if isKnown {
      throw BeadsError(
        .notFound, "\(remote.name) no longer has the branch \(branch); \(Self.kept)",
        hint: "git push \(remote.name) \(line.branch) makes it again, if that is what you want")
    } else {
      // The first push makes the branch of a new repository.
      remoteTip = nil
    }
    FailPoint.reach("sync.fetched")
  }

  /// Fetches one branch; false when the remote has none of that name.
  @discardableResult
  func fetchIfPresent(_ source: SyncRemote) throws(BeadsError) -> Bool {
    guard let branch = source.branch, let tracking = source.tracking else { return false }
    say("Fetching \(source.title)")
    let result = try git.ask([
      "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", source.name,
      "+refs/heads/\(branch):\(tracking)",
    ])
    if result.succeeded { return true }
    if result.errorText.contains("couldn't find remote ref") { return false }
    throw BeadsError(
      .remote, "git cannot fetch from \(source.name): \(GitCommand.reason(result.errorText))",
      hint: "run `bd sync --full` again when it can be reached; \(Self.kept)")
  }

  /// Pushes the branch; false when the remote has commits that are not here.
  func push() throws(BeadsError) -> Bool {
    guard let remote, let branch = remote.branch, let tip else { return true }
    let isFork = remote.pushName != remote.name
    if tip == remoteTip, !isFork { return true }
    if let remoteTip, !isFork, !options.pulls, try scene.distance(tip, remoteTip).ahead == 0 {
      return true
    }
    say("Pushing to \(remote.pushName)")
    let target = isFork ? line.branch : branch
    let result = try git.ask(["push", "--porcelain", remote.pushName, "\(tip):refs/heads/\(target)"])
    let said = result.errorText
    if !said.isEmpty { say(said) }
    if result.succeeded {
      // An up-to-date branch has "=" in its line.
      report.pushed = report.pushed || !result.text.contains("\n=\t")
      remoteTip = tip
      FailPoint.reach("sync.pushed")
      return true
    }
    let refusal = result.text.split(separator: "\n").first { $0.hasPrefix("!\t") }
    guard let refusal else {
      throw BeadsError(
        .remote, "git cannot push to \(remote.pushName): \(GitCommand.reason(said))",
        hint: "run `bd sync --full` again when it can be reached; \(Self.kept)")
    }
    if Self.isOvertaken(refusal) { return false }
    throw BeadsError(
      .conflict,
      "\(remote.pushName) refused \(line.branch): \(refusal.split(separator: "\t").last ?? refusal)",
      hint: Self.kept)
  }

  /// Whether a push was refused because another one came first.
  private static func isOvertaken(_ refusal: Substring) -> Bool {
    let races = [
      "cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists",
    ]
    return refusal.contains("[rejected]") || races.contains { refusal.contains($0) }
  }

  // MARK: The work tree

  /// Moves the checked-out branch, index and work tree forward; local changes elsewhere stay.
  func fastForward(to goal: GitID) throws(BeadsError) {
    let result = try git.ask([
      "-c", "merge.autoStash=false", "merge", "--ff-only", "--quiet", goal.description,
    ])
    if result.succeeded { return }
    let files = result.errorText.split(separator: "\n").filter { $0.hasPrefix("\t") }.map { $0.dropFirst() }
    let title = remote?.title ?? "the merge"
    guard !files.isEmpty else {
      throw BeadsError(
        .conflict,
        "git cannot bring \(location.workTree) up to \(title): \(GitCommand.reason(result.errorText))",
        hint: "everything here is exported and committed; merge with git, then run `bd sync --full` again")
    }
    let more = files.count > 3 ? " and \(files.count - 3) more" : ""
    throw BeadsError(
      .conflict,
      "\(title) changes files that are changed here and not committed: \(files.prefix(3).joined(separator: ", "))\(more)",
      hint: "commit them or put them aside, then run `bd sync --full` again; nothing was touched")
  }
}
