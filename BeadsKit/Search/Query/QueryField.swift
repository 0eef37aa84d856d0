/// A field that a query can ask about.
public enum QueryField: Sendable, Hashable {
  case status, priority, type, assignee, owner, label, title, description, notes
  case id, specification, parent
  case created, updated, started, closed, due, deferred
  case pinned, ephemeral, template
  case molType
  /// A member of the metadata.
  case metadata(key: String)
  /// The keys of the metadata.
  case metadataKey

  /// What values the field takes.
  enum Kind {
    case status, type, priority
    /// Whole texts; several mean any of them.
    case words
    /// Whole texts, in which `*` stands for anything.
    case patterns
    /// Text that occurs in the field.
    case text
    case moment
    case flag
    case issue
    case molType
    case member
    case key
  }

  var kind: Kind {
    switch self {
    case .status: .status
    case .type: .type
    case .priority: .priority
    case .assignee, .owner, .label: .words
    case .id, .specification: .patterns
    case .title, .description, .notes: .text
    case .created, .updated, .started, .closed, .due, .deferred: .moment
    case .pinned, .ephemeral, .template: .flag
    case .parent: .issue
    case .molType: .molType
    case .metadata: .member
    case .metadataKey: .key
    }
  }

  /// Whether values can be less or greater than others.
  var isOrdered: Bool { kind == .priority || kind == .moment }

  /// Whether `none` asks for issues without it.
  var canBeEmpty: Bool {
    switch self {
    case .assignee, .owner, .label, .description, .notes, .specification, .parent: true
    case .started, .closed, .due, .deferred: true
    default: false
    }
  }

  /// The name by which it is written.
  public var name: String {
    switch self {
    case .metadata(let key): "metadata.\(key)"
    default: Self.names.first { $0.field == self }?.name ?? ""
    }
  }

  /// Every name of a field, the usual ones first.
  static let names: [(name: String, field: QueryField)] = [
    ("status", .status), ("priority", .priority), ("type", .type), ("assignee", .assignee), ("owner", .owner),
    ("label", .label), ("title", .title), ("description", .description), ("notes", .notes), ("id", .id),
    ("spec", .specification), ("parent", .parent), ("created", .created), ("updated", .updated),
    ("started", .started), ("closed", .closed), ("due", .due), ("defer", .deferred), ("pinned", .pinned),
    ("ephemeral", .ephemeral), ("template", .template), ("mol_type", .molType),
    ("has_metadata_key", .metadataKey),
  ]

  private static let otherNames: [String: QueryField] = [
    "labels": .label, "desc": .description, "spec_id": .specification, "issue_type": .type,
    "created_at": .created, "updated_at": .updated, "started_at": .started, "closed_at": .closed,
    "due_at": .due, "defer_until": .deferred,
  ]

  /// The field of a name, whatever its case; the keys of metadata keep theirs.
  init?(name: String) {
    let folded = name.lowercased()
    let prefix = "metadata."
    if folded.hasPrefix(prefix) {
      self = .metadata(key: String(name.dropFirst(prefix.count)))
    } else if let field = Self.names.first(where: { $0.name == folded })?.field ?? Self.otherNames[folded] {
      self = field
    } else {
      return nil
    }
  }
}
