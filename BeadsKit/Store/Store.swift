public import BeadsModel
public import BeadsSystem
import CSQLite

/// A tracker: one SQLite database, and the `issues.jsonl` beside it that git carries.
///
/// ```swift
/// let store = try Store.open(at: StoreLocation(directory: ".beads"), actor: "alice")
/// let id = try store.write("create") { tx throws(BeadsError) in
///   try tx.create(IssueDraft(title: "Fix auth bug")).id
/// }
/// let ready = try store.ready()
/// try store.close()
/// ```
///
/// Reads never block a writer. Writes go through `write`, one at a time across all processes. `close` (or `flush`)
/// brings the file up to date. A store belongs to one thread.
public final class Store {
  /// What the connection may do.
  public enum Access: Sendable { case readOnly, readWrite }

  /// Where things are.
  public let location: StoreLocation
  /// Clock, user and randomness.
  public let environment: Environment
  /// What this connection may do.
  public let access: Access
  /// The words the project accepts; read from its configuration.
  public private(set) var rules: IssueRules
  /// The name changes are recorded under.
  public var actor: String
  /// Called after each commit of `write` with what it did, in its order; when nil, nothing is collected.
  ///
  /// What an import takes over is not told: it was done, and told, elsewhere. The queue is free by then, and the
  /// closure may use the store.
  public var onCommit: (([CommittedChange]) -> Void)?

  /// The open database; another one when the file was replaced, see `followDatabase`.
  package private(set) var connection: Connection
  /// Where what is written is kept.
  let medium: Medium
  /// Whether this process holds the file of a store without database, and may change it.
  var holdsFile = false
  /// Why the file of a store without database could not be written: what is in memory is not what counts any more.
  var fileFailure: BeadsError?
  /// Why nothing can be written although it was asked for; the database is then read as it is.
  private(set) var obstacle: BeadsError?
  var rows: IssueRows { IssueRows(connection: connection) }
  /// How the store behaves.
  public let options: StoreOptions
  /// What was committed and `onCommit` has not been told yet.
  var untold: [CommittedChange] = []
  /// Whether this process committed something that the file may not have yet.
  var hasUnwrittenChanges = false
  /// Where issues went that had to give their ID to an earlier one while this process looked on.
  var movedIDs: [IssueID: IssueID] = [:]
  /// How many changes of its own this process committed.
  public internal(set) var commitCount = 0

  init(
    location: StoreLocation, opened: Opened, access: Access, actor: String, environment: Environment,
    options: StoreOptions
  ) throws(BeadsError) {
    self.location = location
    connection = opened.connection
    medium = opened.medium
    obstacle = opened.obstacle
    self.access = access
    self.actor = actor
    self.environment = environment
    self.options = options
    rules = IssueRules(maximumDepth: options.maximumDepth)
    rules.vocabulary = try loadVocabulary()
  }

  /// The present time as the environment tells it.
  public var now: Timestamp { Timestamp(unixNanoseconds: environment.clock()) }

  // MARK: Opening

  /// Opens the store in a `.beads` directory.
  ///
  /// - Parameters:
  ///   - actor: The name changes are recorded under.
  ///   - access: `.readOnly` refuses writes and works on a read-only file system.
  /// A database that a newer version made is read, and refuses changes.
  /// - Throws: `noStore`, `corrupt` (not a beads database), `io`.
  public static func open(
    at location: StoreLocation, actor: String = "unknown", access: Access = .readWrite,
    environment: Environment = .process, options: StoreOptions = StoreOptions()
  ) throws(BeadsError) -> Store {
    guard FileSystem.exists(location.databasePath) else {
      throw BeadsError(
        .noStore, "no beads database found at \(location.databasePath)",
        hint: "run `bd init` to set up a new project")
    }
    var opened = try openConnection(location, access, options)
    try checkIdentity(opened.connection, location)
    if let newer = try newerVersion(opened.connection, location) { opened.obstacle = newer }
    return try Store(
      location: location, opened: opened, access: access, actor: actor, environment: environment,
      options: options)
  }

  /// Opens the database again when its path names another file than the open one, which was set aside.
  ///
  /// Whoever wrote there would lose it. To be called while holding a lock that those who set aside hold too.
  /// - Throws: `database_replaced` when there is none now, or in the middle of a transaction.
  func followDatabase() throws(BeadsError) {
    guard medium == .database, connection.isMoved else { return }
    guard !connection.isInTransaction, FileSystem.exists(location.databasePath) else {
      throw BeadsError(
        .databaseReplaced,
        "\(location.databasePath) was moved away while this was running; nothing was written",
        hint: "try again")
    }
    var opened = try Self.openConnection(location, access, options)
    try Self.checkIdentity(opened.connection, location)
    if let newer = try Self.newerVersion(opened.connection, location) { opened.obstacle = newer }
    connection.close()
    connection = opened.connection
    obstacle = opened.obstacle
    rules.vocabulary = try loadVocabulary()
  }

  struct Opened {
    let connection: Connection
    var obstacle: BeadsError?
    var medium = Medium.database
  }

  private static func openConnection(
    _ location: StoreLocation, _ access: Access, _ options: StoreOptions
  ) throws(BeadsError) -> Opened {
    do throws(BeadsError) {
      let connection = try Connection(location.databasePath, .readWrite, busyTimeout: options.lockTimeout)
      try configure(connection, access)
      return Opened(connection: connection)
    } catch {
      guard let connection = try? openUnshared(location) else { throw error }
      return Opened(connection: connection, obstacle: error)
    }
  }

  /// Opens a database beside which no file can be made, because of permissions, a read-only file system or a full disk.
  ///
  /// Readers share memory in such a file. Without one the database is read as it is, which is all there is when the
  /// write-ahead log is empty.
  private static func openUnshared(_ location: StoreLocation) throws(BeadsError) -> Connection? {
    guard try (FileSystem.stamp(location.databasePath + "-wal")?.size ?? 0) == 0 else { return nil }
    let connection = try Connection(location.databasePath, .immutable)
    try configure(connection, .readOnly)
    return connection
  }

  /// Kilobytes, negative as SQLite wants them.
  static let cacheSize = -16_000

  /// Law 5: durable commits, no automatic checkpoint, no memory map.
  static func configure(_ connection: Connection, _ access: Access) throws(BeadsError) {
    connection.takesTurns = true
    try connection.executeScript(
      """
      PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF;
      PRAGMA journal_size_limit = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = \(cacheSize);
      """)
    if access == .readOnly {
      try connection.execute("PRAGMA query_only = ON")
      connection.keepLogOnClose()
    }
  }

  private static func checkIdentity(_ connection: Connection, _ location: StoreLocation) throws(BeadsError) {
    let id = try connection.int64("PRAGMA application_id") ?? 0
    guard id == Schema.applicationID else {
      throw BeadsError(
        .corrupt, "\(location.databasePath) is not a beads database of this tool",
        hint: "see `bd rebuild --help`")
    }
  }

  /// Why a database of another version is only read: changes of its format add, so that reading is safe.
  private static func newerVersion(
    _ connection: Connection, _ location: StoreLocation
  ) throws(BeadsError) -> BeadsError? {
    let version = try connection.int64("PRAGMA user_version") ?? 0
    if version == Schema.version { return nil }
    return version > Schema.version
      ? newerStore(location, version: Int(version)) : olderStore(location, version: Int(version))
  }

  // MARK: Creating

  /// Creates the database of a new store; the directory must exist and hold none.
  ///
  /// - Parameters:
  ///   - prefix: What IDs start with.
  /// - Throws: `exists` when there is one already, which is left as it is; `io`.
  public static func create(
    at location: StoreLocation, prefix: Prefix, actor: String = "unknown",
    environment: Environment = .process,
    options: StoreOptions = StoreOptions()
  ) throws(BeadsError) -> Store {
    // Of many processes that miss the database, one makes it: a second one would replace what others write to.
    let lock = FileLock(path: location.writeLockPath, command: options.command, clock: environment.clock)
    try lock.withLock(timeout: options.lockTimeout) { () throws(BeadsError) in
      if FileSystem.exists(location.databasePath) {
        throw BeadsError(.exists, "\(location.databasePath) already exists")
      }
      try NewDatabase(path: location.databasePath, environment: environment).make(prefix: prefix)
    }
    return try open(at: location, actor: actor, environment: environment, options: options)
  }

  // MARK: Closing

  /// Brings the file up to date and closes the database.
  ///
  /// The store must not be used afterwards.
  public func close() throws(BeadsError) {
    try flush()
    connection.close()
  }

  /// Closes the database without writing the file.
  public func closeConnection() { connection.close() }

  // MARK: Configuration

  /// The value of a key of the database's configuration, or nil when it is unset.
  public func config(_ key: String) throws(BeadsError) -> String? {
    try connection.text("SELECT value FROM config WHERE key = ?1", key)
  }

  /// Every key and value of the database's configuration that starts with a prefix, in order.
  public func allConfig(prefix: String = "") throws(BeadsError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    try connection.query("SELECT key, value FROM config ORDER BY key") { row throws(BeadsError) in
      let key = row.text(0)
      if key.hasPrefix(prefix) { pairs.append((key, row.text(1))) }
    }
    return pairs
  }

  /// A value of the store's own metadata, such as `bd_version`.
  public func metadata(_ key: String) throws(BeadsError) -> String? {
    try connection.text("SELECT value FROM metadata WHERE key = ?1", key)
  }

  func reloadRules() throws(BeadsError) {
    rules.vocabulary = try loadVocabulary()
    try StatusTable(connection: connection).write(rules.vocabulary.statuses)
  }

  private func loadVocabulary() throws(BeadsError) -> Vocabulary {
    var words: [String: String] = [:]
    try connection.query(
      "SELECT key, value FROM config WHERE key IN ('status.custom', 'types.custom', 'types.infra')"
    ) { row throws(BeadsError) in words[row.text(0)] = row.text(1) }
    for key in ["status.custom", "types.custom", "types.infra"] where words[key] == nil {
      words[key] = try options.fallback(key)
    }
    return Vocabulary(
      customStatuses: words["status.custom"], customTypes: words["types.custom"],
      infrastructureTypes: words["types.infra"])
  }
}

/// The statuses and their categories as rows, which the blocking predicate joins.
struct StatusTable {
  let connection: Connection

  func write(_ statuses: [StatusDefinition]) throws(BeadsError) {
    try connection.execute("DELETE FROM status_categories")
    for definition in statuses + [StatusDefinition(.tombstone, .done)] {
      try connection.execute(
        "INSERT OR REPLACE INTO status_categories (status, category) VALUES (?1, ?2)",
        definition.status.rawValue,
        definition.category.rawValue)
    }
  }
}
