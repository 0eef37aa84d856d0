public import BeadsKit

/// Takes a rig out of the registry; its folder stays.
public struct RigRemover {
  private let town: Town
  private let database: TownDatabase
  private let command: String

  /// Touches nothing yet.
  public init(_ town: Town, _ database: TownDatabase, command: String = "gt rig remove") {
    self.town = town
    self.database = database
    self.command = command
  }

  /// Agents of a rig whose sessions run or who have an assignment.
  public func busy(_ rig: RigName) throws(BeadsError) -> [AgentAddress] {
    var found = Set(try database.agents(rig: rig).filter { $0.bead != nil }.map(\.address))
    try database.connection.query("SELECT address FROM sessions WHERE ended_at IS NULL") {
      row throws(BeadsError) in
      if let address = AgentAddress(row.text(0)), address.rig == rig { found.insert(address) }
    }
    return found.sorted()
  }

  /// Forgets a rig, its route and the watchers' interest in it.
  ///
  /// Works also for a rig whose folder is gone.
  /// - Parameter stop: Ends the session of an agent that is busy; when it throws, nothing is removed. Nil to refuse.
  /// - Returns: The folder, which is still there.
  /// - Throws: `not_found`, `refused` naming who is at work.
  public func remove(
    _ name: String, stop: ((AgentAddress) throws(BeadsError) -> Void)? = nil
  ) throws(BeadsError) -> String {
    guard let rigName = RigName(rawValue: name),
      let entry = try JSONFile(path: town.path("mayor/rigs.json")).read()?[path: ["rigs", name]],
      let prefix = entry[path: ["beads", "prefix"]]?.stringValue.flatMap(Prefix.init(rawValue:))
    else {
      _ = try town.rig(name)
      throw BeadsError(.notFound, "there is no rig \(quoted(name))", hint: "`gt rig list` shows the rigs")
    }
    let busy = try busy(rigName)
    if let stop {
      for agent in busy { try stop(agent) }
    } else if !busy.isEmpty {
      throw BeadsError(
        .refused, "somebody is at work in the rig \(name): \(busy.map(\.text).joined(separator: ", "))",
        hint: "let them finish, or give --force to end their sessions; their worktrees stay")
    }
    try RigRegistry(town: town, command: command).remove(rigName, prefix: prefix)
    EventLog(town).append("rig_remove", actor: "overseer", [("rig", name)])
    return town.path(of: rigName)
  }
}
