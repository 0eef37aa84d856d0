public import BeadsModel
public import BeadsSystem

/// The project in which a new issue is made, when it is not the one that one is in.
public struct CreationPlace: Sendable, Equatable {
  /// What a new issue says about where it belongs.
  public struct Request: Sendable {
    /// The name of a rig, `--rig`.
    public var rig: String?
    /// The prefix that its ID shall have.
    public var prefix: Prefix?
    /// The ID it shall have.
    public var id: String?
    /// Its parent and the issues it was discovered from, whose project it inherits.
    public var relatives: [String] = []

    /// A new issue that may be anywhere.
    public init() {}
  }

  /// The project's directory.
  public let directory: String
  /// What decided, such as `routing.contributor`.
  public let reason: String
  /// Whether the project is the user's own for planning, which is made when it is not there.
  public let isPlanning: Bool
}

extension IssuePlaces {
  /// Where a new issue goes, or nil for the project one is in.
  ///
  /// A rig decides, then a prefix or an ID that another project's route has, then relatives that are in
  /// another project or in this one, and when there are none of these the settings: `routing.maintainer` or `routing.contributor` by the role that
  /// `routing.mode` names (`auto`: the one that is set for this clone), then `routing.default`; `explicit`
  /// leaves the settings out. Unlike other tools this one never guesses the role, because issues that go
  /// elsewhere for no reason the user gave seem lost.
  /// - Throws: `not_found` for an unknown rig, and what reading the settings throws.
  public mutating func creationPlace(
    _ request: CreationPlace.Request, _ configuration: Configuration
  ) throws(BeadsError) -> CreationPlace? {
    if let rig = request.rig { return try place(ofRig: rig) }
    if let prefix = request.prefix, let place = place(of: "\(prefix)-0", because: "--prefix") { return place }
    if let id = request.id, let place = place(of: id, because: "--id") { return place }
    if let relative = request.relatives.first {
      if let place = place(of: relative, because: "as \(relative)") { return place }
      switch homeSource(of: relative) {
      case .none: break
      case .some(nil): return nil
      case .some(let repo?):
        let path = Path.absolute(Path.expandingHome(repo, environment), in: home?.projectDirectory ?? "/")
        return CreationPlace(directory: path, reason: "as \(relative)", isPlanning: false)
      }
    }
    return try configuredPlace(configuration)
  }

  /// Where an issue that the project one is in shows comes from: nil inside for its own, nil for none.
  private func homeSource(of word: String) -> String?? {
    guard let home, let store = try? Self.reader(home, environment) else { return .some(nil) }
    defer { store.closeConnection() }
    guard let id = try? store.resolve(word) else { return .none }
    return .some((try? store.sourceRepo(of: id)) ?? nil)
  }

  private mutating func place(ofRig rig: String) throws(BeadsError) -> CreationPlace? {
    guard let route = router.route(named: rig) else {
      let names = router.routes.map(\.name)
      throw BeadsError(
        .notFound, "there is no rig \(quoted(rig))",
        hint: names.isEmpty
          ? "no routes.jsonl names any" : "the routes lead to " + names.joined(separator: ", "))
    }
    return elsewhere(try router.workspace(of: route), because: "--rig")
  }

  private mutating func place(of id: String, because reason: String) -> CreationPlace? {
    place(of: id).flatMap { elsewhere($0, because: reason) }
  }

  private func elsewhere(_ workspace: Workspace, because reason: String) -> CreationPlace? {
    if workspace.beadsDirectory == home?.beadsDirectory { return nil }
    return CreationPlace(directory: workspace.projectDirectory, reason: reason, isPlanning: false)
  }

  // MARK: Settings

  private func configuredPlace(_ configuration: Configuration) throws(BeadsError) -> CreationPlace? {
    guard let home else { return nil }
    let mode = try configuration.string("routing.mode") ?? "auto"
    if mode == "explicit" { return nil }
    let role = mode == "auto" ? Role.configured(GitConfig(environment)) : Role(rawValue: mode)
    var key = "routing.default"
    var text = try configuration.string(key) ?? "."
    if let role {
      let own = "routing.\(role.rawValue)"
      if let value = try configuration.string(own), !value.isEmpty { (key, text) = (own, value) }
    }
    let path = Path.absolute(Path.expandingHome(text, environment), in: home.projectDirectory)
    let real = (try? FileSystem.realPath(path)) ?? path
    if real == home.projectDirectory { return nil }
    let here = (try? Workspace.locateIfPresent(environment: environment, directory: path))?.beadsDirectory
    if here == home.beadsDirectory { return nil }
    return CreationPlace(directory: path, reason: key, isPlanning: role == .contributor)
  }
}

/// The project in which a contributor keeps the issues that are not for the project contributed to.
public enum PlanningProject {
  /// Where it is unless `routing.contributor` says otherwise.
  public static let standardPath = "~/.beads-planning"

  /// Makes the project in a directory unless there is one.
  /// - Parameter prefix: What its issues begin with: that of the project they are about.
  /// - Returns: Whether it was made.
  /// - Throws: `io_error`, `read_only`.
  @discardableResult
  public static func make(
    at directory: String, prefix: Prefix, environment: Environment
  ) throws(BeadsError) -> Bool {
    if WorkspaceFiles(Path.join(directory, ".beads")).isProject { return false }
    try FileSystem.makeDirectory(directory, mode: 0o700)
    var options = WorkspaceInit.Options()
    options.directory = directory
    options.prefix = prefix.rawValue
    var here = environment
    for name in ["BEADS_DIR", "BEADS_DB", "BD_DB"] { here.variables[name] = nil }
    let report = try WorkspaceInit(options, environment: here).prepare()
    let store = try Store.create(
      at: StoreLocation(report.workspace), prefix: prefix, environment: environment)
    defer { store.closeConnection() }
    try store.importChanges()
    try store.flush(force: true)
    return true
  }
}
