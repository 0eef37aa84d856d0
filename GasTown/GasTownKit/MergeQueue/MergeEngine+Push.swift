import BeadsKit

extension MergeEngine {
  /// Moves the target to what was tested, unless somebody else has moved it.
  func push(_ run: inout MergeRun, _ layers: [MergeStack.Layer]) throws(BeadsError) -> Ending {
    guard let base = run.base, let tip = run.tip else { return .nothing }
    let gone = try takenBack(layers)
    if !gone.isEmpty {
      for id in gone { tell(.changed(id, "it was taken back while it was tested")) }
      return .takenBack(gone)
    }
    run.phase = .pushing
    try database.save(run)
    var variables = ["GT_MERGE_ENGINE": "1", "GT_RUN": run.nonce]
    // Projects have hooks of their own that ask for it.
    if layers.contains(where: \.candidate.isLanding) { variables["GT_INTEGRATION_LAND"] = "1" }
    let result = try town.git(rig.repository, adding: variables).ask(
      "push", "--quiet", "--porcelain",
      "--force-with-lease=refs/heads/\(run.target):\(base)", "origin", "\(tip):refs/heads/\(run.target)")
    // What counts is what is there, not what the push said.
    try town.fetchOrigin(of: rig)
    let repository = try GitRepository(at: rig.repository)
    guard let there = try rig.remoteCommit(run.target), try repository.isAncestor(tip, of: there) else {
      run.phase = .building
      try database.save(run)
      if result.succeeded {
        throw BeadsError(.io, "the push of \(tip.short) to \(run.target) succeeded, but it is not there")
      }
      let reason = GitCommand.reason(result.errorText)
      if try rig.remoteCommit(run.target) != base {
        tell(.overtaken(run.target))
        for layer in layers {
          try remark(
            layer.candidate.id,
            "\(run.target) was moved by somebody else while this was tested: it is tested again on top of that."
          )
        }
        return .overtaken
      }
      throw BeadsError(.io, "\(run.target) could not be pushed to the origin of \(rig.name): \(reason)")
    }
    run.phase = .pushed
    try database.save(run)
    try finish(run)
    return .merged(layers.count)
  }
}
