import BeadsFormats
import BeadsModel
public import BeadsSystem

extension Backups {
  /// Makes a backup: a directory that appears under its name when all of it is on the disk.
  ///
  /// Database and issue file show the same moment. Other processes go on working.
  /// - Parameters:
  ///   - reason: What the name begins with, before the moment.
  ///   - keeping: How many of this project's backups stay in the directory, this one included and those of restores
  ///     aside; nil for all.
  /// - Returns: The backup, and those that went.
  /// - Throws: `locked` while another process makes one; `read_only`, `io_error`.
  public func make(
    _ store: Store, reason: String = "", keeping: Int? = nil
  ) throws(BeadsError) -> (made: Backup, removed: [Backup]) {
    let directory = directory
    try FileSystem.makeDirectory(directory, mode: 0o700)
    let lock = FileLock(
      path: Path.join(directory, ".lock"), command: "bd backup", clock: environment.clock)
    return try lock.withLock(timeout: .seconds(30)) { () throws(BeadsError) in
      try removeUnfinished(directory)
      let made = try make(store, freeName(reason, directory))
      var removed: [Backup] = []
      if let keeping {
        // What a restore has put aside is nobody's routine.
        let others = try list().filter { other in
          other.path != made.path && Path.directory(of: other.path) == directory
            && !other.name.hasPrefix(Self.safetyPrefix)
        }
        for backup in others.dropFirst(max(0, keeping - 1)) {
          try remove(backup)
          removed.append(backup)
        }
      }
      return (made, removed)
    }
  }

  private func freeName(_ reason: String, _ directory: String) -> String {
    let wanted = reason + DatabaseFiles.stamp(environment.clock())
    var name = wanted
    var number = 2
    while FileSystem.exists(Path.join(directory, name)) {
      name = "\(wanted)-\(number)"
      number += 1
    }
    return Path.join(directory, name)
  }

  /// The files of settings.
  static let settings = ["config.yaml", "config.local.yaml", WorkspaceMetadata.fileName]

  /// What the names of backups begin with that a restore makes first.
  static let safetyPrefix = "before-restore-"

  private static let draftPrefix = ".unfinished-"

  /// What makers left that were killed; the lock says that nobody is at it.
  private func removeUnfinished(_ directory: String) throws(BeadsError) {
    for name in try FileSystem.list(directory) where name.hasPrefix(Self.draftPrefix) {
      let draft = Path.join(directory, name)
      for file in try FileSystem.list(draft) { try FileSystem.remove(Path.join(draft, file)) }
      try FileSystem.remove(draft)
    }
  }

  private func make(_ store: Store, _ path: String) throws(BeadsError) -> Backup {
    let draft = Path.join(
      Path.directory(of: path), Self.draftPrefix + String(environment.entropy(), radix: 36))
    try FileSystem.makeDirectory(draft, mode: 0o700)
    let now = Timestamp(unixNanoseconds: environment.clock())
    let count = try store.read { () throws(BeadsError) in
      if store.medium == .database { try copyDatabase(store, Path.join(draft, Backup.databaseName)) }
      try FileSystem.replace(Path.join(draft, Backup.issuesName), mode: 0o600) { file throws(BeadsError) in
        try store.writeLines(to: file)
      }
      return try store.count()
    }
    let others = ["interactions.jsonl", Path.name(of: store.location.localIssuesPath)]
    for name in Self.settings + others {
      let source = workspace.path(name)
      guard FileSystem.exists(source) else { continue }
      try FileSystem.replace(Path.join(draft, name), with: try FileSystem.read(source), mode: 0o600)
    }
    let files = try FileSystem.list(draft).map { name throws(BeadsError) in
      try settled(Path.join(draft, name))
    }
    let backup = Backup(path: path, createdAt: now, project: project, issueCount: count, files: files)
    try FileSystem.replace(
      Path.join(draft, Backup.manifestName), with: backup.manifest, mode: 0o600, durable: true)
    try FileSystem.rename(draft, to: path)
    try FileSystem.synchronizeDirectory(Path.directory(of: path))
    return backup
  }

  /// A copy without a log beside it.
  private func copyDatabase(_ store: Store, _ path: String) throws(BeadsError) {
    let copy = try Connection(path, .create)
    try copy.executeScript("PRAGMA synchronous = OFF")
    try store.connection.copy(to: copy)
    let mode = try copy.setPragma("journal_mode", "DELETE")
    copy.close()
    guard mode == "delete" else {
      throw BeadsError(.database, "\(path) cannot be made a database without a log (mode \(mode ?? ""))")
    }
    // A connection of ours leaves the log, empty.
    for companion in DatabaseFiles.companions { try FileSystem.remove(path + companion) }
    try FileSystem.setMode(path, 0o600)
  }

  /// Puts a file on the disk and takes its measure.
  private func settled(_ path: String) throws(BeadsError) -> Backup.File {
    let file = try File(path, .read)
    try file.synchronize()
    let content = try file.readToEnd()
    return Backup.File(
      name: Path.name(of: path), size: Int64(content.count), checksum: SHA256.digest(content).hex)
  }
}
