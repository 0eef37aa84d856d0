/// The state of an issue; any lower-case word is possible in a file, a project configures its own beside the built-in ones.
public struct Status: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The word as written in files.
  public var rawValue: String

  /// Wraps a word.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Nobody works on it yet.
  public static let open = Status(rawValue: "open")
  /// Claimed and being worked on.
  public static let inProgress = Status(rawValue: "in_progress")
  /// Set by hand; an issue with open blockers need not have this status.
  public static let blocked = Status(rawValue: "blocked")
  /// Attached to an agent's hook.
  public static let hooked = Status(rawValue: "hooked")
  /// On ice, with or without a date.
  public static let deferred = Status(rawValue: "deferred")
  /// Permanent context rather than work.
  public static let pinned = Status(rawValue: "pinned")
  /// Done.
  public static let closed = Status(rawValue: "closed")
  /// Deleted; kept so that the deletion wins merges.
  public static let tombstone = Status(rawValue: "tombstone")

  /// The word itself.
  public var description: String { rawValue }
}

/// What a status means for readiness and listing.
public enum StatusCategory: String, Sendable, CaseIterable {
  /// May be offered as ready work.
  case active
  /// Being worked on.
  case wip
  /// Finished: hidden from lists, blocks nothing.
  case done
  /// Set aside: hidden from lists.
  case frozen
  /// A custom status without a category: listed, never ready.
  case unspecified
}

/// A status with its category, icon and meaning.
public struct StatusDefinition: Sendable, Equatable {
  /// The status.
  public let status: Status
  /// What it means for readiness and listing.
  public let category: StatusCategory
  /// One character that stands for it.
  public let icon: String
  /// One sentence for people.
  public let summary: String

  /// Defines a status; the icon defaults to that of its category.
  public init(_ status: Status, _ category: StatusCategory, icon: String? = nil, summary: String = "") {
    self.status = status
    self.category = category
    self.icon = icon ?? Self.icon(of: category)
    self.summary = summary
  }

  private static func icon(of category: StatusCategory) -> String {
    switch category {
    case .active, .unspecified: "○"
    case .wip: "◐"
    case .done: "✓"
    case .frozen: "❄"
    }
  }

  /// The built-in statuses that users may set, in the order they are listed.
  public static let builtIn: [StatusDefinition] = [
    StatusDefinition(.open, .active, icon: "○", summary: "Available to work on"),
    StatusDefinition(.inProgress, .wip, icon: "◐", summary: "Being worked on"),
    StatusDefinition(.blocked, .wip, icon: "●", summary: "Waiting for something outside the graph"),
    StatusDefinition(.hooked, .wip, icon: "◇", summary: "Attached to an agent's hook"),
    StatusDefinition(.deferred, .frozen, icon: "❄", summary: "On ice until later"),
    StatusDefinition(.pinned, .frozen, icon: "📌", summary: "Permanent context, not work"),
    StatusDefinition(.closed, .done, icon: "✓", summary: "Finished"),
  ]
}
