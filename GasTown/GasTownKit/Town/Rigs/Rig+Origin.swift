import BeadsKit

extension Town {
  /// Brings what the origin of a rig has into its repository.
  /// - Throws: `io_error` when it cannot be reached.
  func fetchOrigin(of rig: Rig) throws(BeadsError) {
    try git(rig.repository).run(
      ["fetch", "--quiet", "--prune", "origin", "+refs/heads/*:refs/remotes/origin/*"],
      to: "fetch from the origin of \(rig.name)")
  }
}

extension Rig {
  /// Where a branch of the origin was at the last fetch.
  func remoteCommit(_ branch: BranchName) throws(BeadsError) -> GitID? {
    try GitRepository(at: repository).target(of: "refs/remotes/origin/\(branch)")
  }
}
