public import BeadsKit

/// What an agent is there for.
public enum AgentRole: String, Sendable, CaseIterable {
  /// The person who owns the town.
  case overseer
  /// Plans, files issues, slings work; the person's interface. One per town.
  case mayor
  /// Patrols the town; a loop in the daemon.
  case deacon
  /// Looks after the deacon; a step of the daemon's loop.
  case boot
  /// Does maintenance on a schedule; jobs of the daemon.
  case dog
  /// Looks after the polecats of a rig; a loop in the daemon.
  case witness
  /// Merges what the polecats of a rig finished; the merge engine.
  case refinery
  /// A workspace of a person, or of an agent that a person keeps.
  case crew
  /// Does one assignment after another.
  case polecat

  /// Whether agents of this role belong to a rig.
  public var hasRig: Bool {
    switch self {
    case .witness, .refinery, .crew, .polecat: true
    case .overseer, .mayor, .deacon, .boot, .dog: false
    }
  }

  /// Whether a runtime (a coding agent) plays this role; the others are code, or a person.
  public var hasSession: Bool { self == .mayor || self == .crew || self == .polecat }

  /// What the role is for, in one line.
  public var summary: String {
    switch self {
    case .overseer: "the person who owns the town"
    case .mayor: "plans, files issues, gives out work"
    case .deacon: "looks after the town; a loop of the daemon"
    case .boot: "looks after the deacon; a step of that loop"
    case .dog: "maintenance on a schedule"
    case .witness: "looks after the polecats of a rig; a loop of the daemon"
    case .refinery: "merges what polecats finished"
    case .crew: "a workspace that a person keeps"
    case .polecat: "does one assignment after another"
    }
  }
}

extension Town {
  /// The directory where an agent works.
  /// - Throws: `not_found` for an unknown rig.
  public func home(of agent: AgentAddress) throws(BeadsError) -> String {
    guard let rigName = agent.rig else {
      return switch agent.role {
      case .mayor: path("mayor")
      case .deacon: path("deacon")
      case .boot: path("deacon/dogs/boot")
      case .dog: path(agent.text)
      default: root
      }
    }
    let rig = try rig(rigName.rawValue)
    guard let name = agent.name else { return rig.path(agent.role == .refinery ? "refinery/rig" : "witness") }
    return agent.role == .crew ? rig.crewClone(name) : rig.polecatWorktree(name)
  }
}
