import BeadsModel
public import BeadsStore
public import BeadsSystem

/// How far an issue's texts are shortened.
public enum CompactionTier: Int, Sendable, CaseIterable {
  /// The description becomes a summary, and design, notes and acceptance criteria go.
  case first = 1
  /// The summary becomes a line or two.
  case second = 2
}

/// When closed issues are old enough to have their texts shortened.
public struct CompactionRules: Sendable, Equatable {
  /// Days since it was closed.
  public var days: Int
  /// How many levels of children of what waits for the issue protect it while they are not finished.
  public var dependentLevels: Int
  /// Audit events that the issue must have at least.
  public var events: Int

  /// What holds where nothing is set.
  public init(_ tier: CompactionTier) {
    switch tier {
    case .first: (days, dependentLevels, events) = (30, 2, 0)
    case .second: (days, dependentLevels, events) = (90, 5, 100)
    }
  }
}

extension Store {
  /// The rules of this project, from its settings `compact_tier1_days` and so on.
  /// - Throws: `invalid` when a setting is no number.
  public func compactionRules(_ tier: CompactionTier) throws(BeadsError) -> CompactionRules {
    var rules = CompactionRules(tier)
    let name = "compact_tier\(tier.rawValue)_"
    rules.days = try number(name + "days") ?? rules.days
    rules.dependentLevels = try number(name + "dep_levels") ?? rules.dependentLevels
    if tier == .second { rules.events = try number(name + "commits") ?? rules.events }
    return rules
  }

  private func number(_ key: String) throws(BeadsError) -> Int? {
    guard let text = try config(key) else { return nil }
    guard let number = Int(text), (0...1_000_000).contains(number) else {
      throw BeadsError(.invalid, "the setting \(key) is \(quoted(text))", hint: "it takes a whole number")
    }
    return number
  }
}
