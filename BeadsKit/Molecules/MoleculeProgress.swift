/// How far a molecule is: how many of its steps are closed.
public struct MoleculeProgress: Sendable, Equatable {
  /// How many steps there are.
  public var total: Int
  /// How many of them are closed.
  public var completed: Int

  /// Makes a progress.
  public init(total: Int, completed: Int) {
    self.total = total
    self.completed = completed
  }

  /// From 0 to 100; 0 when there are no steps.
  public var percent: Double { total == 0 ? 0 : Double(completed) * 100 / Double(total) }
}
