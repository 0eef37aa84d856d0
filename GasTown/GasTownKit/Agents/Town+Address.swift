public import BeadsKit

extension Town {
  /// Who a user means: a full address, `rig/name` (the crew member of that name, else the polecat), `crew/name` where
  /// one rig alone has it, or the bare name of a town's agent; a slash at the end is ignored.
  ///
  /// The agent need not exist; see `requireAgent`.
  /// - Throws: `invalid` when this is no address, `not_found` for an unknown rig, `ambiguous_id`.
  public func address(_ text: String) throws(BeadsError) -> AgentAddress {
    let text = text.hasPrefix("@overseer") ? "overseer" : text
    if let address = AgentAddress(text) {
      if let rig = address.rig { _ = try self.rig(rig.rawValue) }
      return address
    }
    let parts = text.split(separator: "/").map(String.init)
    guard parts.count == 2, let name = AgentName(rawValue: parts[1]) else { throw Self.noAddress(text) }
    if parts[0] == "crew" { return try crewMember(name) }
    let rig = try self.rig(parts[0])
    return FileSystem.isDirectory(rig.crewClone(name)) ? .crew(rig.name, name) : .polecat(rig.name, name)
  }

  private func crewMember(_ name: AgentName) throws(BeadsError) -> AgentAddress {
    let found = try rigs().filter { FileSystem.isDirectory($0.crewClone(name)) }
    if found.isEmpty { throw BeadsError(.notFound, "no rig has a crew member \(name)") }
    if found.count > 1 {
      let names = found.map { "\($0.name)/crew/\(name)" }.joined(separator: ", ")
      throw BeadsError(.ambiguous, "several rigs have a crew member \(name)", hint: "write one of \(names)")
    }
    return .crew(found[0].name, name)
  }

  private static func noAddress(_ text: String) -> BeadsError {
    BeadsError(
      .invalid, "\(quoted(text)) is no agent's address",
      hint: "for example mayor, app/witness, app/crew/max or app/polecats/nux")
  }

  /// Throws unless there is such an agent: one of the town's or a rig's standing roles, one that the town has on
  /// record, or one with a directory of its own.
  /// - Throws: `not_found` naming the rigs or agents there are.
  public func requireAgent(_ address: AgentAddress, _ database: TownDatabase?) throws(BeadsError) {
    guard let rigName = address.rig else {
      if address.role != .dog || FileSystem.isDirectory(path(address.text)) { return }
      if try database?.agent(address) != nil { return }
      throw BeadsError(.notFound, "there is no agent \(address)")
    }
    let rig = try self.rig(rigName.rawValue)
    guard let name = address.name else { return }
    let home = address.role == .crew ? rig.crewClone(name) : rig.polecatFolder(name)
    if FileSystem.isDirectory(home), RigVisits.visitor(home) == nil { return }
    if try database?.agent(address) != nil { return }
    throw BeadsError(
      .notFound, "there is no agent \(address)", hint: "`gt agents --all` lists the agents")
  }
}
