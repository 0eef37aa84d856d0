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
    let workspace = report.workspace
    guard let repository = workspace.repository else {
      return Registration(notes: [
        "\(workspace.projectDirectory) is in no git repository: nothing to register"
      ])
    }
    var registrar = Registrar(workspace: workspace, repository: repository, environment: environment)
    if options.isStealth || options.excludesFiles {
      try registrar.exclude()
    } else if options.registersMergeDriver {
      try registrar.registerMergeDriver()
      try registrar.addAttribute()
    }
    if let role = options.role { try registrar.save(role) }
    return registrar.registration
  }
}
