import BeadsModel

/// What `bd doctor --apply` would do: computed from what is there, so that equal findings give equal plans.
public struct RepairPlan: Sendable, Equatable {
  /// What would be done, in this order.
  public let repairs: [Repair]

  /// Names this very plan: eight digits that depend on every item of it; with one repair, that repair's.
  public var id: String { repairs.count == 1 ? repairs[0].id : Self.digest(repairs.map(\.id)) }
  /// Whether there is nothing to repair.
  public var isEmpty: Bool { repairs.isEmpty }

  /// The part of the plan that an ID names: all of it, or one repair.
  func part(_ id: String) -> RepairPlan? {
    if id == self.id, !isEmpty { return self }
    let named = repairs.filter { $0.id == id }
    return named.isEmpty ? nil : RepairPlan(repairs: named)
  }

  /// The repairs of some kinds; nil for all.
  func only(_ kinds: Set<Repair.Kind>?) -> RepairPlan {
    guard let kinds else { return self }
    return RepairPlan(repairs: repairs.filter { kinds.contains($0.kind) })
  }

  func only(_ scope: Repair.Scope) -> RepairPlan {
    RepairPlan(repairs: repairs.filter { $0.kind.scope == scope })
  }

  static func digest(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
      hash.update(part)
      hash.update("\u{0}")
    }
    return String(hash.digest.hex.prefix(8))
  }
}

/// One kind of damage and everything in the project that has it.
public struct Repair: Sendable, Equatable {
  /// What is repaired.
  public let kind: Kind
  /// Each thing that would be changed, one line each.
  public let items: [String]

  /// Names this repair with these very items.
  public var id: String { RepairPlan.digest([kind.rawValue] + items) }

  /// Where a repair changes something.
  enum Scope { case store, files }

  /// What can be repaired; nothing of it deletes what cannot be brought back.
  public enum Kind: String, Sendable, CaseIterable {
    /// Issues that a program changed without bd: logged, so that they can be undone, and shared.
    case adoptChanges = "adopt-changes"
    /// Issues that a program deleted without bd: brought back from the operation log or the file.
    case restoreIssues = "restore-issues"
    /// Issues whose times contradict their status.
    case completeIssues = "complete-issues"
    /// Edges to issues that do not exist.
    case orphanedEdges = "orphaned-dependencies"
    /// Edges by which a child waits for its own parent.
    case childParent = "child-parent-dependencies"
    /// Labels, edges and comments of issues that do not exist: moved to the quarantine.
    case strayRows = "stray-rows"
    /// What is computed from the issues: blocked set, hashes, statuses, marks.
    case derived = "derived-state"
    /// The file and the database: each gets what it lacks.
    case file = "issue-file"
    /// Patterns that `.beads/.gitignore` lacks.
    case ignoreFile = "gitignore"
    /// The merge driver that this clone's git does not know.
    case mergeDriver = "merge-driver"
    /// Files that merges and killed programs left: moved to `.beads/backup`.
    case leftovers = "leftovers"

    var scope: Scope {
      switch self {
      case .adoptChanges, .restoreIssues, .completeIssues, .orphanedEdges, .childParent, .strayRows, .derived:
        .store
      case .file, .ignoreFile, .mergeDriver, .leftovers: .files
      }
    }

    /// What is done, as an imperative.
    public var summary: String {
      switch self {
      case .adoptChanges: "log and share issues that were changed without bd"
      case .restoreIssues: "bring back issues that were deleted without bd"
      case .completeIssues: "make times agree with the status"
      case .orphanedEdges: "remove edges to issues that do not exist"
      case .childParent: "remove edges by which a child waits for its own parent"
      case .strayRows: "move rows that belong to no issue to the quarantine"
      case .derived: "compute again what follows from the issues"
      case .file: "bring the issue file and the database together"
      case .ignoreFile: "add patterns to .gitignore"
      case .mergeDriver: "tell git of this clone how to merge the issue file"
      case .leftovers: "move files that were left behind to the backups"
      }
    }

    /// How it can be taken back.
    public var reversal: String {
      switch self {
      case .adoptChanges, .restoreIssues, .completeIssues, .orphanedEdges, .childParent: "bd undo"
      case .strayRows: "they are kept in .beads/quarantine"
      case .derived: "no need: it is computed"
      case .file, .ignoreFile: "copies are kept in .beads/backup"
      case .mergeDriver: "bd uninstall"
      case .leftovers: "they are kept in .beads/backup"
      }
    }
  }
}

/// What applying a plan did.
public struct RepairReport: Sendable, Equatable {
  /// The plan.
  public let plan: RepairPlan
  /// The operation that `bd undo` takes back, if issues were changed.
  public internal(set) var operation: Int64?
  /// Where copies of the files are, as they were before.
  public internal(set) var backup: String?
  /// What else the user should know.
  public internal(set) var notes: [String] = []
}
