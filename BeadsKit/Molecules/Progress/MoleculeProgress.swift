public import BeadsModel

/// How far a molecule is: how many of its steps are closed, and how fast that goes.
public struct MoleculeProgress: Sendable, Equatable {
  /// How many steps there are.
  public var total: Int
  /// How many of them are closed.
  public var completed: Int
  /// How many are being worked on.
  public var inProgress = 0
  /// When the first step was closed.
  public var firstClosed: Timestamp?
  /// When the last step was closed.
  public var lastClosed: Timestamp?

  /// Makes a progress.
  public init(total: Int, completed: Int) {
    self.total = total
    self.completed = completed
  }

  /// From 0 to 100; 0 when there are no steps.
  public var percent: Double { total == 0 ? 0 : Double(completed) * 100 / Double(total) }

  /// How many steps an hour were closed between the first and the last; nil before there are two of different times.
  public var ratePerHour: Double? {
    guard completed > 1, let firstClosed, let lastClosed, firstClosed < lastClosed else { return nil }
    let seconds =
      Double(lastClosed.seconds - firstClosed.seconds)
      + Double(lastClosed.nanoseconds - firstClosed.nanoseconds) / 1e9
    return Double(completed - 1) * 3600 / seconds
  }

  /// How many hours the rest takes at that rate; nil when there is no rate or no rest.
  public var hoursLeft: Double? {
    guard completed < total, let ratePerHour else { return nil }
    return Double(total - completed) / ratePerHour
  }
}

extension MoleculeGraph {
  /// How far the molecule is, by its direct steps.
  public var progress: MoleculeProgress {
    let direct = steps.filter { $0.parentID == root.id }
    var progress = MoleculeProgress(
      total: direct.count, completed: direct.count { $0.state == .done })
    progress.inProgress = direct.count { $0.state == .current }
    let times = direct.compactMap { $0.state == .done ? $0.closedAt : nil }
    progress.firstClosed = times.min()
    progress.lastClosed = times.max()
    return progress
  }
}
