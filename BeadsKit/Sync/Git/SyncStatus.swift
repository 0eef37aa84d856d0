public import BeadsSystem

/// What is not shared yet, as far as this clone knows without asking the remote.
public struct SyncStatus: Sendable {
  /// The branch that carries the issues; nil when there is none to commit to.
  public internal(set) var branch: String?
  /// Whether that is the sync branch rather than the checked-out one.
  public internal(set) var isSyncBranch = false
  /// The remote's branch, such as `origin/main`, or nil without one.
  public internal(set) var upstream: String?
  /// Changed issues that the file does not have yet.
  public internal(set) var unexported = 0
  /// Whether the file has changes that the database does not have yet.
  public internal(set) var isFileNewer = false
  /// Files of `.beads`, from the root of the checkout, that differ from the branch.
  public internal(set) var uncommitted: [String] = []
  /// Commits that the remote did not have when it was last fetched.
  public internal(set) var ahead = 0
  /// Commits that this clone did not have then.
  public internal(set) var behind = 0
  /// Whether git is off for this project.
  public internal(set) var isGitOff = false
  /// What keeps `bd sync --full` from working.
  public internal(set) var problem: String?

  /// Whether there is nothing to do and nothing in the way.
  public var isClean: Bool {
    unexported == 0 && !isFileNewer && uncommitted.isEmpty && ahead == 0 && behind == 0 && problem == nil
  }

  /// What `bd sync --full` would do, step by step.
  public func plan(_ options: SyncOptions) -> [String] {
    var steps: [String] = []
    if isFileNewer { steps.append("import what changed in the issue file") }
    if unexported > 0 { steps.append("export \(unexported) changed \(unexported == 1 ? "issue" : "issues")") }
    if isGitOff { return steps + ["nothing more: git is off for this project (no-git-ops)"] }
    if let problem { return steps + ["stop: \(problem)"] }
    guard let branch else { return steps }
    if !uncommitted.isEmpty || unexported > 0 {
      let files = uncommitted.isEmpty ? "the issue file" : uncommitted.joined(separator: ", ")
      steps.append("commit \(files) to \(branch)")
    }
    guard let upstream else { return steps + ["nothing more: \(branch) has no upstream branch"] }
    if options.pulls {
      steps.append("fetch \(upstream)")
      steps.append(
        behind > 0 ? "merge \(behind) commits and what the fetch brings" : "merge what the fetch brings")
    }
    if options.pushes { steps.append("push to \(upstream) if it lacks something") }
    return steps
  }
}

extension GitSync {
  /// Tells what a sync would have to do; changes nothing and does not use the network.
  /// - Parameter store: The store, opened for reading; nil when the database is missing.
  public static func status(
    _ store: Store?, in workspace: Workspace, _ configuration: Configuration
  ) throws(BeadsError) -> SyncStatus {
    var status = SyncStatus()
    if let store {
      status.unexported = Int(try store.connection.int64("SELECT COUNT(*) FROM dirty_issues") ?? 0)
      status.isFileNewer = try store.fileDiffers()
    } else {
      status.isFileNewer = FileSystem.exists(workspace.jsonlPath)
    }
    if try configuration.bool("no-git-ops") {
      status.isGitOff = true
      return status
    }
    do throws(BeadsError) { try look(&status, workspace, configuration) } catch {
      status.problem = error.message
    }
    return status
  }

  private static func look(
    _ status: inout SyncStatus, _ workspace: Workspace, _ configuration: Configuration
  ) throws(BeadsError) {
    let look = try SyncScene(workspace, configuration)
    status.branch = look.line.branch
    status.isSyncBranch = look.line.isSyncBranch
    status.upstream = look.remote?.branch == nil ? nil : look.remote?.title
    if !look.line.isSyncBranch, let operation = look.repository.unfinishedOperation {
      status.problem = "git is in the middle of a \(operation) in \(look.location.workTree)"
    }
    let tip = try look.repository.target(of: look.line.reference)
    let known = try look.sharedEntries(of: tip)
    let current = try look.entries(
      of: try look.sharedFiles(), known: known, adds: false, heedsIgnores: !look.line.isSyncBranch)
    status.uncommitted = current.filter { known[$0.key] != $0.value }.keys.sorted()
      .map { Path.join(look.prefix, $0) }
    guard let tip, let tracking = look.remote?.tracking else { return }
    if let remote = try look.repository.target(of: tracking) {
      (status.ahead, status.behind) = try look.distance(tip, remote)
    } else {
      status.ahead = 1
    }
  }
}
