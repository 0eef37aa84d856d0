public import BeadsKit

/// Everybody in a town who can get mail.
public struct AgentDirectory: Sendable {
  /// The agents, in byte order of their addresses.
  public let agents: [AgentAddress]

  /// Looks through the town: its standing roles, the directories of its rigs, and the agents on record.
  public init(_ town: Town, _ database: TownDatabase?) throws(BeadsError) {
    var found: Set<AgentAddress> = [.overseer, .mayor, .deacon]
    for name in Self.directories(town.path("deacon/dogs")) where name.rawValue != "boot" {
      found.insert(.dog(name))
    }
    for rig in try town.rigs() {
      found.formUnion([.witness(rig.name), .refinery(rig.name)])
      for name in Self.directories(rig.path("crew")) where RigVisits.visitor(rig.crewClone(name)) == nil {
        found.insert(.crew(rig.name, name))
      }
      for name in Self.directories(rig.path("polecats")) { found.insert(.polecat(rig.name, name)) }
    }
    for agent in try database?.agents() ?? [] { found.insert(agent.address) }
    agents = found.sorted()
  }

  private static func directories(_ path: String) -> [AgentName] {
    let names = (try? FileSystem.list(path)) ?? []
    return names.compactMap(AgentName.init(rawValue:)).filter {
      FileSystem.isDirectory(Path.join(path, $0.rawValue))
    }
  }

  /// The agents whose address matches a pattern such as `*/witness`, `app/crew/*` or `app/*`.
  ///
  /// A `*` stands for one part, the last one for any number of parts.
  public func matching(_ pattern: String) -> [AgentAddress] { agents.filter { Self.matches($0, pattern) } }

  /// Whether an address matches a pattern, or is meant by it.
  public static func matches(_ address: AgentAddress, _ pattern: String) -> Bool {
    if let exact = AgentAddress(pattern) { return exact == address }
    let parts = address.text.split(separator: "/")
    let wanted = pattern.split(separator: "/")
    guard wanted.count <= parts.count, !wanted.isEmpty else { return false }
    if wanted.count < parts.count, wanted.last != "*" {
      // `app/nux` means the agent nux of app.
      return wanted.count == 2 && parts.count == 3 && isSame(wanted[0], parts[0])
        && isSame(wanted[1], parts[2])
    }
    return zip(wanted, parts).allSatisfy(isSame)
  }

  private static func isSame(_ wanted: Substring, _ part: Substring) -> Bool {
    wanted == "*" || wanted == part
  }

  /// The agents of a special name: `@town`, `@witnesses`, `@dogs`, `@overseer`, `@rig/NAME`, `@crew/NAME`,
  /// `@polecats/NAME`; nil when there is no such name.
  public func special(_ name: String) -> [AgentAddress]? {
    let parts = name.dropFirst().split(separator: "/", maxSplits: 1).map(String.init)
    let rig = parts.count > 1 ? parts[1] : nil
    func of(_ roles: [AgentRole]) -> [AgentAddress] {
      agents.filter { roles.contains($0.role) && (rig == nil || $0.rig?.rawValue == rig) }
    }
    switch (parts.first ?? "", rig) {
    case ("town", nil): return agents.filter { $0.role != .overseer }
    case ("witnesses", nil): return of([.witness])
    case ("dogs", nil): return of([.dog])
    case ("overseer", nil): return [.overseer]
    case ("rig", .some): return of([.witness, .refinery, .crew, .polecat])
    case ("crew", _): return of([.crew])
    case ("polecats", _): return of([.polecat])
    default: return nil
    }
  }
}

extension Town {
  /// Other spellings of an address under which mail may have been left, by other tools or by hand.
  func mailAliases(of address: AgentAddress) -> [String] {
    var names = [address.text + "/"]
    switch address.role {
    case .overseer: names += ["human", "--human", "@overseer"]
    case .boot: names += ["boot", "deacon/boot"]
    case .crew, .polecat:
      guard let rig = address.rig, let name = address.name else { break }
      // Where a crew member has the name too, the short form means that one.
      if address.role == .crew || !FileSystem.isDirectory(path("\(rig)/crew/\(name)")) {
        names.append("\(rig)/\(name)")
      }
      if address.role == .polecat { names.append("\(rig)/polecat/\(name)") }
    default: break
    }
    return names
  }
}
