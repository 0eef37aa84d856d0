public import BeadsKit

/// The polecats of a rig: who they are, what they are to do, where they do it.
///
/// The assignment comes first: `assign` commits it, and only then a worktree (`prepareWorktree`) and a session are
/// made. When a crash comes in between, the same calls finish what was begun.
public struct Polecats {
  /// The town.
  public let town: Town
  /// The rig.
  public let rig: Rig
  /// The town's database.
  public let database: TownDatabase
  /// The trackers.
  public let ledgers: Ledgers
  /// Ends the session of an agent, if it has one, before its worktree is taken away.
  public var stopSession: (AgentAddress, _ reason: String) throws(BeadsError) -> Void = { _, _ in }

  /// The polecats of a rig.
  public init(town: Town, rig: Rig, database: TownDatabase, ledgers: Ledgers) {
    self.town = town
    self.rig = rig
    self.database = database
    self.ledgers = ledgers
  }

  /// Their worktrees.
  public var worktrees: RigWorktrees { RigWorktrees(rig, in: town) }

  /// The address of a polecat of this rig.
  public func address(_ name: AgentName) -> AgentAddress { .polecat(rig.name, name) }

  /// All that there are, ordered by name.
  public func all() throws(BeadsError) -> [AgentRecord] {
    try database.agents(rig: rig.name, role: .polecat)
  }

  /// The polecat of a name.
  /// - Throws: `not_found` naming those there are.
  public func find(_ name: String) throws(BeadsError) -> AgentRecord {
    if let name = AgentName(rawValue: name), let found = try database.agent(address(name)) { return found }
    let known = try all().compactMap { $0.address.name?.rawValue }
    throw BeadsError(
      .notFound, "the rig \(rig.name) has no polecat \(quoted(name))",
      hint: known.isEmpty
        ? "`gt sling ISSUE \(rig.name)` makes one" : "its polecats are \(known.joined(separator: ", "))")
  }

  /// Runs the body while nobody else changes the worktree of a polecat.
  func alone<R>(with name: AgentName, _ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    try worktrees.lock("polecat-\(name)").withLock(timeout: .seconds(300), body)
  }

  /// The tracker an assignment is in.
  func store(of bead: IssueID) throws(BeadsError) -> Store { try ledgers.store(for: bead) }
}
