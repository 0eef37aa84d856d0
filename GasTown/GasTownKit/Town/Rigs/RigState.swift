public import BeadsKit

/// Whether agents may be started in a rig.
public enum RigState: String, Sendable, CaseIterable {
  /// Work is given out.
  case operational
  /// Nothing is started for the time being; known to this machine alone.
  case parked
  /// Nothing is started until someone undocks it; kept in the registry.
  case docked

  /// How it is with a rig.
  ///
  /// An error is no permission: who cannot tell starts nothing.
  /// - Throws: `corrupt`, `io_error`.
  public static func of(_ rig: Rig, in database: TownDatabase) throws(BeadsError) -> RigState {
    if rig.isDocked { return .docked }
    return try database.fact(fact(rig.name)) == nil ? .operational : .parked
  }

  /// How it is with every rig; one query.
  public static func all(_ rigs: [Rig], in database: TownDatabase) throws(BeadsError) -> [RigName: RigState] {
    var parked: Set<String> = []
    try database.connection.query("SELECT key FROM facts WHERE key >= 'rig.parked.' AND key < 'rig.parked/'")
    {
      row throws(BeadsError) in parked.insert(row.text(0))
    }
    var states: [RigName: RigState] = [:]
    for rig in rigs {
      states[rig.name] = rig.isDocked ? .docked : parked.contains(fact(rig.name)) ? .parked : .operational
    }
    return states
  }

  /// Refuses to start something in a rig that is not operational.
  /// - Throws: `refused` naming the state.
  public static func requireOperational(_ rig: Rig, in database: TownDatabase) throws(BeadsError) {
    let state = try of(rig, in: database)
    if state == .operational { return }
    throw BeadsError(
      .refused, "the rig \(rig.name) is \(state.rawValue)",
      hint: "`gt rig \(state == .docked ? "undock" : "unpark") \(rig.name)` lets work begin again")
  }

  /// Parks a rig or lets it go on; returns whether that changed anything.
  @discardableResult
  public static func park(_ rig: RigName, _ isParked: Bool, in database: TownDatabase) throws(BeadsError)
    -> Bool
  {
    if try (database.fact(fact(rig)) != nil) == isParked { return false }
    try database.setFact(fact(rig), isParked ? Timestamp(unixNanoseconds: database.now).description : nil)
    return true
  }

  /// Docks a rig or lets it go on; returns whether that changed anything.
  @discardableResult
  public static func dock(
    _ rig: Rig, _ isDocked: Bool, in town: Town, command: String
  ) throws(BeadsError) -> Bool {
    if rig.isDocked == isDocked { return false }
    try RigRegistry(town: town, command: command).edit(rig.name) { entry in
      entry["docked_at"] = isDocked ? .string(town.now.description) : nil
    }
    return true
  }

  private static func fact(_ rig: RigName) -> String { "rig.parked.\(rig)" }
}
