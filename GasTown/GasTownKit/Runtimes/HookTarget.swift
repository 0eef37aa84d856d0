import BeadsKit

/// Where the hooks of a role are kept: the directory that its agents work in, or share.
struct HookTarget {
  let role: AgentRole
  let rig: RigName?
  /// The directory.
  let root: String

  /// Nil for roles that no agent plays.
  init?(_ role: AgentRole, town: Town, rig: Rig?) {
    self.role = role
    self.rig = rig?.name
    switch (role, rig) {
    case (.mayor, _): root = town.path("mayor")
    case (.deacon, _): root = town.path("deacon")
    case (.crew, let rig?): root = rig.path("crew")
    case (.polecat, let rig?): root = rig.path("polecats")
    case (.witness, let rig?): root = rig.path("witness")
    case (.refinery, let rig?): root = rig.path("refinery")
    default: return nil
    }
  }

  /// The file with the hooks of a runtime.
  func file(_ runtime: Runtime) -> String? {
    runtime.hooks.map { Path.join(root, $0.directory, $0.file) }
  }
}
