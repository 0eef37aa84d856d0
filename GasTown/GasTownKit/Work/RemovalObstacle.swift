public import BeadsKit

/// How much a removal overrules.
public enum RemovalForce: Sendable, Comparable {
  /// Nothing.
  case none
  /// Unsaved changes, commits that were not pushed, open merge requests.
  case force
  /// Also stashes and a shell in the worktree, but never an open merge request.
  case nuclear
}

/// A reason not to remove a polecat's worktree.
///
/// What is in it is saved in any case.
public enum RemovalObstacle: Sendable, Equatable {
  /// Files that were not committed.
  case uncommitted([String])
  /// Commits that no remote branch has.
  case unpushed(Int)
  /// Stashes that were made on its branch.
  case stashes(Int)
  /// A merge request that is not merged yet.
  case mergeRequest(IssueID)
  /// The caller is in the worktree.
  case caller
  /// What is in the worktree could not be found out.
  case unknown(String)

  /// What is against the removal, in a few words.
  public var text: String {
    switch self {
    case .uncommitted(let files):
      "not committed: \(files.prefix(5).joined(separator: ", "))\(files.count > 5 ? " and \(files.count - 5) more" : "")"
    case .unpushed(let count): "commits that were not pushed: \(count)"
    case .stashes(let count): "stashes: \(count)"
    case .mergeRequest(let id): "the merge request \(id) is open"
    case .caller: "this shell is in its worktree"
    case .unknown(let reason): "its state is not known: \(reason)"
    }
  }

  /// Whether that much force overrules it; contract 4.1.
  public func isOverruled(by force: RemovalForce) -> Bool {
    switch self {
    case .uncommitted, .unpushed, .unknown: force >= .force
    case .stashes, .caller: force == .nuclear
    case .mergeRequest: force == .force
    }
  }
}

extension Polecats {
  /// What is against removing the worktree of a polecat.
  public func obstacles(to record: AgentRecord) throws(BeadsError) -> [RemovalObstacle] {
    guard let name = record.address.name else { return [] }
    var found: [RemovalObstacle] = []
    let path = rig.polecatWorktree(name)
    if try FileSystem.status(path, followLinks: false) != nil {
      do throws(BeadsError) {
        let state = try worktrees.state(of: name)
        if !state.isClean { found.append(.uncommitted(state.uncommitted)) }
        if state.unpushed > 0, try !worktrees.isMerged(path, record.base ?? rig.defaultBranch) {
          found.append(.unpushed(state.unpushed))
        }
        if state.stashes > 0 { found.append(.stashes(state.stashes)) }
      } catch {
        found.append(.unknown(error.message))
      }
    }
    for request in try MergeRequests(rig, ledgers).open(of: record.address) {
      found.append(.mergeRequest(request.id))
    }
    let here =
      (try? FileSystem.realPath(town.environment.currentDirectory)) ?? town.environment.currentDirectory
    if Path.isInside(here, rig.polecatFolder(name)) { found.append(.caller) }
    return found
  }
}

extension RigWorktrees {
  /// Whether a worktree has no commit that a branch of the origin lacks.
  func isEmpty(_ path: String, _ base: BranchName) throws(BeadsError) -> Bool {
    let target = "refs/remotes/origin/\(base)"
    return try GitCommand(within: path, environment).text(
      ["rev-list", "--count", "HEAD", "--not", target], to: "compare with \(base)") == "0"
  }

  /// Whether a branch of the origin contains everything that a worktree's commits changed, be it as other commits:
  /// merging them would change nothing.
  func isMerged(_ path: String, _ base: BranchName) throws(BeadsError) -> Bool {
    let git = GitCommand(within: path, environment)
    let target = "refs/remotes/origin/\(base)"
    guard let commit = try git.commit(target), try git.commit("HEAD") != nil else { return false }
    let merged = try git.ask(["merge-tree", "--write-tree", commit, "HEAD"])
    guard merged.succeeded else { return false }
    return merged.text == (try git.text(["rev-parse", commit + "^{tree}"], to: "read \(base)"))
  }
}
