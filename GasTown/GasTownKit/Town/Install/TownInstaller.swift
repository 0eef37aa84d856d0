public import BeadsKit

/// Makes a town in a directory: its files, its tracker `hq` and its database.
///
/// A second run adds what is missing and changes nothing that is there. `mayor/town.json`, which makes a directory a
/// town, is written last, and a run that fails takes back what it made: there is no half-made town.
public struct TownInstaller: Sendable {
  /// What the user asked for.
  public struct Options: Sendable {
    /// The town's name; nil for that of the directory.
    public var name: String?
    /// The e-mail address of its owner; nil for what git's configuration says.
    public var owner: String?
    /// What others are to call it.
    public var publicName: String?
    /// Whether to do without the tracker.
    public var skipsTracker = false
    /// Whether to make a git repository for the files that are worth sharing.
    public var makesRepository = false
    /// Whether to make the town also inside of a git repository.
    public var isForced = false

    /// Asks for nothing special.
    public init() {}
  }

  /// What was done.
  public struct Report: Sendable {
    /// The town.
    public let town: Town
    /// Its name.
    public let name: String
    /// Whether it was a town before.
    public let existed: Bool
    /// What was made, one line each; empty when nothing was missing.
    public let made: [String]
  }

  private let directory: String
  private let options: Options
  private let environment: Environment
  private let command: String
  private var created = CreatedPaths()
  private var made: [String] = []

  /// Touches nothing yet.
  /// - Parameter directory: Where the town is to be; relative to the current directory.
  public init(
    _ directory: String, _ options: Options = Options(), environment: Environment,
    command: String = "gt install"
  ) {
    self.directory = Path.absolute(
      Path.expandingHome(directory, environment), in: environment.currentDirectory)
    self.options = options
    self.environment = environment
    self.command = command
  }

  /// Makes the town, or completes the one that is there.
  /// - Throws: `refused` inside of another town or of a repository, `exists` when the town has another name,
  ///   `invalid`, `corrupt`, `io_error`; then nothing was made.
  public func run() throws(BeadsError) -> Report {
    var run = self
    do throws(BeadsError) { return try run.install() } catch {
      run.created.takeBack()
      throw error
    }
  }

  private mutating func install() throws(BeadsError) -> Report {
    if FileSystem.exists(directory), !FileSystem.isDirectory(directory) {
      throw BeadsError(.exists, "\(directory) is a file", hint: "name a directory, which may be a new one")
    }
    let existing = try JSONFile(path: Path.join(directory, "mayor/town.json")).read()
    let name = try townName(existing)
    if existing == nil { try requireFreePlace() }
    try created.directory(directory)
    let town = Town(root: try FileSystem.realPath(directory), environment: environment)
    try requireHealthy(town)
    let owner = options.owner ?? ActorIdentity.owner(environment: environment)
    try makeFiles(town, owner)
    if options.makesRepository { try makeRepository(town) }
    if !options.skipsTracker { try makeTracker(town) }
    try makeDatabase(town)
    let identity = TownFiles.town(name: name, owner: owner, publicName: options.publicName, now: town.now)
    if try created.json(town.path("mayor/town.json"), identity) {
      made.append("mayor/town.json: the town \(name)")
    }
    if existing == nil { EventLog(town).append("install", actor: "overseer", [("town", name)]) }
    return Report(town: town, name: name, existed: existing != nil, made: made)
  }

  // MARK: Checks

  private func townName(_ existing: JSONValue?) throws(BeadsError) -> String {
    let given = options.name ?? Path.name(of: directory)
    guard let existing else {
      guard !given.isEmpty, given.utf8.count <= 100, given != "/",
        !given.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else {
        throw BeadsError(.invalid, "\(quoted(given)) is no name for a town", hint: "choose one with --name")
      }
      return given
    }
    let path = Path.join(directory, "mayor/town.json")
    guard existing["type"]?.stringValue == "town", let name = existing["name"]?.stringValue else {
      throw BeadsError(
        .corrupt, "\(path) does not describe a town", hint: "correct it; it is left as it is")
    }
    if let version = existing["version"]?.intValue, version > 2 {
      throw BeadsError(.unsupported, "\(path) was made by a newer version of gt", hint: "update gt")
    }
    if let wanted = options.name, wanted != name {
      throw BeadsError(
        .exists, "\(directory) is the town \(quoted(name)) already",
        hint: "nothing was changed; its name is in mayor/town.json")
    }
    return name
  }

  private func requireFreePlace() throws(BeadsError) {
    let parent = Path.directory(of: directory)
    if let outer = Router.townRoot(above: (try? FileSystem.realPath(parent)) ?? parent) {
      throw BeadsError(
        .refused, "\(directory) is inside of the town \(outer)",
        hint: "a town cannot be in another one; `gt rig add` adds a project to \(outer)")
    }
    if let status = try FileSystem.status(directory), status.kind != .directory {
      throw BeadsError(.invalid, "\(directory) is no directory", hint: "name another one")
    }
    guard !options.isForced, let repository = GitLocation.find(from: directory) else { return }
    throw BeadsError(
      .refused, "\(directory) is in the git repository \(repository.workTree)",
      hint: "a town holds repositories and is not part of one: choose an empty directory, such as ~/gt")
  }

  /// Files that are there must be readable: what cannot be understood is never taken for missing.
  private func requireHealthy(_ town: Town) throws(BeadsError) {
    for name in ["mayor/rigs.json", "mayor/daemon.json", "settings/config.json", "settings/escalation.json"] {
      _ = try JSONFile(path: town.path(name)).read()
    }
  }

  // MARK: Parts

  private mutating func makeFiles(_ town: Town, _ owner: String?) throws(BeadsError) {
    for name in [
      "mayor", "deacon/dogs/boot", "settings", "config", "directives", "plugins", "logs", "daemon",
      ".runtime/locks",
    ] { try created.directory(town.path(name)) }
    let files: [(name: String, value: JSONValue, what: String)] = [
      ("mayor/rigs.json", TownFiles.rigs, "the registry of rigs"),
      ("mayor/config.json", TownFiles.mayor, "how often the watchers look"),
      ("mayor/daemon.json", TownFiles.daemon, "what the watchers watch"),
      ("mayor/overseer.json", overseer(owner), "the person who owns the town"),
      ("settings/config.json", TownFiles.settings, "settings of the town"),
      ("settings/escalation.json", TownFiles.escalation, "who is told about problems"),
      ("config/messaging.json", TownFiles.messaging, "mailing lists"),
    ]
    for file in files where try created.json(town.path(file.name), file.value) {
      made.append("\(file.name): \(file.what)")
    }
    if try created.file(town.path("CLAUDE.md"), TownFiles.anchor) {
      made.append("CLAUDE.md: what every agent reads first")
    }
    try created.link(town.path("AGENTS.md"), to: "CLAUDE.md")
  }

  private func overseer(_ owner: String?) -> JSONValue {
    let git = GitConfig(environment)
    let name = git.value("user.name")
    return .members([
      ("name", .string(name ?? environment.userName)), ("email", owner.map(JSONValue.string)),
      ("username", .string(environment.userName)), ("source", .string(name == nil ? "system" : "git-config")),
    ])
  }

  private mutating func makeRepository(_ town: Town) throws(BeadsError) {
    if try created.file(town.path(".gitignore"), TownFiles.ignore) {
      made.append(".gitignore: what stays on this machine")
    }
    if FileSystem.exists(town.path(".git")) { return }
    try created.adopt(town.path(".git"))
    let git = town.git(town.root)
    try git.run(["init", "-q", "-b", "main"], to: "make a repository in \(town.root)")
    made.append(".git: a repository for what is worth sharing")
  }

  private mutating func makeTracker(_ town: Town) throws(BeadsError) {
    let isNew = !FileSystem.exists(town.path(".beads/beads.db"))
    try created.adopt(town.path(".beads"))
    let tracker = TrackerInstaller(
      directory: town.root, environment: environment, actor: "overseer", command: command)
    _ = try tracker.run(
      try Prefix("hq"), registersMergeDriver: FileSystem.exists(town.path(".git")),
      settings: [("allowed_prefixes", "hq-cv")])
    var routes = try Routes(town)
    for prefix in ["hq", "hq-cv"] { routes.set(prefix, to: ".") }
    try FileChanges.make { changes throws(BeadsError) in try changes.add(routes.path, routes.bytes) }
    if isNew { made.append(".beads: the town's tracker, whose issues begin with hq-") }
  }

  private mutating func makeDatabase(_ town: Town) throws(BeadsError) {
    for suffix in ["", "-wal", "-shm", ".lock"] { try created.adopt(town.path(".runtime/town.db" + suffix)) }
    let database = try TownDatabase(town, command: command)
    if try database.agent(.mayor) == nil {
      try database.save(AgentRecord(.mayor))
      made.append(".runtime/town.db: who works here, and on what")
    }
  }
}
