public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// The places of an agent that hold another issue (contract 5.11).
public enum AgentSlot: String, Sendable, CaseIterable {
  /// The work it is on.
  case hook
  /// What it is there for.
  case role

  /// The slot a user means by a word.
  /// - Throws: `invalid` listing the known ones.
  public init(userInput word: String) throws(BeadsError) {
    guard let slot = AgentSlot(rawValue: word.lowercased()) else {
      throw BeadsError(
        .invalid, "unknown slot \(quoted(word))",
        hint: Spelling.hint(for: word, among: Self.allCases.map(\.rawValue), kind: "slots"))
    }
    self = slot
  }

  /// Where the issue of an agent has it.
  fileprivate var field: WritableKeyPath<Issue, String> {
    switch self {
    case .hook: \.hookBead
    case .role: \.roleBead
    }
  }
}

extension Issue {
  /// Whether this is an agent: by type, or by the label that older tools use.
  public var isAgent: Bool { type.rawValue == "agent" || labels.contains("gt:agent") }

  /// What a slot of an agent holds, or nil.
  public func bead(in slot: AgentSlot) -> String? {
    let bead = self[keyPath: slot.field]
    return bead.isEmpty ? nil : bead
  }
}

extension Store {
  /// The agent of that ID.
  /// - Throws: `notFound`, `invalid` when it is something else.
  public func agent(_ id: IssueID) throws(BeadsError) -> Issue {
    guard let issue = try issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    if issue.isAgent { return issue }
    throw BeadsError(
      .invalid, "\(id) is not an agent, its type is \(issue.type)",
      hint: "an agent has the type agent or the label gt:agent")
  }
}

extension Transaction {
  /// Puts an issue into a slot of an agent.
  ///
  /// The hook holds one issue until it is cleared; a role may be replaced. What is there already is no error.
  /// - Returns: The agent as saved.
  /// - Throws: `notFound`, `invalid` when it is no agent, `conflict` when the hook holds another issue.
  @discardableResult
  public mutating func setSlot(
    _ slot: AgentSlot, of agent: IssueID, to bead: IssueID
  ) throws(BeadsError) -> Issue {
    let issue = try store.agent(agent)
    if slot == .hook, let other = issue.bead(in: slot), other != bead.rawValue {
      throw BeadsError(
        .conflict, "the hook of \(agent) holds \(other) already",
        hint: "`bd slot clear \(agent) hook` empties it")
    }
    return try update(agent) { $0[keyPath: slot.field] = bead.rawValue }
  }

  /// Empties a slot of an agent; an empty one is no error.
  /// - Returns: The agent as saved.
  /// - Throws: `notFound`, `invalid` when it is no agent.
  @discardableResult
  public mutating func clearSlot(_ slot: AgentSlot, of agent: IssueID) throws(BeadsError) -> Issue {
    _ = try store.agent(agent)
    return try update(agent) { $0[keyPath: slot.field] = "" }
  }

  /// Says what an agent is doing, and that it was seen now; makes the agent when there is none of that ID.
  /// - Returns: The agent as saved.
  /// - Throws: `invalid` when it is no agent, the state is unknown or the ID cannot be an agent of this project.
  @discardableResult
  public mutating func setAgentState(_ state: String, of id: IssueID) throws(BeadsError) -> Issue {
    if state.isEmpty { throw BeadsError(.invalid, "the state of an agent must not be empty") }
    if try store.exists(id) {
      _ = try store.agent(id)
    } else {
      try createAgent(id)
    }
    let now = now
    return try update(id) { agent in
      agent.agentState = state
      agent.lastActivity = now
    }
  }

  /// Notes that an agent was seen now.
  /// - Returns: The agent as saved.
  /// - Throws: `notFound`, `invalid` when it is no agent.
  @discardableResult
  public mutating func recordHeartbeat(of id: IssueID) throws(BeadsError) -> Issue {
    _ = try store.agent(id)
    let now = now
    return try update(id) { $0.lastActivity = now }
  }

  private mutating func createAgent(_ id: IssueID) throws(BeadsError) {
    let name = AgentBeadName(id, try store.prefixes())
    var draft = IssueDraft(title: "Agent: \(id)")
    draft.id = id
    // Agents come and go with this clone: they are neither work nor anything to share.
    draft.type = IssueType(rawValue: "agent")
    draft.labels = ["gt:agent"] + name.labels
    draft.roleType = name.role
    draft.rig = name.rig
    try create(draft)
  }

  /// Gives agents the labels `role_type:X` and `rig:Y`, by which lists find them.
  /// - Returns: The agents that were changed, as saved, and their new labels.
  @discardableResult
  public mutating func labelAgents() throws(BeadsError) -> [(agent: Issue, labels: [String])] {
    try store.unlabelledAgents().map { found throws(BeadsError) in
      (try update(found.agent.id) { $0.labels += found.labels }, found.labels)
    }
  }
}

extension Store {
  /// The agents that are not finished, by ID.
  public func agents() throws(BeadsError) -> [Issue] {
    try issues(
      where: """
        i.status NOT IN (SELECT status FROM status_categories WHERE category = 'done') AND (i.issue_type = 'agent'
          OR EXISTS (SELECT 1 FROM labels l WHERE l.issue_id = i.id AND l.label = 'gt:agent'))
        """)
  }

  /// The agents without the labels that say their role and rig, and these labels.
  public func unlabelledAgents() throws(BeadsError) -> [(agent: Issue, labels: [String])] {
    let prefixes = try prefixes()
    return try agents().compactMap { agent in
      var name = AgentBeadName(agent.id, prefixes)
      if !agent.roleType.isEmpty { name.role = agent.roleType }
      if !agent.rig.isEmpty { name.rig = agent.rig }
      let missing = name.labels.filter { !agent.labels.contains($0) }
      return missing.isEmpty ? nil : (agent, missing)
    }
  }
}
