public import BeadsModel

/// What a committed transaction did to one issue.
public struct CommittedChange: Sendable, Equatable {
  /// The issue as it was; nil when it is new.
  public let before: Issue?
  /// The issue as it is now; a tombstone when it was deleted.
  public let after: Issue

  /// The kinds of change that programs are told about.
  public enum Event: String, Sendable, CaseIterable {
    /// The issue is new.
    case create
    /// Something in it changed.
    case update
    /// It was closed.
    case close
  }

  /// What kind of change it is; nil for a deletion, which no program is told about.
  public var event: Event? {
    if after.isTombstone { return nil }
    guard let before, !before.isTombstone else { return .create }
    return after.status == .closed && before.status != .closed ? .close : .update
  }
}
