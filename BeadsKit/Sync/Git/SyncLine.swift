import BeadsModel
import BeadsSystem

/// The branch that carries the issues.
enum SyncLine: Equatable {
  /// The checked-out branch, on which the code is too.
  case checkout(String)
  /// A branch of its own, never checked out: the setting `sync-branch`.
  case side(String)

  var branch: String {
    switch self {
    case .checkout(let name), .side(let name): name
    }
  }

  var reference: String { "refs/heads/\(branch)" }

  var isSyncBranch: Bool {
    if case .side = self { true } else { false }
  }

  /// Finds the branch for a project.
  /// - Throws: `invalid` for a sync branch that must not be one, `conflict` without a branch to commit to.
  static func choose(
    _ workspace: Workspace, _ location: GitLocation, _ configuration: Configuration,
    _ repository: borrowing GitRepository
  ) throws(BeadsError) -> SyncLine {
    let head = try repository.headPosition()
    if let name = try configuration.string("sync-branch"), !name.isEmpty {
      return .side(try sideBranch(name, location, configuration))
    }
    if repository.isBare {
      throw BeadsError(
        .unsupported,
        "the repository of \(workspace.projectDirectory) is bare: no branch is checked out there",
        hint: "give the issues a branch of their own: `bd config set sync-branch beads-sync`")
    }
    guard case .branch(let name, _) = head else {
      throw BeadsError(
        .conflict, "no branch is checked out in \(location.workTree), so there is nothing to commit to",
        hint:
          "switch to a branch, or give the issues one of their own: `bd config set sync-branch beads-sync`")
    }
    return .checkout(name)
  }

  private static func sideBranch(
    _ name: String, _ location: GitLocation, _ configuration: Configuration
  ) throws(BeadsError) -> String {
    let branch = try BranchName(name).rawValue
    let advice = "beads-sync is a good name for it"
    if branch == "main" || branch == "master" {
      throw BeadsError(
        .invalid, "the sync branch cannot be \(branch): the code lives there", hint: advice)
    }
    let worktrees = try Worktrees(environment: configuration.environment, directory: location.workTree)
    if let owner = worktrees.list().first(where: { $0.branch == branch && !$0.isMissing }) {
      throw BeadsError(
        .invalid, "the sync branch \(branch) is checked out in \(owner.path), where it would change unseen",
        hint: "switch to another branch there; \(advice)")
    }
    return branch
  }
}
