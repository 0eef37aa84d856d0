/// The one description of an issue field: its names, type, omit rule, place in the content hash and merge rule.
///
/// The SQLite schema, the row codec, the JSONL codec, `--json` output and the three-way merge all walk `all`;
/// a field that is not in the table does not exist, a field that is needs no other code. It holds no reference,
/// so that the walk counts none.
package struct IssueField: Sendable {
  /// How the property is stored in memory, in a column and in JSON.
  package enum Storage: Sendable {
    case id
    case text(FieldPath<String>)
    case optionalText(FieldPath<String?>)
    case int(FieldPath<Int>)
    case int64(FieldPath<Int64>)
    case optionalInt(FieldPath<Int?>)
    case real(FieldPath<Double?>)
    case flag(FieldPath<Bool>)
    case time(FieldPath<Timestamp>)
    case optionalTime(FieldPath<Timestamp?>)
    /// JSON text, carried as it is.
    case json(FieldPath<String?>)
    /// A list of strings in one column as JSON.
    case strings(FieldPath<[String]>)
    /// These three live in tables of their own.
    case labels, dependencies, comments
  }

  /// What a three-way merge does when both sides changed the field; a change on one side always wins.
  package enum MergeRule: Sendable {
    /// Part of the identity; never differs.
    case identity
    /// The side with the later `updated_at`.
    case later
    /// As `later`; the other side's text is kept in the notes.
    case laterKeepingText
    /// As `laterKeepingText`, and takes the texts that others lost.
    case notes
    /// The later moment.
    case maximum
    /// True wins.
    case either
    /// Element by element against the base.
    case set
    /// Union by identity.
    case union
    /// The status rule, which closing and deleting fields follow as a group.
    case status, withClosing, withDeletion
    /// From the side compacted later.
    case withCompaction
  }

  /// The JSON key.
  package let key: StaticString
  /// The column: equal to the key but for `timeout_ns`, none for fields with their own table.
  package var column: String? { columnName.map { "\($0)" } }
  private let columnName: StaticString?
  package let storage: Storage
  /// Whether the key is written even when the value is empty.
  package let isAlwaysWritten: Bool
  /// The place in the content hash, from 1; nil when the field is not hashed.
  package let hashOrder: Int?
  package let merge: MergeRule

  private init(
    _ key: StaticString, _ storage: Storage, column: StaticString? = nil, always: Bool = false,
    hash: Int? = nil,
    merge: MergeRule = .later
  ) {
    self.key = key
    self.storage = storage
    self.isAlwaysWritten = always
    self.hashOrder = hash
    self.merge = merge
    switch storage {
    case .labels, .dependencies, .comments: columnName = nil
    default: columnName = column ?? key
    }
  }

  /// Every field, in the order of the file.
  package static let all: [IssueField] = [
    IssueField("id", .id, always: true, merge: .identity),
    IssueField("title", .text(FieldPath(\.title)), always: true, hash: 1, merge: .laterKeepingText),
    IssueField("description", .text(FieldPath(\.description)), hash: 2, merge: .laterKeepingText),
    IssueField("design", .text(FieldPath(\.design)), hash: 3, merge: .laterKeepingText),
    IssueField(
      "acceptance_criteria", .text(FieldPath(\.acceptanceCriteria)), hash: 4, merge: .laterKeepingText),
    IssueField("notes", .text(FieldPath(\.notes)), hash: 5, merge: .notes),
    IssueField("spec_id", .text(FieldPath(\.specID)), hash: 6),
    IssueField("status", .text(FieldPath(\.status.rawValue)), hash: 7, merge: .status),
    IssueField("priority", .int(FieldPath(\.priority)), always: true, hash: 8),
    IssueField("issue_type", .text(FieldPath(\.type.rawValue)), hash: 9),
    IssueField("assignee", .text(FieldPath(\.assignee)), hash: 10),
    IssueField("owner", .text(FieldPath(\.owner)), hash: 11),
    IssueField("estimated_minutes", .optionalInt(FieldPath(\.estimatedMinutes))),
    IssueField("created_at", .time(FieldPath(\.createdAt)), always: true, merge: .identity),
    IssueField("created_by", .text(FieldPath(\.createdBy)), hash: 12),
    IssueField("updated_at", .time(FieldPath(\.updatedAt)), always: true, merge: .maximum),
    IssueField("started_at", .optionalTime(FieldPath(\.startedAt))),
    IssueField("closed_at", .optionalTime(FieldPath(\.closedAt)), merge: .withClosing),
    IssueField("close_reason", .text(FieldPath(\.closeReason)), merge: .withClosing),
    IssueField("closed_by_session", .text(FieldPath(\.closedBySession)), merge: .withClosing),
    IssueField("due_at", .optionalTime(FieldPath(\.dueAt))),
    IssueField("defer_until", .optionalTime(FieldPath(\.deferUntil))),
    IssueField("external_ref", .optionalText(FieldPath(\.externalRef)), hash: 13),
    IssueField("source_system", .text(FieldPath(\.sourceSystem)), hash: 14),
    IssueField("metadata", .json(FieldPath(\.metadata)), hash: 16),
    IssueField("compaction_level", .int(FieldPath(\.compactionLevel)), merge: .withCompaction),
    IssueField("compacted_at", .optionalTime(FieldPath(\.compactedAt)), merge: .withCompaction),
    IssueField("compacted_at_commit", .optionalText(FieldPath(\.compactedAtCommit)), merge: .withCompaction),
    IssueField("original_size", .int(FieldPath(\.originalSize)), merge: .withCompaction),
    IssueField("labels", .labels, merge: .set),
    IssueField("dependencies", .dependencies, merge: .set),
    IssueField("comments", .comments, merge: .union),
    IssueField("deleted_at", .optionalTime(FieldPath(\.deletedAt)), merge: .withDeletion),
    IssueField("deleted_by", .text(FieldPath(\.deletedBy)), merge: .withDeletion),
    IssueField("delete_reason", .text(FieldPath(\.deleteReason)), merge: .withDeletion),
    IssueField("original_type", .text(FieldPath(\.originalType)), merge: .withDeletion),
    IssueField("sender", .text(FieldPath(\.sender))),
    IssueField("ephemeral", .flag(FieldPath(\.isEphemeral)), merge: .either),
    IssueField("no_history", .flag(FieldPath(\.hasNoHistory)), merge: .either),
    IssueField("wisp_type", .text(FieldPath(\.wispType))),
    IssueField("pinned", .flag(FieldPath(\.isPinned)), hash: 15, merge: .either),
    IssueField("is_template", .flag(FieldPath(\.isTemplate)), hash: 17, merge: .either),
    IssueField("bonded_from", .json(FieldPath(\.bondedFrom)), hash: 18),
    IssueField("creator", .json(FieldPath(\.creator)), hash: 19),
    IssueField("validations", .json(FieldPath(\.validations)), hash: 20),
    IssueField("quality_score", .real(FieldPath(\.qualityScore)), hash: 21),
    IssueField("crystallizes", .flag(FieldPath(\.crystallizes)), hash: 22, merge: .either),
    IssueField("await_type", .text(FieldPath(\.awaitType)), hash: 23),
    IssueField("await_id", .text(FieldPath(\.awaitID)), hash: 24),
    IssueField("timeout", .int64(FieldPath(\.timeout)), column: "timeout_ns", hash: 25),
    IssueField("waiters", .strings(FieldPath(\.waiters)), hash: 26, merge: .set),
    IssueField("holder", .text(FieldPath(\.holder)), hash: 27),
    IssueField("source_formula", .text(FieldPath(\.sourceFormula))),
    IssueField("source_location", .text(FieldPath(\.sourceLocation))),
    IssueField("hook_bead", .text(FieldPath(\.hookBead)), hash: 28),
    IssueField("role_bead", .text(FieldPath(\.roleBead)), hash: 29),
    IssueField("agent_state", .text(FieldPath(\.agentState)), hash: 30),
    IssueField("last_activity", .optionalTime(FieldPath(\.lastActivity)), merge: .maximum),
    IssueField("role_type", .text(FieldPath(\.roleType)), hash: 31),
    IssueField("rig", .text(FieldPath(\.rig)), hash: 32),
    IssueField("mol_type", .text(FieldPath(\.molType)), hash: 33),
    IssueField("work_type", .text(FieldPath(\.workType)), hash: 34),
    IssueField("event_kind", .text(FieldPath(\.eventKind)), hash: 35),
    IssueField("actor", .text(FieldPath(\.actor)), hash: 36),
    IssueField("target", .text(FieldPath(\.target)), hash: 37),
    IssueField("payload", .text(FieldPath(\.payload)), hash: 38),
  ]

  /// The fields that are columns of the `issues` table, in order.
  package static let columns: [IssueField] = all.filter { $0.column != nil }

  /// The field of that JSON key, or nil.
  package static func named(_ key: String) -> IssueField? { all.first { "\($0.key)" == key } }
}

extension IssueField {
  /// Whether the two issues hold the same value of this field; edges and comments compare as sets.
  package func isEqual(_ a: Issue, _ b: Issue) -> Bool {
    withUnsafePointer(to: a) { a in withUnsafePointer(to: b) { b in isEqual(a, b) } }
  }

  /// As `isEqual` of the issues at these addresses: for loops over fields, which would copy the issues each time.
  package func isEqual(_ a: UnsafePointer<Issue>, _ b: UnsafePointer<Issue>) -> Bool {
    switch storage {
    case .id: a.pointee.id == b.pointee.id
    case .text(let path): path.value(in: a) == path.value(in: b)
    case .optionalText(let path), .json(let path): path.value(in: a) == path.value(in: b)
    case .int(let path): path.value(in: a) == path.value(in: b)
    case .int64(let path): path.value(in: a) == path.value(in: b)
    case .optionalInt(let path): path.value(in: a) == path.value(in: b)
    case .real(let path): path.value(in: a) == path.value(in: b)
    case .flag(let path): path.value(in: a) == path.value(in: b)
    case .time(let path): path.value(in: a) == path.value(in: b)
    case .optionalTime(let path): path.value(in: a) == path.value(in: b)
    case .strings(let path): path.value(in: a) == path.value(in: b)
    case .labels: a.pointee.labels == b.pointee.labels
    case .dependencies: Set(a.pointee.dependencies) == Set(b.pointee.dependencies)
    case .comments: Set(a.pointee.comments) == Set(b.pointee.comments)
    }
  }

  /// Copies this field from one issue to another.
  package func copy(from source: Issue, to target: inout Issue) {
    withUnsafePointer(to: source) { copy(from: $0, to: &target) }
  }

  /// Copies this field from the issue at that address.
  package func copy(from source: UnsafePointer<Issue>, to target: inout Issue) {
    switch storage {
    case .id: target.id = source.pointee.id
    case .text(let path): target[keyPath: path] = path.value(in: source)
    case .optionalText(let path), .json(let path): target[keyPath: path] = path.value(in: source)
    case .int(let path): target[keyPath: path] = path.value(in: source)
    case .int64(let path): target[keyPath: path] = path.value(in: source)
    case .optionalInt(let path): target[keyPath: path] = path.value(in: source)
    case .real(let path): target[keyPath: path] = path.value(in: source)
    case .flag(let path): target[keyPath: path] = path.value(in: source)
    case .time(let path): target[keyPath: path] = path.value(in: source)
    case .optionalTime(let path): target[keyPath: path] = path.value(in: source)
    case .strings(let path): target[keyPath: path] = path.value(in: source)
    case .labels: target.labels = source.pointee.labels
    case .dependencies: target.dependencies = source.pointee.dependencies
    case .comments: target.comments = source.pointee.comments
    }
  }
}
