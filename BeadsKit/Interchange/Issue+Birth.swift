extension Issue {
  /// Whether this is not the issue that another record of the same ID is about.
  ///
  /// They are two when they were born at different moments under different titles, unless the ID is a name that
  /// somebody chose. Tools write times with fewer digits, and old ones dated every issue anew when they imported
  /// it; a title has to differ as well before anything is taken apart.
  package func isOther(than other: Issue) -> Bool {
    if createdAt.mayBe(other.createdAt) || title.isIdentical(to: other.title) { return false }
    guard id.isGenerated, !isNamed, !other.isNamed else { return false }
    return !isStandIn && !other.isStandIn
  }

  /// Agents and roles are known by their ID, whoever registers them first.
  private var isNamed: Bool { Self.named.contains(type) }
  private static let named: [IssueType] = ["agent", "role", "rig"].map(IssueType.init(rawValue:))

  /// Whether an import made this record in place of a parent that was missing.
  private var isStandIn: Bool { title == Self.standInTitle(id) }

  /// The title of a record in place of an issue that is missing.
  package static func standInTitle(_ id: IssueID) -> String { "(restored) \(id)" }
}

extension Timestamp {
  /// Whether both can stand for one moment: equal, unknown, or one written with fewer digits.
  fileprivate func mayBe(_ other: Timestamp) -> Bool {
    if self == other || seconds <= 0 || other.seconds <= 0 { return true }
    guard seconds == other.seconds else { return false }
    return isCut(other) || other.isCut(self)
  }

  /// Whether this is the other moment in whole seconds, milliseconds or microseconds.
  private func isCut(_ other: Timestamp) -> Bool {
    [1_000_000_000, 1_000_000, 1000].contains { unit in
      nanoseconds == other.nanoseconds - other.nanoseconds % unit
    }
  }
}

/// An issue that got another ID because an earlier one, made in another clone, has the same.
public struct SeparatedIssue: Sendable, Equatable {
  /// The ID both were created under, which the earlier one keeps.
  public let id: IssueID
  /// The ID of the later one.
  public let newID: IssueID
  /// Its title.
  public let title: String
  /// When it was created.
  public let createdAt: Timestamp

  /// The later of two issues of one ID.
  package init(_ later: Issue) {
    id = later.id
    newID = later.id.beside(bornAt: later.createdAt.seconds)
    title = later.title
    createdAt = later.createdAt
  }

  /// What happened, for people.
  public var sentence: String {
    "two issues were created as \(id) in different clones; the later one, \(quoted(title)), is now \(newID)"
  }
}
