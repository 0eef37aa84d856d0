import BeadsKit

/// Removes references that keep nothing: branches of polecats whose commits something else keeps, saved work that has
/// long been on the default branch, and the commits of branches whose changes are long there as one commit.
///
/// Nothing else that only one reference leads to is ever removed, not even a file that is in no commit.
struct PrunerJob {
  private let context: JobContext

  static func run(_ context: JobContext) throws(BeadsError) -> JobReport {
    var report = JobReport()
    for rig in try context.town.rigs() where FileSystem.isDirectory(rig.repository) {
      do throws(BeadsError) { try PrunerJob(context: context).prune(rig, &report) } catch {
        report.problems.append("\(rig.name): \(error.message)")
      }
    }
    return report
  }

  private func prune(_ rig: Rig, _ report: inout JobReport) throws(BeadsError) {
    let polecats = Polecats(
      town: context.town, rig: rig, database: context.database, ledgers: context.ledgers)
    for branch in try polecats.spentBranches() {
      let isGone = context.isDryRun ? true : try polecats.worktrees.deleteBranch(branch)
      if isGone { report.count("branches removed") }
    }
    let git = context.town.git(rig.repository)
    for (reference, commit) in try oldSalvage(git) where try isOnTarget(commit, rig, git) {
      report.count("saved copies removed")
      if context.isDryRun { continue }
      try git.run(["update-ref", "-d", reference, commit], to: "remove \(reference)")
    }
    for (reference, commit) in try oldMerged(rig, git) {
      report.count("squashed branches removed")
      if context.isDryRun { continue }
      try git.run(["update-ref", "-d", reference, commit], to: "remove \(reference)")
    }
    if context.isDryRun { return }
    // Packs loose objects, also those that nothing leads to, and deletes none.
    _ = try git.ask(["maintenance", "run", "--quiet", "--task=loose-objects"])
  }

  /// Saved work that is older than it has to be kept.
  private func oldSalvage(_ git: GitCommand) throws(BeadsError) -> [(String, String)] {
    let age = nanoseconds(context.settings.duration("lifecycle.pruner.salvage_age"))
    let limit = (context.database.now - age) / 1_000_000_000
    let listed = try git.ask([
      "for-each-ref", "--format=%(refname) %(objectname) %(committerdate:unix)", "refs/gt/salvage",
    ])
    guard listed.succeeded else {
      throw BeadsError(.io, "git could not list what was saved: \(listed.errorText)")
    }
    return listed.text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let time = Int64(words[2]), time < limit else { return nil }
      return (words[0], words[1])
    }
  }

  /// Branches as they were before the queue made one commit of them, of which that commit is proven to be on the origin:
  /// those that the default branch leads to anyway, and old ones but for the latest few.
  private func oldMerged(_ rig: Rig, _ git: GitCommand) throws(BeadsError) -> [(String, String)] {
    let folder = "refs/gt/merged/"
    func list(_ more: String...) throws(BeadsError) -> [(reference: String, commit: String)] {
      let format = "--format=%(refname) %(objectname)"
      let listed = try git.text(["for-each-ref", format] + more + [folder], to: "list what was merged")
      return listed.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return words.count == 2 ? (String(words[0]), String(words[1])) : nil
      }
    }
    let all = try list()
    if all.isEmpty { return [] }
    let needless = try list("--merged=refs/remotes/origin/\(rig.defaultBranch)")
    let times = try mergeTimes(git)
    let rest = all.filter { known in !needless.contains { $0.reference == known.reference } }
    let proven = rest.compactMap { entry in
      times[String(entry.reference.dropFirst(folder.count))].map { (entry: entry, time: $0) }
    }.sorted { $0.time == $1.time ? $0.entry.reference > $1.entry.reference : $0.time > $1.time }
    let age = nanoseconds(context.settings.duration("lifecycle.pruner.merged_age"))
    let limit = (context.database.now - age) / 1_000_000_000
    let old = proven.dropFirst(context.settings.int("lifecycle.pruner.merged_keep")).filter {
      $0.time < limit
    }
    return (needless + old.map(\.entry)).map { ($0.reference, $0.commit) }
  }

  /// When each merge request came to a branch of the origin, in seconds since 1970, as its commit tells.
  private func mergeTimes(_ git: GitCommand) throws(BeadsError) -> [String: Int64] {
    let listed = try git.text(
      [
        "log", "--remotes=origin", "--grep=^Merge-Request: ",
        "--format=%ct %(trailers:key=Merge-Request,valueonly,separator=%x20)",
      ], to: "list what was merged")
    var times: [String: Int64] = [:]
    for line in listed.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 1, let time = Int64(words[0]) else { continue }
      for word in words.dropFirst() { times[String(word)] = time }
    }
    return times
  }

  /// Whether the origin's default branch leads to everything that a commit leads to, file by file.
  ///
  /// Other branches do not count: they come and go. Commits that are not ours keep the copy.
  private func isOnTarget(_ commit: String, _ rig: Rig, _ git: GitCommand) throws(BeadsError) -> Bool {
    let target = "refs/remotes/origin/\(rig.defaultBranch)"
    let listed = try git.ask(["rev-list", "--format=%s", "--no-commit-header", commit, "--not", target])
    guard listed.succeeded else { return false }
    let subjects = listed.text.split(separator: "\n")
    guard subjects.allSatisfy({ $0.hasPrefix("Saved from ") || $0 == "The index" }) else { return false }
    let objects = try git.ask(["rev-list", "--objects", "--no-object-names", commit, "--not", target])
    return objects.succeeded && objects.text.split(separator: "\n").count == subjects.count
  }
}
