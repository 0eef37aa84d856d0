public import BeadsKit

extension AgentAddress {
  /// Who runs this process: what `GT_ROLE` says, else whose directory it is in, else the person.
  /// - Throws: `invalid` when `GT_ROLE` is no address.
  public static func caller(_ environment: Environment, town: Town) throws(BeadsError) -> AgentAddress {
    if let role = environment["GT_ROLE"], !role.isEmpty {
      guard let address = AgentAddress(role) else {
        throw BeadsError(
          .invalid, "GT_ROLE is \(quoted(role)), which is no agent",
          hint: "for example app/polecats/nux, or unset")
      }
      return address
    }
    return owner(ofDirectory: environment.currentDirectory, town: town) ?? .overseer
  }

  /// Whose directory this is; nil for one that belongs to nobody.
  public static func owner(ofDirectory directory: String, town: Town) -> AgentAddress? {
    guard let real = try? FileSystem.realPath(directory), Path.isInside(real, town.root) else { return nil }
    let parts =
      real.utf8.count == town.root.utf8.count
      ? []
      : Path.relative(real, to: town.root).split(separator: "/")
        .map(String.init)
    guard let first = parts.first else { return nil }
    if first == "mayor" { return .mayor }
    if first == "deacon" {
      guard parts.count > 2, parts[1] == "dogs" else { return .deacon }
      return parts[2] == "boot" ? .boot : AgentName(rawValue: parts[2]).map(AgentAddress.dog)
    }
    guard let rig = RigName(rawValue: first), parts.count > 1 else { return nil }
    switch parts[1] {
    case "witness": return .witness(rig)
    case "refinery": return .refinery(rig)
    case "crew":
      guard parts.count > 2 else { return nil }
      if let visitor = RigVisits.visitor(town.path("\(rig)/crew/\(parts[2])")) { return visitor }
      return AgentName(rawValue: parts[2]).map { .crew(rig, $0) }
    case "polecats": return parts.count > 2 ? AgentName(rawValue: parts[2]).map { .polecat(rig, $0) } : nil
    default: return nil
    }
  }
}
