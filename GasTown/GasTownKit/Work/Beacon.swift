public import BeadsKit

/// The first words an agent gets: who wants what of it.
public enum Beacon {
  /// `[GAS TOWN] polecat nux (rig: app) <- mayor • 2026-01-02T03:04 • ap-3fk`, then what to do.
  ///
  /// The agent is not named by its address, which agents took for a path to go to.
  public static func text(
    to agent: AgentAddress, from sender: AgentAddress, about topic: String, _ instruction: String,
    at time: Timestamp
  ) -> String {
    "[GAS TOWN] \(name(agent)) <- \(name(sender)) • \(time.description.prefix(16)) • \(topic)\n\(instruction)"
  }

  static func name(_ agent: AgentAddress) -> String {
    guard let rig = agent.rig else {
      return agent.name.map { "\(agent.role.rawValue) \($0)" } ?? agent.role.rawValue
    }
    return "\(agent.role.rawValue)\(agent.name.map { " \($0)" } ?? "") (rig: \(rig))"
  }
}
