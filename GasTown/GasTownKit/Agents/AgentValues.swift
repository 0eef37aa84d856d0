public import BeadsKit

/// A change of a value that an agent keeps for itself.
public enum AgentValueChange: Sendable, Equatable {
  /// Gives it a value.
  case set(String, String)
  /// Adds 1 to it; one that is not there begins at 1.
  case increment(String)
  /// Forgets it.
  case remove(String)
}

extension TownDatabase {
  /// The values that an agent keeps for itself, by name.
  public func values(of agent: AgentAddress) throws(BeadsError) -> [String: String] {
    guard case .object(let members)? = try fact("values/\(agent)").flatMap(JSONValue.init(parsing:)) else {
      return [:]
    }
    return Dictionary(members.map { ($0.key, $0.value.stringValue ?? "") }) { $1 }
  }

  /// Changes values that an agent keeps for itself: all of it, or nothing.
  /// - Returns: All its values.
  /// - Throws: `invalid` when something that is no number was to be counted, `not_found` for what is to be forgotten and
  ///   is not there.
  public func change(
    _ changes: [AgentValueChange], of agent: AgentAddress
  ) throws(BeadsError) -> [String: String] {
    try write { _ throws(BeadsError) in
      var values = try values(of: agent)
      for change in changes {
        switch change {
        case .set(let name, let value): values[name] = value
        case .increment(let name):
          guard let number = Int(values[name] ?? "0"), number < Int.max else {
            throw BeadsError(.invalid, "\(name) is \(quoted(values[name] ?? "")), which cannot be counted on")
          }
          values[name] = "\(number + 1)"
        case .remove(let name):
          if values.removeValue(forKey: name) == nil {
            throw BeadsError(.notFound, "\(agent) has no value \(quoted(name))")
          }
        }
      }
      let members = values.sorted { $0.key < $1.key }.map { ($0.key, Optional(JSONValue.string($0.value))) }
      try setFact("values/\(agent)", values.isEmpty ? nil : JSONValue.members(members).compactText)
      return values
    }
  }
}

extension AgentLauncher {
  /// The variables that tell who an agent is, as its session would have them.
  /// - Throws: `not_found` for an unknown rig or runtime.
  public func identity(of address: AgentAddress) throws(BeadsError) -> [String: String] {
    let record = try database.agent(address) ?? AgentRecord(address)
    let rig = try address.rig.map { rig throws(BeadsError) in try town.rig(rig.rawValue) }
    let registry = try RuntimeRegistry.load(town, rig)
    let runtime = try registry.resolve(role: address.role, name: address.name, explicit: record.runtime)
    return AgentEnvironment(
      town: town, rig: rig, record: record, runtime: runtime, effort: registry.effort(of: address.role)
    ).identity(settings)
  }
}
