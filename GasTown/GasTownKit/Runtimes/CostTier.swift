/// How much a town may cost: which roles get by with a cheaper model, and how hard they think.
public enum CostTier: String, Sendable, CaseIterable {
  case standard, economy, budget

  /// The model for a role by the name agents know it under; nil for the agent's own default.
  public func model(of role: AgentRole) -> String? {
    switch (self, role) {
    case (_, .boot), (_, .dog): "haiku"
    case (.standard, _): nil
    case (_, .mayor), (.economy, .witness), (.economy, .refinery), (.budget, .polecat), (.budget, .crew):
      "sonnet"
    case (_, .deacon), (.budget, .witness), (.budget, .refinery): "haiku"
    default: nil
    }
  }

  /// How hard a role thinks: `low`, `medium` or `high`.
  public func effort(of role: AgentRole) -> String {
    switch (self, role) {
    case (.standard, _), (.economy, .polecat), (.economy, .crew): "high"
    case (.economy, .mayor), (.economy, .refinery), (.budget, .polecat), (.budget, .crew): "medium"
    default: "low"
    }
  }
}
