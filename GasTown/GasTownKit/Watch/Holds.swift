import BeadsKit

/// Where nothing is to be done just now, and why: an emergency stop, a rig that is parked or docked, or one of which
/// that cannot be told.
struct Holds: Equatable {
  /// Why nothing is done anywhere.
  private(set) var town: String?
  /// Why nothing is done in these rigs.
  private(set) var rigs: [RigName: String] = [:]
  /// The rigs whose agents are frozen.
  private var frozen: Set<RigName> = []
  /// The rigs in which work goes on.
  private(set) var open: [Rig] = []
  /// Why the rigs are not known; then none of them is touched.
  private(set) var problem: String?

  /// Nothing is held, and no rig is known.
  init() {}

  /// Looks at the marks of an emergency stop and at the states of the rigs.
  /// - Parameter registered: The rigs, or the error that kept them from being read.
  init(_ town: Town, _ database: TownDatabase, _ registered: Result<[Rig], BeadsError>) {
    self.town = EmergencyStop.of(nil, in: town).map { "emergency stop of \($0.summary)" }
    do throws(BeadsError) {
      let all = try registered.get()
      let states = try RigState.all(all, in: database)
      for rig in all {
        let state = states[rig.name] ?? .parked
        if let stop = EmergencyStop.of(rig.name, in: town) {
          rigs[rig.name] = "emergency stop of \(stop.summary)"
          frozen.insert(rig.name)
        } else if state != .operational {
          rigs[rig.name] = "the rig is \(state.rawValue)"
        } else {
          open.append(rig)
        }
      }
    } catch { problem = "its rig cannot be looked up: \(error.message)" }
    if self.town != nil { open = [] }
  }

  /// Why nothing is done for an agent; nil when it is looked after.
  func reason(for agent: AgentAddress) -> String? {
    if let town { return town }
    guard let rig = agent.rig else { return nil }
    if let known = rigs[rig] { return known }
    if let problem { return problem }
    return open.contains { $0.name == rig } ? nil : "its rig is not registered"
  }

  /// Whether the session of an agent may be typed into: one that is stopped does not read, and the mayor never is.
  func mayType(to agent: AgentAddress) -> Bool {
    if agent.role == .mayor { return true }
    return town == nil && !(agent.rig.map { frozen.contains($0) } ?? false)
  }

  /// Rigs and the town with what holds them, for telling what has changed.
  var reasons: [String: String] {
    var reasons = Dictionary(rigs.map { ($0.key.rawValue, $0.value) }) { $1 }
    if let town { reasons["town"] = town }
    if let problem { reasons["rigs"] = problem }
    return reasons
  }
}
