public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// How two pieces of work are put together.
public enum BondType: String, Sendable, CaseIterable {
  /// The second starts when the first is done.
  case sequential
  /// They run side by side, the second as a part of the first.
  case parallel
  /// The second runs only if the first fails.
  case conditional

  /// The edge that makes the bond.
  public var edge: DependencyType {
    switch self {
    case .sequential: .blocks
    case .parallel: .parentChild
    case .conditional: .conditionalBlocks
    }
  }
}

extension Transaction {
  /// Makes the issues of a plan and bonds their root to an issue that exists.
  ///
  /// - Returns: What was made.
  /// - Throws: `notFound` (the issue), and what `instantiate` throws.
  @discardableResult
  public mutating func bond(
    _ plan: MoleculePlan, to target: IssueID, _ type: BondType, _ options: Instantiation = Instantiation()
  ) throws(BeadsError) -> Molecule {
    let molecule = try instantiate(plan, options)
    try addDependency(molecule.rootID, dependsOn: target, type: type.edge)
    return molecule
  }

  /// Bonds two issues: the second depends on the first.
  ///
  /// - Throws: `notFound`, `cycle` when the first depends on the second already, `invalid` for an issue and itself.
  public mutating func bond(_ first: IssueID, _ second: IssueID, _ type: BondType) throws(BeadsError) {
    try addDependency(second, dependsOn: first, type: type.edge)
  }
}
