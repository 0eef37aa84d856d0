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
}
