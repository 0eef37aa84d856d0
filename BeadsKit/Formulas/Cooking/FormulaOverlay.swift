import BeadsModel
public import BeadsSystem

/// What a town or a rig changes in the steps of a formula that it did not write.
///
///     [[step-overrides]]
///     step_id = "test"
///     mode = "append"
///     description = "Run the slow tests too."
public struct FormulaOverlay: Sendable, Equatable {
  /// How a step is changed.
  public enum Mode: String, Sendable, CaseIterable {
    /// The description is another.
    case replace
    /// The description has more.
    case append
    /// The step is left out; who needed it needs what it needed.
    case skip
  }

  /// The change of one step.
  public struct Override: Sendable, Equatable {
    /// The step.
    public var stepID: String
    /// How it is changed.
    public var mode: Mode
    /// The text; nothing for steps that are left out.
    public var summary: String?

    /// Makes a change.
    public init(stepID: String, mode: Mode, summary: String? = nil) {
      self.stepID = stepID
      self.mode = mode
      self.summary = summary
    }
  }

  /// The changes, made in this order.
  public var overrides: [Override]

  /// Makes an overlay.
  public init(_ overrides: [Override]) { self.overrides = overrides }

  /// Reads `NAME.toml` of a directory `formula-overlays`.
  ///
  /// - Throws: `invalid` with a detail for each problem.
  public init(toml bytes: [UInt8], source: String) throws(BeadsError) {
    overrides = try FormulaReader.overrides(bytes, source: source)
  }

  /// The steps it names that a formula does not have: left over from an older version of the formula.
  public func staleSteps(in formula: Formula) -> [String] {
    let ids = StepCopy.ids(of: formula.steps)
    return StepSubstitution.unique(overrides.map(\.stepID).filter { !ids.contains($0) })
  }
}

extension Formula {
  /// The formula as an overlay changes it; changes of steps that there are not do nothing.
  ///
  /// Linear in steps and changes.
  /// - Throws: `invalid` when leaving out steps makes too many dependencies.
  public func applying(_ overlay: FormulaOverlay) throws(BeadsError) -> Formula {
    var result = self
    let changes = Dictionary(grouping: overlay.overrides, by: \.stepID)
    Self.change(&result.steps, changes)
    var budget = CookBudget(name: name)
    try result.drop(&budget) { step in changes[step.id]?.contains { $0.mode == .skip } ?? false }
    return result
  }

  private static func change(_ steps: inout [FormulaStep], _ changes: [String: [FormulaOverlay.Override]]) {
    for index in steps.indices {
      for override in changes[steps[index].id] ?? [] {
        switch override.mode {
        case .replace: steps[index].summary = override.summary
        case .append:
          let parts = [steps[index].summary, override.summary].compactMap(\.self)
          steps[index].summary = parts.joined(separator: "\n\n")
        case .skip: break
        }
      }
      change(&steps[index].children, changes)
    }
  }
}
