/// The meaning of an edge between two issues; any string of 1 to 50 characters is legal.
public struct DependencyType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The word as written in files.
  public var rawValue: String

  /// Wraps a word.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The dependent cannot start before the target is closed; the default.
  public static let blocks = DependencyType(rawValue: "blocks")
  /// The target is the parent of the dependent.
  public static let parentChild = DependencyType(rawValue: "parent-child")
  /// The dependent runs only if the target fails.
  public static let conditionalBlocks = DependencyType(rawValue: "conditional-blocks")
  /// The dependent waits for the children of the target.
  public static let waitsFor = DependencyType(rawValue: "waits-for")
  /// A loose link.
  public static let related = DependencyType(rawValue: "related")
  /// A link in both directions: two rows.
  public static let relatesTo = DependencyType(rawValue: "relates-to")
  /// The dependent was found while working on the target.
  public static let discoveredFrom = DependencyType(rawValue: "discovered-from")
  /// The dependent is a reply to the target.
  public static let repliesTo = DependencyType(rawValue: "replies-to")
  /// The dependent is a duplicate of the target.
  public static let duplicates = DependencyType(rawValue: "duplicates")
  /// The dependent is superseded by the target.
  public static let supersedes = DependencyType(rawValue: "supersedes")
  /// A convoy tracks the target.
  public static let tracks = DependencyType(rawValue: "tracks")

  /// Every type the contract names, in its order.
  public static let known: [DependencyType] = [
    .blocks, .parentChild, .conditionalBlocks, .waitsFor, .related, .relatesTo, .discoveredFrom, .repliesTo,
    .duplicates, .supersedes, "authored-by", "assigned-to", "approved-by", "attests", .tracks, "until",
    "caused-by",
    "validates", "delegated-from",
  ]

  /// Types whose edges can keep the dependent from being ready.
  public static let blocking: [DependencyType] = [.blocks, .parentChild, .conditionalBlocks, .waitsFor]

  /// Whether an edge of this type can keep the dependent from being ready.
  public var isBlocking: Bool { Self.blocking.contains(self) }

  /// The word itself.
  public var description: String { rawValue }
}

extension DependencyType: ExpressibleByStringLiteral {
  /// Wraps a literal.
  public init(stringLiteral value: String) { self.init(rawValue: value) }
}

/// A directed edge: `issueID` depends on `dependsOnID` in the way `type` says.
public struct Dependency: Sendable, Hashable {
  /// The dependent.
  public var issueID: IssueID
  /// The target; may name an issue of another project or an external capability.
  public var dependsOnID: IssueID
  /// The meaning of the edge.
  ///
  /// A pair of issues may have several edges of different types.
  public var type: DependencyType
  /// When the edge was made.
  public var createdAt: Timestamp
  /// Who made it; empty when unknown.
  public var createdBy: String
  /// JSON text that qualifies the edge, such as the gate of a `waits-for`; empty when there is none.
  public var metadata: String
  /// Groups the replies of a conversation; empty when there is none.
  public var threadID: String

  /// Makes an edge.
  public init(
    _ issueID: IssueID, dependsOn dependsOnID: IssueID, type: DependencyType = .blocks, createdAt: Timestamp,
    createdBy: String = "", metadata: String = "", threadID: String = ""
  ) {
    self.issueID = issueID
    self.dependsOnID = dependsOnID
    self.type = type
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.metadata = metadata
    self.threadID = threadID
  }

  /// What makes two edges the same edge.
  public struct Key: Sendable, Hashable {
    /// The target.
    public let dependsOnID: IssueID
    /// The type.
    public let type: DependencyType
  }

  /// The identity of this edge among the edges of its issue.
  public var key: Key { Key(dependsOnID: dependsOnID, type: type) }
}

/// A remark on an issue.
///
/// Identity across clones is author, text and time; `id` is a local number.
public struct Comment: Sendable, Hashable {
  /// The row number in this store, or what the file said: a number or a UUID.
  public var id: String
  /// The issue it belongs to.
  public var issueID: IssueID
  /// Who wrote it.
  public var author: String
  /// The text; never empty.
  public var text: String
  /// When it was written.
  public var createdAt: Timestamp

  /// Makes a comment; the store gives it a number when it is saved.
  public init(id: String = "", issueID: IssueID, author: String, text: String, createdAt: Timestamp) {
    self.id = id
    self.issueID = issueID
    self.author = author
    self.text = text
    self.createdAt = createdAt
  }
}
