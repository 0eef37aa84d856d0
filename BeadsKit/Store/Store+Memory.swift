import BeadsFormats
public import BeadsModel
public import BeadsSystem

extension Store {
  /// Where what a store writes is kept.
  enum Medium: Sendable {
    /// In the database; the file is written after it.
    case database
    /// In the file alone: the database is in memory and lives as long as the process.
    case file
    /// In a database that nobody else sees yet.
    case draft
    /// Nowhere: a copy in memory, to read.
    case snapshot
  }

  /// Whether the store has a database; without one it lives in `issues.jsonl`.
  public var hasDatabase: Bool { medium != .file }

  // MARK: Opening

  /// Opens a store that has no database: every issue is read into memory, and every change rewrites `issues.jsonl`
  /// before it counts (contract 4.8).
  ///
  /// Same commands, same results; what is kept in the database otherwise goes to `config.local.yaml` (settings) and
  /// `local.jsonl` (wisps), which git ignores. There is no history: events and the operation log end with the
  /// process. Linear, about 40 us an issue.
  /// - Parameters:
  ///   - prefix: What new IDs start with, unless the local settings say otherwise.
  ///   - access: `.readOnly` writes nothing at all.
  /// - Throws: `corrupt` when the file cannot be read, `io`.
  public static func openFile(
    at location: StoreLocation, prefix: Prefix, actor: String = "unknown", access: Access = .readWrite,
    environment: Environment = .process, options: StoreOptions = StoreOptions()
  ) throws(BeadsError) -> Store {
    let connection = try Connection(":memory:", .create)
    try NewDatabase.fill(connection, prefix: prefix, environment: environment)
    try SearchIndex(connection: connection).remove()
    let rows = IssueRows(connection: connection)
    try rows.setMetadata(projectPrefix, prefix.rawValue)
    for (key, value) in try LocalSettings(location).load() { try rows.setConfig(key, value) }
    let store = try Store(
      location: location, opened: Opened(connection: connection, medium: .file), access: access, actor: actor,
      environment: environment, options: options)
    try store.reloadRules()
    try store.importChanges()
    try store.loadLocalIssues()
    return store
  }

  /// Opens a database that may not be written, with what has changed in the file since merged in memory: the answers
  /// are those of a writable store, and nothing on disk changes.
  ///
  /// Copies the whole database, about 1 ms a megabyte.
  public static func openSnapshot(
    at location: StoreLocation, actor: String = "unknown", environment: Environment = .process,
    options: StoreOptions = StoreOptions()
  ) throws(BeadsError) -> Store {
    let original = try open(
      at: location, actor: actor, access: .readOnly, environment: environment, options: options)
    defer { original.closeConnection() }
    let connection = try Connection(":memory:", .create)
    try original.connection.copy(to: connection)
    let store = try Store(
      location: location, opened: Opened(connection: connection, medium: .snapshot), access: .readOnly,
      actor: actor, environment: environment, options: options)
    try store.importChanges()
    return store
  }

  /// The metadata key of the prefix that the project's shared files tell.
  private static let projectPrefix = "project_prefix"

  // MARK: Writing

  /// A change of a store in memory: it counts when the file has it.
  func writeInMemory<R>(
    _ kind: String, _ trail: Transaction.Trail, _ undoes: Int64?,
    _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    try requireWritable(kind)
    return try holdingFile { () throws(BeadsError) in
      try importChanges()
      let result = try commit(kind, trail, undoes, body)
      do throws(BeadsError) { try saveMemory(force: false) } catch {
        // Memory is ahead of the file now; what this process does from here on must not save it after all.
        fileFailure = error
        throw error
      }
      return result
    }
  }

  /// `flush` of a store in memory: every change is in the file already.
  func flushMemory(force: Bool) throws(BeadsError) -> Bool {
    guard force, medium == .file, access == .readWrite else { return false }
    try requireWritable("export")
    return try holdingFile { () throws(BeadsError) in try saveMemory(force: true) }
  }

  @discardableResult
  private func saveMemory(force: Bool) throws(BeadsError) -> Bool {
    let wroteFile = try writeFileUntilSettled(force: force)
    try saveLocalIssues()
    let prefix = try metadata(Self.projectPrefix)
    let settings = try allConfig().filter { $0.key != "issue_prefix" || $0.value != prefix }
    try LocalSettings(location).save(settings, environment.clock)
    hasUnwrittenChanges = false
    return wroteFile
  }

  // MARK: What stays in this clone

  /// Reads the issues that the file does not have; one that the file has after all is the file's.
  private func loadLocalIssues() throws(BeadsError) {
    guard FileSystem.exists(location.localIssuesPath) else { return }
    let content = try FileSystem.read(location.localIssuesPath)
    let decoder = IssueDecoder()
    try commit(Operation.takeOverKind, .bulk, nil) { transaction throws(BeadsError) in
      try content.withUnsafeBufferPointer { buffer throws(BeadsError) in
        try FileLines.forEach(buffer) { number, line throws(BeadsError) in
          let record: FileRecord
          do throws(JSONError) { record = try decoder.decode(line) } catch {
            throw BeadsError(
              .corrupt, "line \(number) of \(location.localIssuesPath) cannot be read: \(error.reason)",
              hint: "it holds issues of this clone alone; repair that line or move the file away")
          }
          guard case .issue(let issue) = record, try !exists(issue.id) else { return }
          try transaction.apply(before: nil, after: issue)
        }
      }
    }
    try connection.execute(
      "DELETE FROM dirty_issues WHERE issue_id IN (SELECT id FROM issues WHERE NOT in_file)")
  }

  private func saveLocalIssues() throws(BeadsError) {
    let local = try issues(where: "NOT i.in_file AND i.status <> 'tombstone'")
    let lines = Array(local.map { $0.jsonLine + "\n" }.joined().utf8)
    let path = location.localIssuesPath
    let present = FileSystem.exists(path) ? try FileSystem.read(path) : []
    if lines != present { try FileSystem.replace(path, with: lines, mode: 0o600, durable: true) }
  }
}

/// The settings that a database would keep, in `config.local.yaml`.
private struct LocalSettings {
  let location: StoreLocation

  init(_ location: StoreLocation) { self.location = location }

  func load() throws(BeadsError) -> [(key: String, value: String)] {
    guard let file = try ConfigurationFile(location.localSettingsPath) else { return [] }
    return file.settings.filter { isKept($0.key) }.map { ($0.key, $0.text) }
  }

  /// Brings the file in line with the settings; touches nothing when it is.
  func save(
    _ settings: [(key: String, value: String)], _ clock: @escaping @Sendable () -> Int64
  ) throws(BeadsError) {
    let wanted = Dictionary(uniqueKeysWithValues: settings.map { ($0.key, $0.value) })
    if Dictionary(uniqueKeysWithValues: try load().map { ($0.key, $0.value) }) == wanted { return }
    let lock = FileLock(path: location.writeLockPath, command: "bd config", clock: clock)
    try lock.withLock { () throws(BeadsError) in
      var file = try ConfigurationFile(creating: location.localSettingsPath)
      for key in file.settings.map(\.key) where isKept(key) && wanted[key] == nil { _ = try file.unset(key) }
      for (key, value) in settings where file.text(key) != value {
        try file.set(key, to: value, isList: false)
      }
      try file.write()
    }
  }

  private func isKept(_ key: String) -> Bool { Configuration.storage(of: key) == .database }
}
