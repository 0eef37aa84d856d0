import BeadsModel

/// What the ID of an agent says: `PREFIX-RIG-ROLE-NAME`, or `PREFIX-ROLE` in a town.
struct AgentBeadName: Equatable {
  var role = ""
  var rig = ""

  /// Roles that an agent may have; a rig may be called anything else.
  private static let roles: Set<String> = [
    "mayor", "deacon", "boot", "dog", "overseer", "witness", "refinery", "crew", "polecat",
  ]

  /// Reads an ID; parts that cannot be told are empty.
  init(_ id: IssueID, _ prefixes: PrefixSet) {
    let parts = prefixes.suffix(of: id).split(separator: "-").map(String.init)
    if let place = parts.firstIndex(where: Self.roles.contains) {
      role = parts[place]
      rig = parts[..<place].joined(separator: "-")
    } else if parts.count > 1 {
      (rig, role) = (parts[0], parts[1])
    }
    // Where the prefix is the name of the rig, it is not written twice.
    if rig.isEmpty, ["witness", "refinery", "crew", "polecat"].contains(role) {
      rig = prefixes.known(id)?.rawValue ?? ""
    }
  }

  /// The labels by which lists find the agent.
  var labels: [String] {
    (role.isEmpty ? [] : ["role_type:\(role)"]) + (rig.isEmpty ? [] : ["rig:\(rig)"])
  }
}
