/// An issue ("bead"): every field the file format knows, plus the ones it does not.
///
/// A plain value without I/O. Text fields are empty rather than nil when absent, as in the file, where empty
/// fields are omitted. `IssueField.all` describes each property once; schema, codecs and merge are driven by it.
public struct Issue: Sendable, Equatable {
  /// The identifier, such as `bd-a3f8.1`.
  public var id: IssueID
  /// 1 to 500 bytes, not blank.
  public var title: String
  /// Free text.
  public var description = ""
  /// Free text on how it will be done.
  public var design = ""
  /// Free text on when it is done.
  public var acceptanceCriteria = ""
  /// Free text, often appended to.
  public var notes = ""
  /// A link to a specification document.
  public var specID = ""
  /// The state.
  public var status = Status.open
  /// 0 (most urgent) to 4.
  public var priority = 2
  /// The kind of work.
  public var type = IssueType.task
  /// The actor who works on it.
  public var assignee = ""
  /// The mail address of the accountable person.
  public var owner = ""
  /// Minutes, 0 or more.
  public var estimatedMinutes: Int?
  /// When it was created.
  public var createdAt: Timestamp
  /// The actor who created it.
  public var createdBy = ""
  /// When it was last changed, labels, edges and comments included.
  public var updatedAt: Timestamp
  /// When it first became in progress.
  public var startedAt: Timestamp?
  /// Present exactly when the status is closed; a tombstone may keep it.
  public var closedAt: Timestamp?
  /// Why it was closed.
  public var closeReason = ""
  /// The agent session that closed it.
  public var closedBySession = ""
  /// When it should be done.
  public var dueAt: Timestamp?
  /// Hidden from ready work until then.
  public var deferUntil: Timestamp?
  /// A reference into another system such as `gh-9`; unique when present.
  public var externalRef: String?
  /// The federated system it came from.
  public var sourceSystem = ""
  /// Any JSON value as text, normally an object; nil when unset.
  public var metadata: String?
  /// 0, 1 or 2.
  public var compactionLevel = 0
  /// When it was compacted.
  public var compactedAt: Timestamp?
  /// The git commit that holds the full text.
  public var compactedAtCommit: String?
  /// Bytes of text before compaction.
  public var originalSize = 0
  /// Sorted, without duplicates.
  public var labels: [String] = []
  /// The edges from this issue.
  public var dependencies: [Dependency] = []
  /// Oldest first.
  public var comments: [Comment] = []
  /// When it was deleted; present exactly when the status is tombstone.
  public var deletedAt: Timestamp?
  /// Who deleted it.
  public var deletedBy = ""
  /// Why it was deleted.
  public var deleteReason = ""
  /// The type before deletion.
  public var originalType = ""
  /// The author of a message.
  public var sender = ""
  /// A wisp: local to this clone, not exported.
  public var isEphemeral = false
  /// Kept with the wisps but never garbage-collected; excludes `isEphemeral`.
  public var hasNoHistory = false
  /// The kind of wisp, which decides how long it lives.
  public var wispType = ""
  /// Marked as permanent context rather than work.
  public var isPinned = false
  /// A read-only template.
  public var isTemplate = false
  /// JSON array of where a molecule came from; nil when unset.
  public var bondedFrom: String?
  /// JSON object of the creating entity (classic files); nil when unset.
  public var creator: String?
  /// JSON array of validations (classic files); nil when unset.
  public var validations: String?
  /// 0 to 1 (classic files).
  public var qualityScore: Double?
  /// Whether the work becomes permanent knowledge (classic files).
  public var crystallizes = false
  /// What a gate waits for: timer, human, gh:run, gh:pr, mail, bead.
  public var awaitType = ""
  /// The run, pull request or bead a gate waits for.
  public var awaitID = ""
  /// The timeout of a gate in nanoseconds.
  public var timeout: Int64 = 0
  /// Addresses to tell when a gate clears.
  public var waiters: [String] = []
  /// Who holds a slot (classic files).
  public var holder = ""
  /// The formula it was poured from.
  public var sourceFormula = ""
  /// The place in that formula, such as `steps[2]`.
  public var sourceLocation = ""
  /// The bead on an agent's hook (classic files).
  public var hookBead = ""
  /// The bead of an agent's role (classic files).
  public var roleBead = ""
  /// What an agent is doing (classic files).
  public var agentState = ""
  /// When an agent was last seen (classic files).
  public var lastActivity: Timestamp?
  /// The role of an agent (classic files).
  public var roleType = ""
  /// The rig of an agent (classic files).
  public var rig = ""
  /// swarm, patrol or work; empty means work.
  public var molType = ""
  /// mutex or open_competition; empty means mutex.
  public var workType = ""
  /// The kind of an event.
  public var eventKind = ""
  /// Who caused an event.
  public var actor = ""
  /// What an event is about.
  public var target = ""
  /// The JSON of an event, as text.
  public var payload = ""

  /// Members of the file's line that this version does not know, in their order, byte for byte.
  public var unknownMembers: [UnknownMember] = []

  /// A key this version does not know and the JSON text of its value.
  public struct UnknownMember: Sendable, Hashable {
    /// The key as written between its quotes.
    public var key: String
    /// The JSON text of the value.
    public var json: String

    /// Makes a member.
    public init(key: String, json: String) {
      self.key = key
      self.json = json
    }
  }

  /// Makes an open task of priority 2.
  public init(id: IssueID, title: String, createdAt: Timestamp) {
    self.id = id
    self.title = title
    self.createdAt = createdAt
    updatedAt = createdAt
  }
}

extension Issue {
  /// Whether the issue is finished or deleted, as built-in statuses say.
  public var isClosed: Bool { status == .closed || status == .tombstone }

  /// Whether this is the record of a deletion.
  public var isTombstone: Bool { status == .tombstone }

  /// The parent named by the first parent-child edge, or nil.
  public var parentID: IssueID? { dependencies.first { $0.type == .parentChild }?.dependsOnID }

  /// Bytes of description, design, notes and acceptance criteria.
  public var textSize: Int {
    description.utf8.count + design.utf8.count + notes.utf8.count + acceptanceCriteria.utf8.count
  }
}
