public import BeadsSystem

/// The hooks of one checkout: installs, removes and describes our part of them.
///
/// Installs into the directory git uses and never sets `core.hooksPath`. In a hook that is there already only our
/// section is ours; the rest stays byte for byte, and its exit status stays its own. Nothing in this library needs a
/// hook: whatever one does, the next command does too.
public struct GitHooks: Sendable {
  /// Where scripts are put.
  public enum Place: Sendable {
    /// Where git looks for hooks in this checkout.
    case repository
    /// In `.beads-hooks`, to be committed; git runs them in clones that are told to.
    case shared
    /// In `.beads/hooks`, likewise.
    case beads
  }

  /// What the user asked for.
  public struct Options: Sendable {
    /// Where scripts are put.
    public var place = Place.repository
    /// `--chain`: whether hooks that are there are renamed to `NAME.old` and run from ours.
    public var chains = false
    /// `--force`: whether to chain hooks that cannot be edited, and to use a directory of several repositories.
    public var forces = false

    /// Asks for nothing special.
    public init() {}
  }

  /// What became of one hook.
  public struct Change: Sendable, Equatable {
    /// The hook.
    public let hook: GitHook
    /// What was done, in a few words: `new`, `added to the hook that is there`.
    public let summary: String
    /// Whether it was left alone for the reason in the summary.
    public let isRefused: Bool
  }

  /// What installing or removing did.
  public struct Report: Sendable, Equatable {
    /// The directory of the hooks.
    public internal(set) var directory: String
    /// What became of each hook.
    public internal(set) var hooks: [Change] = []
    /// What else was written, one sentence each.
    public internal(set) var changes: [String] = []
    /// What the user should know or do, one sentence each.
    public internal(set) var notes: [String] = []
  }

  /// How one hook stands.
  public struct HookStatus: Sendable, Equatable {
    /// The hook.
    public let hook: GitHook
    /// Whether something of ours is in it.
    public let isInstalled: Bool
    /// The version that wrote it; empty when unknown.
    public let version: String
    /// Whether an older tool wrote the whole file.
    public let isShim: Bool
    /// Whether installing again would change it.
    public let isOutdated: Bool
  }

  /// The checkout.
  public let repository: GitLocation
  let environment: Environment
  let workspace: Workspace?

  /// The hooks of the checkout that the environment's current directory is in.
  /// - Parameter workspace: The project, in whose manifest what is written is recorded; needed for installing.
  /// - Throws: `unsupported` outside a git repository.
  public init(workspace: Workspace?, environment: Environment) throws(BeadsError) {
    guard let repository = GitLocation.find(from: environment.currentDirectory) else {
      throw BeadsError(
        .unsupported, "\(environment.currentDirectory) is in no git repository, so there are no hooks")
    }
    self.init(repository: repository, workspace: workspace, environment: environment)
  }

  init(repository: GitLocation, workspace: Workspace?, environment: Environment) {
    self.repository = repository
    self.workspace = workspace
    self.environment = environment
  }

  /// Where `--shared` puts scripts.
  var sharedDirectory: String { Path.join(repository.workTree, ".beads-hooks") }

  /// How each hook stands in the directory that git uses.
  public func list() throws(BeadsError) -> [HookStatus] {
    let directory = try HooksDirectory(repository, environment).path
    return try GitHook.allCases.map { hook throws(BeadsError) in
      let file = HookFile(Path.join(directory, hook.rawValue))
      let script = HookScript(try file.content() ?? [])
      let isInstalled = script.hasSection || script.isShim
      return HookStatus(
        hook: hook, isInstalled: isInstalled, version: isInstalled ? script.version ?? "" : "",
        isShim: script.isShim,
        isOutdated: isInstalled ? try file.plan(hook, chains: false).action != .keep : false)
    }
  }

  /// Takes our part out of every hook of this checkout, wherever it was put.
  ///
  /// Hooks that were renamed get their place back. Works without a project.
  public func uninstall() throws(BeadsError) -> Report {
    var report = Report(directory: try HooksDirectory(repository, environment).path)
    for removal in removals() {
      guard
        try removal.file.uninstall(
          wasThere: removal.wasThere, keepingCopiesIn: workspace?.hookCopiesPath)
      else { continue }
      report.hooks.append(Change(hook: removal.hook, summary: "removed", isRefused: false))
      if removal.directory != report.directory { report.changes.append("removed \(removal.file.path)") }
    }
    if let workspace {
      var manifest = Manifest(workspace)
      let before = manifest
      manifest.removeAll { $0.kind == .hook && $0.state(in: workspace) == .gone }
      if manifest != before { try manifest.save(workspace) }
    }
    return report
  }

  struct Removal {
    let hook: GitHook
    let directory: String
    let file: HookFile
    let wasThere: Bool?
  }

  /// The hook files that hold something of ours, with what the manifest tells about them.
  func removals() -> [Removal] {
    let recorded = workspace.map { workspace in
      Manifest(workspace).entries.filter { $0.kind == .hook }
        .map { (path: $0.absolutePath(in: workspace), isNew: $0.isNew) }
    }
    var directories = [Path.join(repository.commonDirectory, "hooks"), sharedDirectory]
    if let used = try? HooksDirectory(repository, environment).path { directories.insert(used, at: 0) }
    if let workspace { directories.append(Path.join(workspace.beadsDirectory, "hooks")) }
    var seen = Set<String>()
    var removals: [Removal] = []
    for directory in directories where seen.insert(directory).inserted {
      for hook in GitHook.allCases {
        let file = HookFile(Path.join(directory, hook.rawValue))
        guard let content = try? file.content() else { continue }
        let script = HookScript(content)
        guard script.hasSection || script.isShim else { continue }
        let wasThere = recorded?.first { $0.path == file.path }.map { !$0.isNew }
        removals.append(Removal(hook: hook, directory: directory, file: file, wasThere: wasThere))
      }
    }
    return removals
  }
}
