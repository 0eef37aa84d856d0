public import BeadsSystem

/// One step from a version of the schema to the next.
public struct Migration: Sendable {
  /// The version that the step leads to.
  public let version: Int
  /// A short name.
  public let name: String
  /// What it adds, in a few words.
  public let summary: String
  /// What is run; only additions, so that older programs go on reading.
  let statements: [String]

  package init(version: Int, name: String, summary: String, statements: [String]) {
    self.version = version
    self.name = name
    self.summary = summary
    self.statements = statements
  }

  /// Every step there ever was, in order; a store made anew has them all.
  public static let all = [
    Migration(
      version: 1, name: "classic_tables", summary: "the tables, indexes and views of the first release",
      statements: [])
  ]
}

/// What `Store.migrate` did.
public struct MigrationReport: Sendable {
  /// The version of the schema before.
  public let from: Int
  /// The version after.
  public let to: Int
  /// The steps, in order.
  public internal(set) var applied: [Migration] = []
  /// Where a copy of the database is, as it was before; nil when nothing was to do.
  public internal(set) var backup: String?
}

extension Store {
  /// Brings the database of an older version up to date: a copy first, then all steps in one transaction.
  ///
  /// Reading never does this. A store of this version is left as it is, to the byte.
  /// - Parameter isDryRun: Whether only to say which steps are missing.
  /// - Throws: `unsupported` for a store of a newer version, `no_store`, `locked`, `read_only`.
  @discardableResult
  public static func migrate(
    at location: StoreLocation, environment: Environment = .process, options: StoreOptions = StoreOptions(),
    isDryRun: Bool = false
  ) throws(BeadsError) -> MigrationReport {
    try migrate(
      at: location, environment: environment, options: options, isDryRun: isDryRun, steps: Migration.all)
  }

  package static func migrate(
    at location: StoreLocation, environment: Environment, options: StoreOptions = StoreOptions(),
    isDryRun: Bool = false, steps: [Migration]
  ) throws(BeadsError) -> MigrationReport {
    let lock = FileLock(path: location.writeLockPath, command: options.command, clock: environment.clock)
    let store = try open(at: location, access: .readOnly, environment: environment, options: options)
    let from = try store.connection.pragmaInt("user_version") ?? 0
    store.closeConnection()
    let newest = steps.last?.version ?? 0
    var report = MigrationReport(from: from, to: max(from, newest))
    if from > newest { throw newerStore(location, version: from) }
    report.applied = steps.filter { $0.version > from }
    if report.applied.isEmpty || isDryRun { return report }
    let missing = report.applied
    report.backup = try lock.withLock(timeout: options.lockTimeout) { () throws(BeadsError) in
      try MigrationRun(location: location, environment: environment).run(missing, from: from)
    }
    return report
  }

  static func newerStore(_ location: StoreLocation, version: Int) -> BeadsError {
    BeadsError(
      .unsupported,
      "\(location.databasePath) was written by a newer bd (schema \(version)); this one only reads it",
      hint: "upgrade bd")
  }

  static func olderStore(_ location: StoreLocation, version: Int) -> BeadsError {
    BeadsError(
      .unsupported,
      "\(location.databasePath) was written by an older bd (schema \(version)); it is only read as it is",
      hint: "`bd migrate` brings it up to date, after a copy")
  }
}

/// The steps in one transaction, under the write lock.
private struct MigrationRun {
  let location: StoreLocation
  let environment: Environment

  /// Returns where the copy is, or nil when another process was first.
  func run(_ steps: [Migration], from version: Int) throws(BeadsError) -> String? {
    let connection = try Connection(location.databasePath, .readWrite)
    defer { connection.close() }
    try connection.executeScript("PRAGMA synchronous = FULL")
    guard try connection.pragmaInt("user_version") == version else { return nil }
    let backup = try backUp(connection, version)
    try connection.transaction { () throws(BeadsError) in
      for step in steps {
        for statement in step.statements { try connection.execute(statement) }
        try connection.setPragma("user_version", step.version)
      }
      try IssueRows(connection: connection).setMetadata("bd_version", beadsVersion)
    }
    return backup
  }

  private func backUp(_ connection: Connection, _ version: Int) throws(BeadsError) -> String {
    let directory = Path.join(location.directory, "backup")
    try FileSystem.makeDirectory(directory)
    let seconds = environment.clock() / 1_000_000_000
    let path = Path.join(directory, "\(Path.name(of: location.databasePath)).schema-\(version)-\(seconds)")
    try connection.backup(to: path)
    return path
  }
}
