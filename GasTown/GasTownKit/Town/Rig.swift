public import BeadsKit

/// A rig: one project of a town, with its repository, its tracker and its agents.
///
/// | path in the rig's folder | what |
/// |---|---|
/// | `config.json` | identity: name, URL, default branch, issue prefix |
/// | `settings/config.json` | behaviour: merge queue, name pool, runtimes |
/// | `.repo.git/` | the shared bare repository that all worktrees belong to |
/// | `mayor/rig/` | a clone on the default branch; has the tracker when the project keeps one in git |
/// | `.beads/` | the tracker, or a redirect to `mayor/rig/.beads` |
/// | `refinery/rig/` | the worktree of the merge engine |
/// | `polecats/NAME/RIG/` | the worktree of a polecat |
/// | `crew/NAME/` | the clone of a crew member |
public struct Rig: Sendable, Equatable {
  /// Its name.
  public let name: RigName
  /// The folder.
  public let root: String
  /// Where the repository comes from.
  public var gitURL: String
  /// The branch that work goes to.
  public var defaultBranch: BranchName
  /// What its issues' IDs start with.
  public var prefix: Prefix
  /// Whether the registry says that nothing is to be started; see `RigState`.
  public var isDocked = false

  /// Describes a rig.
  public init(name: RigName, root: String, gitURL: String, defaultBranch: BranchName, prefix: Prefix) {
    self.name = name
    self.root = root
    self.gitURL = gitURL
    self.defaultBranch = defaultBranch
    self.prefix = prefix
  }

  /// A path in the rig's folder.
  public func path(_ relative: String) -> String { Path.join(root, relative) }
  /// The shared bare repository.
  public var repository: String { path(".repo.git") }
  /// The folder of a polecat, which holds its worktree.
  public func polecatFolder(_ polecat: AgentName) -> String { path("polecats/\(polecat)") }
  /// The worktree of a polecat.
  public func polecatWorktree(_ polecat: AgentName) -> String { path("polecats/\(polecat)/\(name)") }
  /// The clone of a crew member.
  public func crewClone(_ member: AgentName) -> String { path("crew/\(member)") }
  /// The name of an agent's session.
  public func sessionName(_ agent: AgentAddress) -> String { agent.sessionName(prefix: prefix) }
}

extension Town {
  /// The rigs of the town, ordered by name.
  /// - Throws: `corrupt` naming the file that cannot be understood; nothing is guessed.
  public func rigs() throws(BeadsError) -> [Rig] {
    let path = path("mayor/rigs.json")
    guard let document = try JSONFile(path: path).read() else { return [] }
    guard case .object(let members) = document["rigs"] ?? .object([]) else {
      throw BeadsError(.corrupt, "\(path) is no registry of rigs", hint: "see `gt doctor`")
    }
    var rigs: [Rig] = []
    for member in members { rigs.append(try rig(member, registry: path)) }
    return rigs.sorted { $0.name < $1.name }
  }

  private func rig(_ member: JSONValue.Member, registry: String) throws(BeadsError) -> Rig {
    let name = try RigName(member.key)
    guard let prefix = member.value["beads"]?["prefix"]?.stringValue.flatMap(Prefix.init(rawValue:)) else {
      throw BeadsError(.corrupt, "\(registry): the rig \(name) has no issue prefix", hint: "see `gt doctor`")
    }
    let root = self.path(of: name)
    let registered = member.value["default_branch"]?.stringValue
    let told =
      if let registered { registered } else {
        try JSONFile(path: Path.join(root, "config.json")).read()?["default_branch"]?.stringValue
      }
    guard let branch = told.flatMap(BranchName.init(rawValue:)) else {
      throw BeadsError(
        .corrupt, "\(root)/config.json does not tell the default branch of the rig \(name)",
        hint: "see `gt doctor`")
    }
    var rig = Rig(
      name: name, root: root, gitURL: member.value["git_url"]?.stringValue ?? "", defaultBranch: branch,
      prefix: prefix)
    rig.isDocked = member.value["docked_at"] != nil
    return rig
  }

  /// The rig of a name.
  /// - Throws: `not_found` naming the rigs there are.
  public func rig(_ name: String) throws(BeadsError) -> Rig {
    let all = try rigs()
    if let found = all.first(where: { $0.name.rawValue == name }) { return found }
    let known = all.map(\.name.rawValue)
    throw BeadsError(
      .notFound, "there is no rig \(quoted(name))",
      hint: known.isEmpty ? "`gt rig add NAME URL` adds one" : "known rigs: \(known.joined(separator: ", "))")
  }

  /// The name of an agent's session.
  public func sessionName(_ agent: AgentAddress) throws(BeadsError) -> String {
    guard let name = agent.rig else { return agent.sessionName(prefix: nil) }
    return try rig(name.rawValue).sessionName(agent)
  }
}
