import BeadsModel
import BeadsSystem

/// A database and the files that SQLite keeps beside it, which belong together.
struct DatabaseFiles {
  let path: String

  init(_ path: String) { self.path = path }

  /// The endings of the log, its index and the rollback journal.
  static let companions = ["-wal", "-shm", "-journal"]

  /// Renames all of them, so that a new database can take the name; `reason` becomes part of it.
  ///
  /// Under the write and the export lock: `Store.followDatabase` keeps those who had it open from writing there.
  /// - Returns: The new path, for example `.beads/beads.db.damaged-20260302T090001Z`.
  func setAside(_ reason: String, _ clock: () -> Int64) throws(BeadsError) -> String {
    let kept = try freeName("\(path).\(reason)-\(Self.stamp(clock()))")
    // The database first: without it nobody takes its log for that of another.
    try FileSystem.rename(path, to: kept)
    FailPoint.reach("set_aside.database")
    try setCompanionsAside(to: kept)
    return kept
  }

  /// Renames a log that was left without its database, which SQLite would replay into the next one.
  /// - Returns: Whether there was one with content.
  @discardableResult
  func setCompanionsAside(to kept: String) throws(BeadsError) -> Bool {
    var hadContent = false
    for ending in Self.companions {
      guard let status = try FileSystem.status(path + ending, followLinks: false) else { continue }
      if ending != "-shm", status.stamp.size > 0 { hadContent = true }
      try FileSystem.rename(path + ending, to: kept + ending)
    }
    return hadContent
  }

  /// The same, under a name for this moment.
  @discardableResult
  func setCompanionsAside(_ reason: String, _ clock: () -> Int64) throws(BeadsError) -> Bool {
    try setCompanionsAside(to: freeName("\(path).\(reason)-\(Self.stamp(clock()))"))
  }

  /// A name that nothing has yet.
  private func freeName(_ wanted: String) throws(BeadsError) -> String {
    var name = wanted
    var number = 2
    while try isTaken(name) {
      name = "\(wanted)-\(number)"
      number += 1
    }
    return name
  }

  private func isTaken(_ name: String) throws(BeadsError) -> Bool {
    for ending in [""] + Self.companions
    where try FileSystem.status(name + ending, followLinks: false) != nil { return true }
    return false
  }

  /// The moment as `20260302T090001Z`.
  static func stamp(_ nanoseconds: Int64) -> String {
    let text = "\(Timestamp(seconds: Timestamp(unixNanoseconds: nanoseconds).seconds))"
    return text.filter { $0 != "-" && $0 != ":" }
  }
}

extension StoreLocation {
  /// Runs the body while no process writes to the database or exports from it.
  func whileNobodyWrites<R>(
    _ command: String, _ clock: @escaping @Sendable () -> Int64, timeout: Duration = .seconds(30),
    _ body: () throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    // In the order of an export, which takes its own lock first.
    let export = FileLock(path: exportLockPath, command: command, clock: clock)
    let write = FileLock(path: writeLockPath, command: command, clock: clock)
    return try export.withLock(timeout: timeout) { () throws(BeadsError) in
      try write.withLock(timeout: timeout, body)
    }
  }
}
