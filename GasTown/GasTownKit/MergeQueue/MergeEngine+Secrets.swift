import BeadsKit

extension MergeEngine {
  /// Turns away a branch that adds secrets, however it got to the origin; true when it does.
  func turnsAway(
    _ candidate: MergeCandidate, into target: String
  ) throws(BeadsError) -> Bool {
    let base = try remoteCommit(BranchName(target))
    let report = try SecretSearch.run(
      candidate.head, notIn: base.map { [$0] } ?? [], in: GitRepository(at: rig.repository),
      allowedPaths: policy.allowedSecrets)
    if report.found.isEmpty { return false }
    let log = Path.join(runner.logs, "\(candidate.head.short)-secrets.log")
    try FileSystem.makeDirectory(runner.logs)
    let lines = report.found.map(\.text).joined(separator: "\n")
    try FileSystem.replace(log, with: Array((lines + "\n").utf8))
    try reject(candidate, gate: "secrets", log: log)
    return true
  }
}
