public import BeadsModel
public import BeadsSystem

/// Where the files of a store are; `Workspace` finds it, tests and tools may name it.
public struct StoreLocation: Sendable, Equatable {
  /// The `.beads` directory.
  public var directory: String
  /// The SQLite database, `beads.db`.
  public var databasePath: String
  /// The file that git carries, `issues.jsonl`.
  public var jsonlPath: String

  /// The usual names in a `.beads` directory.
  public init(directory: String) {
    self.init(
      directory: directory, databasePath: Path.join(directory, "beads.db"),
      jsonlPath: Path.join(directory, "issues.jsonl"))
  }

  /// A store whose files have other names.
  public init(directory: String, databasePath: String, jsonlPath: String) {
    self.directory = directory
    self.databasePath = databasePath
    self.jsonlPath = jsonlPath
  }

  /// The store of a workspace.
  public init(_ workspace: Workspace) {
    self.init(
      directory: workspace.beadsDirectory, databasePath: workspace.databasePath,
      jsonlPath: workspace.jsonlPath)
  }

  /// What stays in this clone when there is no database: wisps and infrastructure issues.
  var localIssuesPath: String { Path.join(directory, "local.jsonl") }
  /// The settings of this clone when there is no database.
  var localSettingsPath: String { Path.join(directory, "config.local.yaml") }
  /// Writers queue on this file.
  var writeLockPath: String { Path.join(directory, ".write.lock") }
  /// Whoever writes `issues.jsonl` holds this one.
  var exportLockPath: String { Path.join(directory, ".jsonl.lock") }
}

/// How a store behaves; the defaults are right for a program that uses the library.
public struct StoreOptions: Sendable {
  /// How long a writer waits in the queue before it gives up with `locked`.
  public var lockTimeout: Duration
  /// What the process is called in the message that others get while it holds the lock.
  public var command: String
  /// Whether `flush` and `close` write `issues.jsonl`.
  public var exportsFile: Bool
  /// Files larger than this many bytes are written at most once a minute, or when forced.
  public var deferExportAbove: Int64
  /// How many child numbers an ID may have (`hierarchy.max-depth`).
  public var maximumDepth: Int
  /// The value of a setting that the database does not have, such as `types.custom` in `config.yaml`.
  public var fallback: @Sendable (String) throws(BeadsError) -> String?

  /// The defaults.
  public init(
    lockTimeout: Duration = .seconds(30), command: String = "a BeadsKit program", exportsFile: Bool = true,
    deferExportAbove: Int64 = 32 << 20, maximumDepth: Int = IssueID.defaultMaximumDepth,
    fallback: @escaping @Sendable (String) throws(BeadsError) -> String? = { _ in nil }
  ) {
    self.lockTimeout = lockTimeout
    self.command = command
    self.exportsFile = exportsFile
    self.deferExportAbove = deferExportAbove
    self.maximumDepth = maximumDepth
    self.fallback = fallback
  }
}
