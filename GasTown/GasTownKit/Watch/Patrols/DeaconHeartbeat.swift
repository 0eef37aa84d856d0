public import BeadsKit

/// `deacon/heartbeat.json`: how many rounds of looking after the town there were, and what the last one saw.
public enum DeaconHeartbeat {
  /// Counts one more round.
  /// - Returns: Its number.
  @discardableResult
  public static func beat(
    _ action: String, healthy: Int, unhealthy: Int, in town: Town
  ) throws(BeadsError) -> Int {
    var cycle = 0
    let now = town.now.description
    try JSONFile(path: town.path("deacon/heartbeat.json")).edit(
      try town.lock("deacon-heartbeat", command: "gt deacon heartbeat")
    ) { document in
      cycle = (document["cycle"]?.intValue ?? 0) + 1
      document = .members([
        ("timestamp", .string(now)), ("cycle", .int(cycle)),
        ("last_action", action.isEmpty ? nil : .string(action)), ("healthy_agents", .int(healthy)),
        ("unhealthy_agents", .int(unhealthy)),
      ])
    }
    return cycle
  }
}
