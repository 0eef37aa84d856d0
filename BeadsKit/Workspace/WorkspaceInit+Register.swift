public import BeadsSystem

extension WorkspaceInit {
  /// What `register` wrote outside `.beads`, in words for the user.
  public struct Registration: Sendable, Equatable {
    /// What was written, one sentence each; empty when all of it was there.
    public internal(set) var changes: [String] = []
    /// What was left undone, and why.
    public internal(set) var notes: [String] = []
  }

  /// The merge driver that git is told to use for the issue file.
  static let mergeDriver = "bd merge %A %O %A %B"

  /// Tells this clone's git about the project: the merge driver for the issue file or, for a hidden
  /// project, to ignore `.beads`; and the user's role.
  ///
  /// Writes `.git/config`, `.git/info/attributes` and `.git/info/exclude` only, never a tracked file; what
  /// is there already stays. Everything written is recorded in `.beads/manifest.json`.
  /// - Throws: `io_error`, `read_only`, or `not_found` without git.
  public func register(_ report: Report) throws(BeadsError) -> Registration {
    var registration = Registration()
    let workspace = report.workspace
    guard let repository = workspace.repository else {
      registration.notes.append("\(workspace.projectDirectory) is in no git repository: nothing to register")
      return registration
    }
    let before = Manifest(workspace)
    var manifest = before
    if options.isStealth || options.excludesFiles {
      try exclude(workspace, repository, &manifest, &registration)
    } else if options.registersMergeDriver {
      try registerMergeDriver(workspace, repository, &manifest, &registration)
    }
    if let role = options.role { try save(role, workspace, repository, &manifest, &registration) }
    if manifest != before { try manifest.save(workspace) }
    return registration
  }

  private func exclude(
    _ workspace: Workspace, _ repository: GitLocation, _ manifest: inout Manifest,
    _ registration: inout Registration
  ) throws(BeadsError) {
    guard Path.isInside(workspace.beadsDirectory, repository.workTree) else { return }
    let line = GitExclude.pattern(
      Path.relative(workspace.beadsDirectory, to: repository.workTree), isDirectory: true)
    let path = Path.join(repository.commonDirectory, "info/exclude")
    guard try SharedFile.addLine(line, to: path) else { return }
    manifest.record(.line, path, line, in: workspace)
    registration.changes.append("git ignores \(line) in this clone (\(path))")
  }

  private func registerMergeDriver(
    _ workspace: Workspace, _ repository: GitLocation, _ manifest: inout Manifest,
    _ registration: inout Registration
  ) throws(BeadsError) {
    guard Path.isInside(workspace.jsonlPath, repository.workTree) else { return }
    let config = GitConfig(environment, repository)
    let settings = [
      ("merge.beads.name", "field-by-field merge of beads issues"), ("merge.beads.driver", Self.mergeDriver),
    ]
    for (key, value) in settings {
      if let present = config.value(key) {
        if key == "merge.beads.driver", present != value {
          registration.notes.append("left \(key) as it is: \(present)")
        }
        continue
      }
      try config.set(key, to: value)
      manifest.record(
        .gitConfig, Path.join(repository.commonDirectory, "config"), "\(key)=\(value)", in: workspace)
      registration.changes.append("git config \(key) = \(value)")
    }
    let file = Path.relative(workspace.jsonlPath, to: repository.workTree)
    let line = quotedIfNeeded(GitExclude.literal(file)) + " merge=beads"
    let path = Path.join(repository.commonDirectory, "info/attributes")
    guard try SharedFile.addLine(line, to: path) else { return }
    manifest.record(.line, path, line, in: workspace)
    registration.changes.append("git merges \(file) with it in this clone (\(path))")
  }

  private func save(
    _ role: Role, _ workspace: Workspace, _ repository: GitLocation, _ manifest: inout Manifest,
    _ registration: inout Registration
  ) throws(BeadsError) {
    let config = GitConfig(environment, repository)
    guard Role.configured(config) != role else { return }
    try role.save(config)
    manifest.record(
      .gitConfig, Path.join(repository.commonDirectory, "config"), "\(Role.key)=\(role.rawValue)",
      in: workspace)
    registration.changes.append("git config \(Role.key) = \(role.rawValue)")
  }

  /// In an attributes file a space ends a pattern.
  private func quotedIfNeeded(_ pattern: String) -> String {
    guard pattern.contains(where: { $0 == " " || $0 == "\"" || $0 == "\\" }) else { return pattern }
    return "\"" + pattern.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
