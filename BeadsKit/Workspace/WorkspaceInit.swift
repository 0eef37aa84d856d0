import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// Starts a project, or joins one whose files are there, in two steps around the making of the database.
///
/// `prepare` writes the files in `.beads` and says what to do with the database; then the store is opened;
/// then `register` tells this clone's git. Neither overwrites anything: on an existing store nothing is
/// changed.
public struct WorkspaceInit: Sendable {
  /// What the user asked for.
  public struct Options: Sendable {
    /// `--prefix`.
    public var prefix: String?
    /// `-C`.
    public var directory: String?
    /// `--db`.
    public var databasePath: String?
    /// `--stealth`: git never sees `.beads`, and bd never runs git.
    public var isStealth = false
    /// `--setup-exclude`: git never sees `.beads`.
    public var excludesFiles = false
    /// `--role`.
    public var role: Role?
    /// Whether to register the merge driver of `issues.jsonl` in this clone; `--skip-merge-driver` turns it
    /// off.
    public var registersMergeDriver = true
    /// Whether to make a git repository where there is none.
    public var createsRepository = false
    /// `--force`, `--reinit-local`: set the database aside and make a new one from `issues.jsonl`.
    public var reinitializes = false
    /// `--discard-remote`: start anew although the remote has a project here.
    public var discardsRemote = false
    /// `--destroy-token`, which must be `DESTROY-` and the prefix to re-initialise a project with a database.
    public var destroyToken: String?

    /// Asks for nothing special.
    public init() {}
  }

  /// What `prepare` found.
  public enum State: Sendable, Equatable {
    /// No project was here.
    case created
    /// The files of a project were here, without a database.
    case joined
    /// A project with its database was here; nothing was changed.
    case existing
    /// A project's database was set aside.
    case reinitialized
  }

  /// Where a prefix comes from.
  public enum PrefixSource: String, Sendable {
    /// `--prefix`.
    case option
    /// The project's `config.yaml`.
    case configuration
    /// The first line of `issues.jsonl`.
    case issues
    /// The name of the directory.
    case directory
  }

  /// What `prepare` found and did.
  public struct Report: Sendable {
    /// What was found.
    public let state: State
    /// The project.
    public let workspace: Workspace
    /// The prefix of new issues; of an existing store the recorded one, which the database may contradict.
    public let prefix: Prefix
    /// Where the prefix comes from.
    public let prefixSource: PrefixSource
    /// Whether `issues.jsonl` holds something that the new database must take over.
    public let hasIssuesToImport: Bool
    /// The files that were written.
    public fileprivate(set) var written: [String] = []
    /// What the user should know.
    public fileprivate(set) var notes: [String] = []
  }

  let options: Options
  let environment: Environment

  /// Prepares nothing yet.
  public init(_ options: Options = Options(), environment: Environment) {
    self.options = options
    self.environment = environment
  }

  /// Finds or makes the files of the project; makes no database and touches nothing outside `.beads`,
  /// except that it runs `git init` when asked to.
  /// - Throws: `data_exists` (exit status 10) when another prefix is asked for than the project has;
  ///   `remote_diverges` (11) when the remote has a project that this checkout lacks; `destroy_token` (12)
  ///   when re-initialising without the right token; `invalid` for an unusable prefix.
  public func prepare() throws(BeadsError) -> Report {
    let requested = try options.prefix.map { text throws(BeadsError) in try Prefix(text) }
    var target = try InitTarget(options, environment)
    guard let existing = try target.existing(requestedPrefix: requested) else {
      return try create(target, requested)
    }
    let hasDatabase = ((try? FileSystem.stamp(existing.databasePath))?.size ?? 0) > 0
    let needsNone = try Configuration(environment: environment, workspace: existing).bool("no-db")
    if hasDatabase || needsNone, !options.reinitializes { return try describe(existing, requested) }
    return try join(existing, requested, settingAside: hasDatabase)
  }

  private func create(_ found: InitTarget, _ requested: Prefix?) throws(BeadsError) -> Report {
    var target = found
    try target.checkRedirect()
    if options.createsRepository, target.repository == nil { try target.makeRepository() }
    if !options.discardsRemote { try target.checkRemote() }
    let (prefix, source) =
      requested.map { ($0, PrefixSource.option) } ?? (target.defaultPrefix, PrefixSource.directory)
    let written = try InitFiles(options, environment).write(to: target.directory, target.databaseName, prefix)
    let workspace = try Workspace.locate(
      environment: environment, databasePath: Path.join(target.directory, target.databaseName))
    return Report(
      state: .created, workspace: workspace, prefix: prefix, prefixSource: source, hasIssuesToImport: false,
      written: written, notes: target.notes)
  }

  private func describe(_ workspace: Workspace, _ requested: Prefix?) throws(BeadsError) -> Report {
    let (prefix, source) = try workspace.recordedPrefix(environment)
    if let requested, source != .directory, requested != prefix {
      throw BeadsError(
        .dataExists, "\(workspace.beadsDirectory) is a project whose issues begin with '\(prefix)'",
        hint: "nothing was changed; `bd where` shows the project")
    }
    return Report(
      state: .existing, workspace: workspace, prefix: prefix, prefixSource: source, hasIssuesToImport: false,
      notes: workspace.warnings)
  }

  private func join(
    _ workspace: Workspace, _ requested: Prefix?, settingAside: Bool
  ) throws(BeadsError) -> Report {
    let recorded = try workspace.recordedPrefix(environment)
    if settingAside { try checkToken(workspace, recorded.prefix) }
    let (prefix, source) = requested.map { ($0, PrefixSource.option) } ?? recorded
    var notes = workspace.warnings
    if settingAside { notes.append("the old database is now " + (try setAside(workspace))) }
    let written = try InitFiles(options, environment).write(
      to: workspace.beadsDirectory, Path.name(of: workspace.databasePath), prefix)
    let size = (try FileSystem.stamp(workspace.jsonlPath))?.size ?? 0
    return Report(
      state: settingAside ? .reinitialized : .joined, workspace: workspace, prefix: prefix,
      prefixSource: source,
      hasIssuesToImport: size > 0, written: written, notes: notes)
  }

  private func checkToken(_ workspace: Workspace, _ prefix: Prefix) throws(BeadsError) {
    if options.destroyToken == "DESTROY-\(prefix)" { return }
    let found = options.destroyToken == nil ? "needs a token that was not given" : "was given a wrong token"
    throw BeadsError(
      .destroyToken, "re-initialising \(workspace.beadsDirectory), which holds a database, \(found)",
      hint:
        "nothing was changed; a missing database is made from issues.jsonl by any command, see `bd init --help`"
    )
  }

  /// Renames the database while nobody writes, so that nothing is lost; returns its new name.
  private func setAside(_ workspace: Workspace) throws(BeadsError) -> String {
    let location = StoreLocation(workspace)
    return try location.whileNobodyWrites("bd init", environment.clock) { () throws(BeadsError) in
      try DatabaseFiles(location.databasePath).setAside("before-init", environment.clock)
    }
  }
}

extension BeadsError.Code {
  /// `init` would have to change what is there.
  public static let dataExists = BeadsError.Code("data_exists", exitStatus: 10)
  /// `init` would start a second project beside one that the remote has.
  public static let remoteDiverges = BeadsError.Code("remote_diverges", exitStatus: 11)
  /// Re-initialising needs a token that names the project.
  public static let destroyToken = BeadsError.Code("destroy_token", exitStatus: 12)
}
