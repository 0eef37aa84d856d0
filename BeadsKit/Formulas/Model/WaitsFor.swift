/// What `waits_for` of a step says.
public enum WaitsFor: Sendable, Equatable {
  /// All children of the step that is needed first.
  case allChildren
  /// One child of the step that is needed first.
  case anyChildren
  /// All children of a step.
  case childrenOf(String)

  /// Reads `all-children`, `any-children` or `children-of(STEP)`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "all-children": self = .allChildren
    case "any-children": self = .anyChildren
    default:
      guard text.hasPrefix("children-of("), text.hasSuffix(")") else { return nil }
      let name = text.dropFirst(12).dropLast()
      if name.isEmpty { return nil }
      self = .childrenOf(String(name))
    }
  }

  /// The text as it stands in a formula.
  public var text: String {
    switch self {
    case .allChildren: "all-children"
    case .anyChildren: "any-children"
    case .childrenOf(let step): "children-of(\(step))"
    }
  }
}
