public import BeadsModel

/// Which issues a query returns: every filter of `list`, `search`, `count`, `ready` and `export`.
///
/// The terms all have to hold. A filter as made shows what is on the table: not finished, not pinned, no
/// templates, gates or issues that live only in this clone.
///
/// ```swift
/// var filter = IssueFilter()
/// filter.labels = ["backend"]
/// filter.assignee = .nobody
/// let issues = try store.issues(matching: filter, limit: 50)
/// ```
public struct IssueFilter: Sendable, Equatable {
  // MARK: State

  /// The statuses.
  public var statuses = StatusChoice.visible
  /// Keeps what is ready to be worked on; replaces the status and the hiding of kinds.
  public var readiness: Readiness?
  /// Keeps issues that are (or are not) in the blocked set.
  public var isBlocked: Bool?
  /// Keeps what is (or is not) pinned, by flag or by status.
  public var isPinned: Bool?
  /// Keeps what was set aside: status deferred, or a date before which it is hidden.
  public var isDeferred = false
  /// Keeps what is not done although its due date has passed.
  public var isOverdue = false
  /// Keeps wisps, or all but wisps.
  public var isEphemeral: Bool?

  // MARK: Identity and kind

  /// Exactly these; empty for no restriction.
  public var ids: [IssueID] = []
  /// One of these types, which are then not hidden; empty for no restriction.
  public var types: [IssueType] = []
  /// None of these types.
  public var excludedTypes: [IssueType] = []
  /// The kind of molecule: swarm, patrol or work, which issues without a kind are.
  public var molType: String?
  /// The kind of wisp.
  public var wispType: String?
  /// Whether templates are shown.
  public var includesTemplates = false
  /// Whether gates are shown.
  public var includesGates = false
  /// Whether types that live only in this clone are shown.
  public var includesInfrastructure = false

  // MARK: Priority and people

  /// One of these priorities; empty for no restriction.
  public var priorities: [Int] = []
  /// The most urgent priority.
  public var minimumPriority: Int?
  /// The least urgent priority.
  public var maximumPriority: Int?
  /// Who works on it.
  public var assignee = AssigneeChoice.anyone

  // MARK: Labels

  /// All of these labels.
  public var labels: [String] = []
  /// At least one of these labels.
  public var anyLabels: [String] = []
  /// None of these labels.
  public var excludedLabels: [String] = []
  /// A label that matches this glob (`*`, `?`, `[abc]`).
  public var labelPattern: String?
  /// A label in which this regular expression occurs.
  public var labelExpression: String?
  /// No label at all.
  public var hasNoLabels = false

  // MARK: Text, without regard to upper and lower case

  /// Text that occurs in the ID, title, description or external reference.
  public var text: String?
  /// The whole title, exactly.
  public var title: String?
  /// Text that occurs in the title.
  public var titleContains: String?
  /// Text that occurs in the description.
  public var descriptionContains: String?
  /// Text that occurs in the notes.
  public var notesContains: String?
  /// Text that occurs in the external reference.
  public var referenceContains: String?
  /// What the specification starts with; case matters.
  public var specification: String?
  /// An empty description.
  public var hasNoDescription = false

  // MARK: Times

  /// When it was created.
  public var created = TimeWindow()
  /// When it was last changed.
  public var updated = TimeWindow()
  /// When it was closed.
  public var closed = TimeWindow()
  /// When it is due.
  public var due = TimeWindow()
  /// Until when it is hidden.
  public var deferred = TimeWindow()

  // MARK: Structure and metadata

  /// Where in the hierarchy, as parent-child edges say.
  public var place = Place.anywhere
  /// Members of the metadata and their values; numbers and truth values are compared as JSON writes them.
  public var metadata: [MetadataField] = []
  /// A member that the metadata has, whatever its value.
  public var metadataKey: String?

  // MARK: The query language

  /// What `Store.expression` has read; it has to hold too.
  public var expression: QueryExpression?

  /// What is on the table.
  public init() {}

  /// Every issue but deleted ones, whatever its kind and state.
  public static var everything: IssueFilter {
    var filter = IssueFilter()
    filter.statuses = .all
    filter.includesEveryKind()
    return filter
  }

  /// Hides no kind of issue.
  public mutating func includesEveryKind() {
    includesTemplates = true
    includesGates = true
    includesInfrastructure = true
  }
}

extension IssueFilter {
  /// Statuses by meaning or by name.
  public enum StatusChoice: Sendable, Equatable {
    /// What default lists show: neither finished, pinned nor deleted, nor in a custom frozen status.
    case visible
    /// Neither finished nor deleted.
    case unfinished
    /// All but deleted.
    case all
    /// One of these. `open` includes deferred issues whose time has come, `deferred` leaves them out, and `blocked`
    /// includes the blocked set.
    case any([Status])
  }

  /// A condition on the assignee.
  public enum AssigneeChoice: Sendable, Equatable {
    /// No restriction.
    case anyone
    /// Not assigned.
    case nobody
    /// Assigned to exactly this actor.
    case named(String)
  }

  /// A place in the hierarchy.
  public enum Place: Sendable, Equatable {
    /// No restriction.
    case anywhere
    /// Without a parent.
    case top
    /// The direct children of an issue.
    case children(of: IssueID)
    /// The children of an issue, their children, and so on.
    case descendants(of: IssueID)
  }

  /// Moments strictly between two others, each optional.
  public struct TimeWindow: Sendable, Equatable {
    /// The moment it must be later than.
    public var after: Timestamp?
    /// The moment it must be earlier than.
    public var before: Timestamp?

    /// Makes a window; without arguments it restricts nothing.
    public init(after: Timestamp? = nil, before: Timestamp? = nil) {
      self.after = after
      self.before = before
    }
  }

  /// A member of the metadata object and its value.
  public struct MetadataField: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The value: text, or what JSON writes for a number, `true`, `false` and `null`.
    public var value: String

    /// Makes a condition.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// What counts as ready (contract 5.1).
  public struct Readiness: Sendable, Equatable {
    /// Whether issues are offered before the time until which they, or their parent, are deferred.
    public var includesDeferred: Bool
    /// Whether wisps are offered.
    public var includesEphemeral: Bool

    /// Makes the usual rules, which offer neither.
    public init(includesDeferred: Bool = false, includesEphemeral: Bool = false) {
      self.includesDeferred = includesDeferred
      self.includesEphemeral = includesEphemeral
    }
  }
}
