public import BeadsKit

/// What a person wants of the hooks of agents, for all towns on the machine: `~/.gt/hooks-base.json` and, on top of it,
/// `~/.gt/hooks-overrides/ROLE.json` and `RIG__ROLE.json`.
public struct HookSettings {
  let environment: Environment

  /// Looks at the home directory of an environment.
  public init(_ environment: Environment) { self.environment = environment }

  /// Roles that hooks can be for.
  public static let roles: [AgentRole] = [.mayor, .crew, .polecat]

  /// For whom an override is: a role of every rig, or of one.
  public struct Target: Sendable, Equatable {
    /// The role.
    public let role: AgentRole
    /// The rig; nil for every one.
    public let rig: RigName?

    /// Reads `crew` or `app/crew`; `polecats` means `polecat`.
    /// - Throws: `invalid`.
    public init(_ text: String) throws(BeadsError) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      let word = parts.last == "polecats" ? "polecat" : parts.last ?? ""
      guard parts.count < 3, let role = AgentRole(rawValue: word), HookSettings.roles.contains(role),
        parts.count == 1 || role.hasRig
      else {
        throw BeadsError(
          .invalid, "hooks cannot be for \(quoted(text))",
          hint: "name mayor, crew or polecat, with a rig before if it is for that alone: app/crew")
      }
      self.role = role
      rig = parts.count == 2 ? try RigName(parts[0]) : nil
    }

    /// How it is written.
    public var text: String { (rig.map { "\($0)/" } ?? "") + role.rawValue }
  }

  /// The file of the base.
  public var basePath: String { Path.join(environment.homeDirectory, ".gt/hooks-base.json") }

  /// The file of an override.
  public func path(of target: Target) -> String {
    let name = (target.rig.map { "\($0)__" } ?? "") + target.role.rawValue
    return Path.join(environment.homeDirectory, ".gt/hooks-overrides/\(name).json")
  }

  /// What a file says; nil when there is none.
  /// - Throws: `corrupt`, `invalid` for one that cannot be understood; nothing is guessed.
  public func read(_ path: String) throws(BeadsError) -> HookPlan? {
    try JSONFile(path: path).read().map { value throws(BeadsError) in try HookPlan(value, source: path) }
  }

  /// Replaces a file.
  public func write(_ plan: HookPlan, to path: String) throws(BeadsError) {
    try JSONFile(path: path).write(plan.json)
  }

  /// The hooks of a role: what is built in, the base, what is built in for the role, and the overrides.
  public func plan(
    _ role: AgentRole, _ rig: RigName?, provider: String = HookForm.usual
  ) throws(BeadsError) -> HookPlan {
    var plan = HookPlan.base(provider)
    if environment.homeDirectory.isEmpty { return plan.merging(.own(role, provider)) }
    if let base = try read(basePath) { plan = plan.merging(base.changes(from: .base())) }
    plan = plan.merging(.own(role, provider))
    let targets = [role.rawValue] + (rig.map { role.hasRig ? ["\($0)/\(role.rawValue)"] : [] } ?? [])
    for text in targets {
      guard let target = try? Target(text), let own = try read(path(of: target)) else { continue }
      plan = plan.merging(own.changes(from: HookPlan.base().merging(.own(role, HookForm.usual))))
    }
    return plan
  }
}
