import BeadsModel
public import BeadsSystem

extension GitSync {
  /// Takes over the issues of the main branch without committing anything: for short-lived branches that are never
  /// pushed (`bd sync --from-main`).
  /// - Throws: as `run` does; `not_found` when there is no main branch.
  public static func takeFromMain(
    _ store: Store, in workspace: Workspace, _ configuration: Configuration,
    options: SyncOptions = SyncOptions(),
    progress: @escaping (String) -> Void = { _ in }
  ) throws(BeadsError) -> SyncReport {
    try locked(store, workspace, progress) { () throws(BeadsError) in
      let sync = try GitSync(store, workspace, configuration, options, progress)
      try sync.takeFromMain()
      return sync.report
    }
  }

  private func takeFromMain() throws(BeadsError) {
    let source = try main()
    report.branch = source.title
    try store.holdingFile { () throws(BeadsError) in
      report.exported = try store.writeFileUntilSettled(force: true)
      guard let entry = try scene.sharedEntries(of: source.commit)[issueFile] else {
        throw BeadsError(.notFound, "\(source.title) holds no \(Path.join(prefix, issueFile))")
      }
      var base: [UInt8] = []
      if let head = try scene.repository.commit("HEAD"),
        let common = try scene.mergeBase(head, source.commit),
        let old = try scene.sharedEntries(of: common)[issueFile]
      {
        base = try scene.repository.content(old.id)
      }
      let present = try FileSystem.read(workspace.jsonlPath)
      let merged = try mergedIssues(base, present, try scene.repository.content(entry.id))
      if merged != present { try FileSystem.replace(workspace.jsonlPath, with: merged) }
      try importFile()
      try store.writeFileUntilSettled(force: true)
    }
  }

  /// The main branch: the remote's, newly fetched unless that is not wanted, else this clone's.
  private func main() throws(BeadsError) -> (commit: GitID, title: String) {
    for name in try mainNames() {
      if let remote {
        let source = SyncRemote(name: remote.name, branch: name, pushName: remote.name)
        if options.pulls { try fetchIfPresent(source) }
        if let tracking = source.tracking, let commit = try scene.repository.target(of: tracking) {
          return (commit, source.title)
        }
      }
      if let commit = try scene.repository.target(of: "refs/heads/\(name)") { return (commit, name) }
    }
    throw BeadsError(.notFound, "there is no main branch to take issues from")
  }

  /// What main may be called: as the remote says, else the usual names.
  private func mainNames() throws(BeadsError) -> [String] {
    guard let remote, let name = try scene.repository.symbolicTarget(of: "refs/remotes/\(remote.name)/HEAD")
    else {
      return ["main", "master"]
    }
    return [String(name.dropFirst("refs/remotes/\(remote.name)/".count)), "main", "master"]
  }
}
