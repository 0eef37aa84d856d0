import BeadsKit

extension MergeEngine {
  /// Turns away a branch that adds secrets, however it got to the origin; true when it does.
  func turnsAway(
    _ candidate: MergeCandidate, into base: GitID
  ) throws(BeadsError) -> Bool {
    let report = try SecretSearch.run(
      candidate.head, notIn: [base], in: GitRepository(at: rig.repository),
      allowedPaths: policy.allowedSecrets)
    if report.found.isEmpty { return false }
    let log = Path.join(runner.logs, "\(candidate.head.short)-secrets.log")
    try FileSystem.makeDirectory(runner.logs)
    let lines = report.found.map(\.text).joined(separator: "\n")
    try FileSystem.replace(log, with: Array((lines + "\n").utf8))
    try reject(candidate, GateFailure(gate: "secrets", reason: "it adds what looks like a secret", log: log))
    return true
  }
}
