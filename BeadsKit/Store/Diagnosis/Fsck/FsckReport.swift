import BeadsModel

/// What `Store.fsck` proved and what it could not.
public struct FsckReport: Sendable, Equatable {
  /// How much was compared.
  public internal(set) var proved = FsckCounts()
  /// Everything that disagrees; empty when the store is sound.
  public internal(set) var findings: [FsckFinding] = []

  /// Whether database, file and operation log agree.
  public var isClean: Bool { findings.isEmpty }
}

/// How much `Store.fsck` compared.
public struct FsckCounts: Sendable, Equatable {
  /// Pages of the database, each checked by SQLite.
  public internal(set) var pages = 0
  /// Issues in the database, deleted ones included.
  public internal(set) var issues = 0
  /// Records in the file.
  public internal(set) var lines = 0
  /// Issues that wait to be written to the file.
  public internal(set) var waiting = 0
  /// Operations in the log.
  public internal(set) var operations = 0
  /// What those operations did to single issues and settings.
  public internal(set) var changes = 0
  /// Edges between issues.
  public internal(set) var edges = 0
  /// Comments.
  public internal(set) var comments = 0
  /// Members of the blocked set.
  public internal(set) var blocked = 0
  /// IDs that git's history of the file knows; nil when git was not asked.
  public internal(set) var history: Int?
}

/// One thing that `Store.fsck` found to disagree.
public struct FsckFinding: Sendable, Equatable {
  /// What kind of disagreement it is.
  public let kind: Kind
  /// The issue, table, setting or line it is about.
  public let subject: String
  /// One sentence that names the subject.
  public let message: String

  /// A stable code for each kind of disagreement.
  public enum Kind: String, Sendable, CaseIterable {
    /// SQLite itself finds the database damaged.
    case databaseDamaged = "database_damaged"
    /// A table, index or view is missing or not the one this version makes.
    case schemaDiffers = "schema_differs"
    /// A row that cannot be read.
    case rowUnreadable = "row_unreadable"
    /// A row whose fields contradict each other, such as a deleted issue without the time of its deletion.
    case rowInvalid = "row_invalid"
    /// A column that follows from others, such as the content hash, and does not.
    case rowDerived = "row_derived"
    /// A label, edge or comment of an issue that does not exist.
    case strayRow = "stray_row"
    /// The blocked set is not what the edges say.
    case blockedSet = "blocked_set"
    /// The search index does not know all of an issue's text.
    case searchIndex = "search_index"
    /// A mark "not in the file yet" that cannot be right.
    case dirtyMark = "dirty_mark"
    /// The last logged state of an issue is not its present one.
    case logDiffers = "log_differs"
    /// An issue that no operation made.
    case logLacks = "log_lacks"
    /// An issue that an operation made and that is gone.
    case logLost = "log_lost"
    /// An operation that began with another state than the one before it left.
    case logGap = "log_gap"
    /// The file does not exist although issues were written to it.
    case fileMissing = "file_missing"
    /// The file was changed by another program and not imported yet.
    case fileNotImported = "file_not_imported"
    /// A line of the file that cannot be read, such as a conflict marker.
    case fileUnreadable = "file_unreadable"
    /// An issue that is on several lines of the file.
    case fileDuplicate = "file_duplicate"
    /// An issue that should be in the file and is not.
    case fileLacks = "file_lacks"
    /// An issue of the file that the database does not have.
    case fileUnknown = "file_unknown"
    /// An issue of the file that the database believes not to be in it.
    case fileFlag = "file_flag"
    /// An issue whose line is not its state in the database.
    case fileDiffers = "file_differs"
    /// A file that is remembered as canonical and is not.
    case fileForm = "file_form"
    /// An issue that git's history knows and the store does not.
    case historyLost = "history_lost"
  }
}

extension FsckReport {
  mutating func add(_ kind: FsckFinding.Kind, _ subject: String, _ message: String) {
    findings.append(FsckFinding(kind: kind, subject: subject, message: message))
  }

  mutating func add(_ kind: FsckFinding.Kind, _ id: IssueID, _ message: String) {
    add(kind, id.rawValue, message)
  }
}
