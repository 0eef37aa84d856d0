public import BeadsKit

/// Adds a project to a town: its repository, its tracker and the places where agents will work.
///
/// Everything is checked before something is made. A run that fails removes what it made; one that was killed is
/// found by the marker it left in the folder, and the next run begins anew.
public struct RigInstaller {
  /// What the user asked for.
  public struct Request: Sendable {
    /// The rig's name.
    public var name: String
    /// Where the repository comes from; nil only with `adopts`.
    public var url: String?
    /// What issue IDs start with; nil for what the project's tracker says, else for what suits the name.
    public var prefix: String?
    /// The branch that work goes to; nil for the remote's default.
    public var branch: String?
    /// A repository on this machine to take objects from.
    public var localRepository: String?
    /// Where to push to, if not to `url`.
    public var pushURL: String?
    /// The repository that `url` was forked from.
    public var upstreamURL: String?
    /// What not to fetch, such as `blob:none`.
    public var filter: String?
    /// Whether to register the folder of a rig that was removed from the registry.
    public var adopts = false

    /// Asks for a rig.
    public init(name: String, url: String?) {
      self.name = name
      self.url = url
    }
  }

  /// What was done.
  public struct Report: Sendable {
    /// The rig.
    public let rig: Rig
    /// Its tracker: the `.beads` directory that all its worktrees share.
    public let tracker: String
    /// Whether the project keeps its issues in its repository.
    public let tracksIssues: Bool
  }

  static let marker = ".gt-adding"

  let town: Town
  let request: Request
  let command: String

  /// Touches nothing yet.
  public init(_ town: Town, _ request: Request, command: String = "gt rig add") {
    self.town = town
    self.request = request
    self.command = command
  }

  /// Adds the rig.
  /// - Throws: `invalid` for names, addresses and prefixes; `exists`; `conflict` when the prefix is taken or the
  ///   project's own is another; `refused` for an empty repository; `io_error` with git's words.
  public func run() throws(BeadsError) -> Report {
    let name = try RigName(request.name)
    let root = town.path(of: name)
    try requireUnregistered(name)
    return try town.lock("rig-\(name)", command: command).withLock { () throws(BeadsError) in
      if request.adopts { return try adopt(name, root) }
      guard let given = request.url else {
        throw BeadsError(
          .invalid, "the address of the repository is missing",
          hint: "`gt rig add \(name) https://github.com/OWNER/NAME`")
      }
      try removeLeftovers(name, root)
      if try FileSystem.status(root, followLinks: false) != nil {
        throw BeadsError(
          .exists, "\(root) exists already",
          hint: FileSystem.exists(Path.join(root, "config.json"))
            ? "`gt rig add \(name) --adopt` registers the rig that is there" : "choose another name")
      }
      let plan = try RigPlan(self, name, given)
      do throws(BeadsError) { return try build(plan, root) } catch {
        try? FileTree.remove(root)
        throw error
      }
    }
  }

  private func requireUnregistered(_ name: RigName) throws(BeadsError) {
    let lower = name.rawValue.lowercased()
    guard let known = try town.rigs().first(where: { $0.name.rawValue.lowercased() == lower }) else { return }
    if FileSystem.exists(known.path(Self.marker)) { return }
    throw BeadsError(
      .exists, "there is a rig \(known.name) already", hint: "`gt rig status \(known.name)` shows it")
  }

  /// Finishes or takes back what a run that was killed has left; the lock says that none is at work.
  private func removeLeftovers(_ name: RigName, _ root: String) throws(BeadsError) {
    let marker = Path.join(root, Self.marker)
    guard FileSystem.exists(marker) else { return }
    if let rig = try town.rigs().first(where: { $0.name == name }) {
      try RigRegistry(town: town, command: command).remove(name, prefix: rig.prefix)
    }
    try FileTree.remove(root)
  }

  private func build(_ plan: RigPlan, _ root: String) throws(BeadsError) -> Report {
    try FileSystem.makeDirectory(root)
    try FileSystem.replace(Path.join(root, Self.marker), with: Array((command + "\n").utf8))
    let checkout = RigCheckout(town: town, root: root, plan: plan)
    try checkout.makeRepository()
    try checkout.cloneForMayor()
    let (tracker, prefix, tracksIssues) = try makeTracker(plan, root)
    let rig = Rig(
      name: plan.name, root: root, gitURL: plan.url.description, defaultBranch: plan.branch, prefix: prefix)
    try rig.linkTracker(from: rig.path("mayor/rig"))
    try checkout.addRefinery(rig)
    try makeFiles(rig, plan)
    try register(rig, plan, tracksIssues: tracksIssues)
    return Report(rig: rig, tracker: tracker, tracksIssues: tracksIssues)
  }

  // MARK: Tracker

  private func makeTracker(
    _ plan: RigPlan, _ root: String
  ) throws(BeadsError) -> (directory: String, prefix: Prefix, tracksIssues: Bool) {
    let clone = Path.join(root, "mayor/rig")
    let recorded = try recordedPrefix(of: clone)
    let prefix = recorded ?? plan.prefix
    try requireUsable(prefix, isRecorded: recorded != nil, plan)
    let isTracked = try isTracker(Path.join(clone, ".beads"))
    let installer = TrackerInstaller(
      directory: isTracked ? clone : root, environment: town.environment, actor: "overseer", command: command)
    let workspace = try installer.run(prefix, registersMergeDriver: isTracked)
    if isTracked {
      try FileSystem.makeDirectory(Path.join(root, ".beads"))
      try FileSystem.replace(Path.join(root, ".beads/redirect"), with: Array("mayor/rig/.beads\n".utf8))
    }
    return (workspace.beadsDirectory, prefix, isTracked)
  }

  /// What the issues begin with that git brought; nil without such issues and settings.
  private func recordedPrefix(of clone: String) throws(BeadsError) -> Prefix? {
    guard try isTracker(Path.join(clone, ".beads")) else { return nil }
    let environment = TrackerInstaller.unredirected(town.environment)
    let workspace = try Workspace.locate(environment: environment, directory: clone)
    let (prefix, source) = try workspace.recordedPrefix(environment)
    return source == .directory ? nil : prefix
  }

  /// Whether git brought a tracker; a folder with only a redirect in it is none.
  private func isTracker(_ directory: String) throws(BeadsError) -> Bool {
    guard FileSystem.isDirectory(directory) else { return false }
    return try FileSystem.list(directory).contains {
      $0 == "config.yaml" || $0 == "metadata.json" || $0.hasSuffix(".jsonl")
    }
  }

  private func requireUsable(_ prefix: Prefix, isRecorded: Bool, _ plan: RigPlan) throws(BeadsError) {
    if isRecorded, let chosen = plan.chosenPrefix, chosen != prefix {
      throw BeadsError(
        .conflict, "the project's issues begin with \(prefix)-, not with \(chosen)-",
        hint: "leave out --prefix")
    }
    if prefix.rawValue == "hq" || prefix.rawValue.hasPrefix("hq-") {
      throw BeadsError(
        .conflict, "the project's issues begin with \(prefix)-, as the town's own do",
        hint: "give them another prefix in the project first")
    }
    try RigRegistry(town: town, command: command).requireFree(prefix, for: plan.name)
  }

  // MARK: Files and registry

  private func makeFiles(_ rig: Rig, _ plan: RigPlan) throws(BeadsError) {
    for name in ["witness", "crew", "polecats", ".runtime/locks"] {
      try FileSystem.makeDirectory(rig.path(name))
    }
    try JSONFile(path: rig.path("settings/config.json")).write(TownFiles.rigSettings)
    let config = JSONValue.members(
      [("type", .string("rig")), ("version", .int(1)), ("name", .string(rig.name.rawValue))] + plan.urls
        + [
          ("default_branch", .string(rig.defaultBranch.rawValue)),
          ("created_at", .string(town.now.description)),
          ("beads", .members([("repo", .string("local")), ("prefix", .string(rig.prefix.rawValue))])),
        ])
    try JSONFile(path: rig.path("config.json")).write(config)
  }

  private func register(_ rig: Rig, _ plan: RigPlan, tracksIssues: Bool) throws(BeadsError) {
    let entry = JSONValue.members(
      plan.urls + [
        ("default_branch", .string(rig.defaultBranch.rawValue)), ("added_at", .string(town.now.description)),
        ("beads", .members([("repo", .string("local")), ("prefix", .string(rig.prefix.rawValue))])),
      ])
    try register(rig, entry, tracksIssues: tracksIssues)
  }

  private func register(_ rig: Rig, _ entry: JSONValue, tracksIssues: Bool) throws(BeadsError) {
    let registry = RigRegistry(town: town, command: command)
    try registry.add(
      rig.name, entry, prefix: rig.prefix,
      tracker: tracksIssues ? "\(rig.name)/mayor/rig" : rig.name.rawValue)
    do throws(BeadsError) {
      try FileSystem.remove(rig.path(Self.marker))
    } catch {
      _ = try? registry.remove(rig.name, prefix: rig.prefix)
      throw error
    }
    EventLog(town).append(
      "rig_add", actor: "overseer", [("rig", rig.name.rawValue), ("prefix", rig.prefix.rawValue)])
  }

  // MARK: Adopting

  private func adopt(_ name: RigName, _ root: String) throws(BeadsError) -> Report {
    let path = Path.join(root, "config.json")
    guard let config = try JSONFile(path: path).read() else {
      throw BeadsError(
        .notFound, "\(root) is no folder of a rig: it has no config.json",
        hint: "`gt rig add \(name) URL` makes one, also from a repository on this machine")
    }
    guard config["name"]?.stringValue == name.rawValue,
      let prefix = config[path: ["beads", "prefix"]]?.stringValue.flatMap(Prefix.init(rawValue:)),
      let branch = config["default_branch"]?.stringValue.flatMap(BranchName.init(rawValue:))
    else {
      throw BeadsError(
        .corrupt, "\(path) does not describe the rig \(name)", hint: "correct it; it is left as it is")
    }
    if let wanted = request.prefix, try RigPrefix.check(wanted) != prefix {
      throw BeadsError(.conflict, "the issues of \(root) begin with \(prefix)-", hint: "leave out --prefix")
    }
    let rig = Rig(
      name: name, root: root, gitURL: config["git_url"]?.stringValue ?? "", defaultBranch: branch,
      prefix: prefix)
    guard FileSystem.exists(Path.join(rig.repository, "HEAD")) else {
      throw BeadsError(
        .corrupt, "\(root) has no repository .repo.git", hint: "add the rig under another name")
    }
    try RigRegistry(town: town, command: command).requireFree(prefix, for: name)
    let tracker = try rig.trackerDirectory()
    let tracksIssues = tracker != rig.path(".beads")
    var urls: [(String, JSONValue?)] = []
    for key in ["git_url", "push_url", "upstream_url", "local_repo", "default_branch"] {
      urls.append((key, config[key]))
    }
    let entry = JSONValue.members(
      urls + [("added_at", .string(town.now.description)), ("beads", config["beads"])])
    try register(rig, entry, tracksIssues: tracksIssues)
    return Report(rig: rig, tracker: tracker, tracksIssues: tracksIssues)
  }
}
