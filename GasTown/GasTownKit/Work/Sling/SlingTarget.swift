import BeadsKit

/// Who is to get work.
enum SlingTarget: Sendable, Equatable {
  /// A polecat of a rig: the one of that name, else any.
  case polecat(Rig, AgentName?)
  /// An agent that is there already: the mayor or a crew member.
  case agent(AgentAddress)

  /// Whether an agent is a right one for this.
  func includes(_ agent: AgentAddress) -> Bool {
    switch self {
    case .agent(let wanted): agent == wanted
    case .polecat(let rig, let name):
      agent.role == .polecat && agent.rig == rig.name && (name == nil || agent.name == name)
    }
  }

  /// The rig whose issues it works on; nil for the mayor.
  var rig: RigName? {
    switch self {
    case .agent(let agent): agent.rig
    case .polecat(let rig, _): rig.name
    }
  }

  /// How it is named to people.
  var text: String {
    switch self {
    case .agent(let agent): agent.text
    case .polecat(let rig, let name): name.map { "\(rig.name)/polecats/\($0)" } ?? rig.name.rawValue
    }
  }
}

extension Sling {
  /// Whether a word of the command line names who gets the work, rather than work.
  func isTarget(_ word: String) -> Bool {
    if word == "." || word == "self" || word == "crew" || word.contains("/") { return true }
    if AgentAddress(word) != nil { return true }
    return (try? town.rig(word)) != nil
  }

  /// Who a word means for an issue; nil means what fits the caller.
  /// - Throws: `not_found`, `invalid` for roles that take no work.
  func target(_ word: String?, for bead: IssueID) throws(BeadsError) -> SlingTarget {
    guard let word = word.map(Self.trimmed), !word.isEmpty, word != ".", word != "self" else {
      return try ownTarget(word, for: bead)
    }
    if word == "crew" {
      throw BeadsError(.invalid, "\"crew\" does not tell which member", hint: "for example crew/max")
    }
    if let name = RigName(rawValue: word), AgentAddress(word) == nil {
      return .polecat(try town.rig(name.rawValue), nil)
    }
    let agent = try town.address(word)
    switch agent.role {
    case .polecat:
      guard let rig = agent.rig else { break }
      return .polecat(try town.rig(rig.rawValue), agent.name)
    case .mayor, .crew:
      try town.requireAgent(agent, database)
      return .agent(agent)
    case .witness, .refinery, .deacon, .boot, .dog, .overseer: break
    }
    throw BeadsError(
      .invalid, "\(agent) takes no work",
      hint: "give it to a rig, a crew member or the mayor: gt sling \(bead) RIG")
  }

  private func ownTarget(_ word: String?, for bead: IssueID) throws(BeadsError) -> SlingTarget {
    if caller.role.hasSession { return .agent(caller) }
    if word != nil, word?.isEmpty == false {
      throw BeadsError(
        .invalid, "\(caller) has no hook", hint: "name a rig or an agent: gt sling \(bead) RIG")
    }
    guard let rig = ledgers.rig(of: bead) else {
      throw BeadsError(
        .invalid, "\(bead) belongs to no rig, so it does not tell who is to work on it",
        hint: "name an agent: gt sling \(bead) mayor")
    }
    return .polecat(try town.rig(rig.rawValue), nil)
  }

  static func trimmed(_ word: String) -> String {
    word.count > 1 && word.hasSuffix("/") ? String(word.dropLast()) : word
  }
}
