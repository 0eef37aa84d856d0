public import BeadsKit

/// What an agent says of itself: `.runtime/heartbeats/SESSION.json`.
public enum Heartbeat {
  /// Replaces what an agent has said before.
  public static func write(
    _ state: String, context: String? = nil, of agent: AgentAddress, bead: IssueID?, in town: Town
  ) throws(BeadsError) {
    var members = JSONValue.object([])
    members["timestamp"] = .string(town.now.description)
    members["state"] = .string(state)
    if let context { members["context"] = .string(context) }
    if let bead { members["bead"] = .string(bead.rawValue) }
    let name = try town.sessionName(agent)
    try JSONFile(path: town.path(".runtime/heartbeats/\(name).json")).write(members)
  }
}
