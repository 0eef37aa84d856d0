import BeadsModel
import BeadsSystem

/// An old database, opened to be read as far as it can be.
struct SalvageSource: ~Copyable {
  let connection: Connection
  /// The copy that is read, when the database is damaged: reading must not change what is kept.
  private let copy: DatabaseFiles?

  /// Opens a database that is sound where it is, and of a damaged one a copy.
  /// - Returns: nil when nothing can be read.
  static func open(
    _ path: String, isSound: Bool, environment: Environment
  ) throws(BeadsError) -> SalvageSource? {
    if isSound {
      let connection = try Connection(path, .readWrite)
      // Nobody writes what would not be copied.
      try connection.execute("BEGIN IMMEDIATE")
      return SalvageSource(connection: connection, copy: nil)
    }
    let copy = DatabaseFiles("\(path).salvage-\(environment.entropy())")
    for ending in ["", "-wal"] where FileSystem.exists(path + ending) {
      var bytes = try FileSystem.read(path + ending)
      // The rest of half a page would be read as zeros, and the rows in it as rows.
      if ending.isEmpty, let size = pageSize(bytes) { bytes.removeLast(bytes.count % size) }
      try FileSystem.replace(copy.path + ending, with: bytes, mode: 0o600)
    }
    if let connection = readable(copy) { return SalvageSource(connection: connection, copy: copy) }
    do throws(BeadsError) {
      try transplantHeader(copy, environment)
      if let connection = readable(copy) { return SalvageSource(connection: connection, copy: copy) }
    } catch {
      copy.remove()
      throw error
    }
    copy.remove()
    return nil
  }

  private init(connection: Connection, copy: DatabaseFiles?) {
    self.connection = connection
    self.copy = copy
  }

  deinit {
    connection.close()
    copy?.remove()
  }

  private static func readable(_ copy: DatabaseFiles) -> Connection? {
    guard let connection = try? Connection(copy.path, .readWrite) else { return nil }
    // Also reads files that end too early.
    _ = try? connection.execute("PRAGMA writable_schema = ON")
    let tables = try? connection.int64("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'")
    if let tables, tables > 0 { return connection }
    connection.close()
    return nil
  }

  /// The page size that the header of a database tells, if it can be one.
  private static func pageSize(_ bytes: [UInt8]) -> Int? {
    guard bytes.count > 17 else { return nil }
    let size = Int(bytes[16]) << 8 | Int(bytes[17])
    return size >= 512 && size.nonzeroBitCount == 1 ? size : nil
  }

  /// Gives a copy whose first page is lost that of a new database: every one of ours is made the same way, with its
  /// tables at the same pages.
  private static func transplantHeader(
    _ copy: DatabaseFiles, _ environment: Environment
  ) throws(BeadsError) {
    let model = DatabaseFiles(copy.path + ".model")
    defer { model.remove() }
    try NewDatabase(path: model.path, environment: environment).make(prefix: Prefix(directoryName: "bd"))
    let fresh = try FileSystem.read(model.path)
    var bytes = try FileSystem.read(copy.path)
    guard let pageSize = pageSize(fresh), bytes.count >= pageSize, fresh.count >= pageSize else { return }
    bytes.replaceSubrange(0..<pageSize, with: fresh[..<pageSize])
    let pages = UInt32(bytes.count / pageSize)
    for (offset, value) in [(28, pages), (32, 0), (36, 0)] {
      for index in 0..<4 {
        bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index))
      }
    }
    // Read as a database without a log: that of the lost header may not fit.
    bytes[18] = 1
    bytes[19] = 1
    try FileSystem.replace(copy.path, with: bytes)
    _ = try FileSystem.remove(copy.path + "-wal")
    _ = try FileSystem.remove(copy.path + "-shm")
  }
}

extension DatabaseFiles {
  /// Removes a copy or draft of ours.
  func remove() {
    for ending in [""] + Self.companions { _ = try? FileSystem.remove(path + ending) }
  }
}
