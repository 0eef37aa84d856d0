public import BeadsKit

/// Writes the lifecycle hooks of runtimes: what an agent is told when it starts, at each turn, and before its context
/// is shortened.
///
/// For runtimes that take a settings file by a flag there is one for each role, outside of every project. For the
/// others it is in the directory the agent works in, unless the project has a file of that name itself.
public struct HookSync {
  let town: Town
  let program: String
  private var settings: HookSettings { HookSettings(town.environment) }

  /// - Parameter program: The file of the program `gt`, which the hooks call.
  public init(_ town: Town, program: String) {
    self.town = town
    self.program = program
  }

  /// A file with hooks, as it is and as it shall be.
  public struct Target: Sendable {
    /// Whose hooks they are.
    public let role: AgentRole
    /// The rig, if the role has one.
    public let rig: RigName?
    /// The name of the runtime's record.
    public let runtime: String
    /// The file.
    public let path: String
    /// What is in it; nil for none.
    public let old: [UInt8]?
    /// What is to be in it; nil when it is not ours to write.
    public let new: [UInt8]?
    /// Why it is not written.
    public let problem: String?

    /// Whether it is as it shall be.
    public var isCurrent: Bool { new != nil && old == new }
  }

  /// The files that the town's agents need, for the runtimes they have.
  public func targets() throws(BeadsError) -> [Target] {
    var found: [Target] = []
    let townRuntimes = try RuntimeRegistry.load(town)
    if let target = try target(.mayor, nil, town.path("mayor"), try townRuntimes.resolve(role: .mayor)) {
      found.append(target)
    }
    for rig in try town.rigs() {
      let registry = try RuntimeRegistry.load(town, rig)
      for role in [AgentRole.crew, .polecat] {
        let runtime = try registry.resolve(role: role)
        for home in try homes(role, rig, runtime) {
          if let target = try target(role, rig, home, runtime) { found.append(target) }
        }
      }
    }
    return found
  }

  /// The directory that the agents of a role share.
  static func folder(_ role: AgentRole, _ town: Town, _ rig: Rig?) -> String {
    guard let rig else { return town.path("mayor") }
    return rig.path(role == .crew ? "crew" : "polecats")
  }

  /// The directories that hooks of a role are in: one for all, or that of each agent.
  private func homes(_ role: AgentRole, _ rig: Rig, _ runtime: Runtime) throws(BeadsError) -> [String] {
    let folder = Self.folder(role, town, rig)
    if runtime.hooks?.settingsFlag != nil || !FileSystem.isDirectory(folder) { return [folder] }
    let names = try FileSystem.list(folder).compactMap(AgentName.init(rawValue:))
    return names.map { role == .crew ? rig.crewClone($0) : rig.polecatWorktree($0) }
      .filter(FileSystem.isDirectory)
  }

  /// The hooks of a runtime for an agent that works in a directory; nil for a runtime without hooks.
  func target(
    _ role: AgentRole, _ rig: Rig?, _ home: String, _ runtime: Runtime
  ) throws(BeadsError) -> Target? {
    guard let hooks = runtime.hooks else { return nil }
    let path = Path.join(home, hooks.directory, hooks.file)
    let old = try FileSystem.readIfPresent(path)
    func made(_ new: [UInt8]?, _ problem: String?) -> Target {
      Target(
        role: role, rig: rig?.name, runtime: runtime.name, path: path, old: old, new: new, problem: problem)
    }
    if hooks.settingsFlag == nil, old != nil, try isTracked(path, in: home) {
      return made(nil, "the project has this file itself")
    }
    if let text = HookScript.texts[hooks.provider] { return made(Array(text(program, role).utf8), nil) }
    guard let form = HookForm.all[hooks.provider] else { return nil }
    do throws(BeadsError) {
      let content = try HookFile.content(
        form, settings.plan(role, rig?.name, provider: hooks.provider), program: program,
        old: JSONFile(path: path).read(), path: path)
      return made(JSONEdit.pretty(content) + [UInt8(ascii: "\n")], nil)
    } catch { return made(nil, error.message) }
  }

  private func isTracked(_ path: String, in home: String) throws(BeadsError) -> Bool {
    try GitCommand(home, town.environment).ask("ls-files", "--error-unmatch", "--", path).succeeded
  }

  /// Lets git not see a file in a checkout, so that no agent commits it.
  private func hide(_ path: String) throws(BeadsError) {
    guard let location = GitLocation.find(from: Path.directory(of: path)), location.workTree != town.root
    else { return }
    let pattern = "/" + Path.relative(path, to: location.workTree)
    try town.lock("hook-excludes", command: "gt hooks sync").withLock { () throws(BeadsError) in
      try GitExcludes.add([pattern], common: location.commonDirectory)
    }
  }

  /// Writes the files that are not as they shall be.
  /// - Returns: Those that were written.
  @discardableResult
  public func write(_ targets: [Target]) throws(BeadsError) -> [Target] {
    var written: [Target] = []
    for target in targets where !target.isCurrent {
      guard let new = target.new else { continue }
      try FileSystem.makeDirectory(Path.directory(of: target.path))
      try FileSystem.replace(target.path, with: new)
      try hide(target.path)
      written.append(target)
    }
    return written
  }
}
