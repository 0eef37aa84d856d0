import BeadsModel
import BeadsSystem

/// A database in the making.
///
/// The caller holds the write lock, so that nobody else makes one at the same place.
struct NewDatabase {
  let path: String
  let environment: Environment

  /// Builds the database under another name, so that nobody sees half of one, and gives it its name.
  func make(prefix: Prefix) throws(BeadsError) {
    try removeDrafts()
    try setStaleLogAside()
    let draft = draftPrefix + String(environment.entropy())
    do throws(BeadsError) {
      try NewDatabase(path: draft, environment: environment).build(prefix: prefix)
      FailPoint.reach("create.built")
      try FileSystem.rename(draft, to: path)
      FailPoint.reach("create.named")
    } catch {
      try? removeDrafts()
      throw error
    }
  }

  private var draftPrefix: String { path + ".new-" }

  /// Removes drafts and copies that processes left which were killed.
  func removeDrafts() throws(BeadsError) {
    let (directory, name) = (Path.directory(of: path), Path.name(of: path))
    for entry in try FileSystem.list(directory)
    where entry.hasPrefix(name + ".new-") || entry.hasPrefix(name + ".salvage-") {
      try FileSystem.remove(Path.join(directory, entry))
    }
  }

  /// A database that somebody removed may have left its log: SQLite would replay it into the new one.
  ///
  /// What is in it may be all that is left, so it is kept under another name.
  private func setStaleLogAside() throws(BeadsError) {
    try FileSystem.remove(path + "-shm")
    if (try FileSystem.stamp(path + "-wal")?.size ?? 0) > 0 {
      try FileSystem.rename(path + "-wal", to: "\(path).left-\(environment.clock() / 1_000_000_000)-wal")
    } else {
      try FileSystem.remove(path + "-wal")
    }
  }

  /// Builds the database right at its path, complete on the disk and without a log.
  func build(prefix: Prefix) throws(BeadsError) {
    let connection = try Connection(path, .create)
    // The journal mode is a property of the file. Where memory is not shared, the log would be corrupted.
    let mode = FileSystem.sharesMemory(Path.directory(of: path)) ? "WAL" : "DELETE"
    try connection.executeScript("PRAGMA journal_mode = \(mode); PRAGMA synchronous = OFF")
    try Self.fill(connection, prefix: prefix, environment: environment)
    let files = WorkspaceMetadata(path: Path.join(Path.directory(of: path), WorkspaceMetadata.fileName))
    if let identity = files?.projectID {
      try IssueRows(connection: connection).setMetadata(Store.projectKey, identity)
    }
    if mode == "WAL" { try connection.checkpoint(.truncate) }
    connection.close()
    try File(path, .read).synchronize()
    for companion in ["-wal", "-shm"] { try FileSystem.remove(path + companion) }
  }

  /// Makes the tables of an empty database.
  static func fill(_ connection: Connection, prefix: Prefix, environment: Environment) throws(BeadsError) {
    try connection.transaction { () throws(BeadsError) in
      try connection.executeScript(Schema.creation)
      let rows = IssueRows(connection: connection)
      try rows.setConfig("issue_prefix", prefix.rawValue)
      try rows.setMetadata("bd_version", beadsVersion)
      try rows.setMetadata("store_id", String(environment.entropy(), radix: 36))
      try StatusTable(connection: connection).write(Vocabulary().statuses)
    }
  }
}
