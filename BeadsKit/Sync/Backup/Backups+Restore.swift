import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// What restoring a backup would change, in issues.
public struct RestorePlan: Sendable, Equatable {
  /// Issues that the backup has and the project does not.
  public internal(set) var returning: [IssueID] = []
  /// Issues that are different in the backup.
  public internal(set) var changing: [IssueID] = []
  /// Issues that were made since: only what is set aside has them then.
  public internal(set) var leaving: [IssueID] = []
  /// How many issues are the same.
  public internal(set) var unchangedCount = 0

  /// Whether nothing would change.
  public var isEmpty: Bool { returning.isEmpty && changing.isEmpty && leaving.isEmpty }
}

extension Backups {
  /// What a restore did.
  public struct Restoration: Sendable {
    /// Where the database is that was in use; nil when there was none.
    public let setAside: String?
    /// The backup of what was replaced.
    public let safety: Backup
  }

  /// What restoring would change; changes nothing.
  /// - Throws: `corrupt` when the backup is damaged, naming its files.
  public func plan(_ backup: Backup, _ store: Store) throws(BeadsError) -> RestorePlan {
    try requireSound(backup)
    guard let path = backup.path(of: Backup.issuesName) else {
      throw BeadsError(.corrupt, "\(backup.path) has no \(Backup.issuesName)", hint: "choose another backup")
    }
    var theirs: [IssueID: SHA256Digest] = [:]
    let decoder = IssueDecoder()
    try FileSystem.read(path).withUnsafeBufferPointer { content throws(BeadsError) in
      try FileLines.forEach(content) { _, line throws(BeadsError) in
        if case .issue(let issue) = try? FileLines.record(line, decoder) {
          theirs[issue.id] = SHA256.digest(line)
        }
      }
    }
    var plan = RestorePlan()
    try store.exportIssues { issue throws(BeadsError) in
      guard let digest = theirs.removeValue(forKey: issue.id) else { return plan.leaving.append(issue.id) }
      if digest == SHA256.digest(Array(issue.jsonLine.utf8)) {
        plan.unchangedCount += 1
      } else {
        plan.changing.append(issue.id)
      }
    }
    plan.returning = theirs.keys.sorted()
    return plan
  }

  private func requireSound(_ backup: Backup) throws(BeadsError) {
    let problems = backup.problems()
    if problems.isEmpty { return }
    throw BeadsError(
      .corrupt, "backup \(backup.name) is damaged: \(problems.joined(separator: "; "))",
      hint: "nothing was changed; choose another with `bd backup list`")
  }

  /// Puts a backup in the place of database and issue file.
  ///
  /// What is there is first backed up, and the database is then renamed, never removed; other processes follow to the
  /// new one. Settings are restored only where their file is missing. The store must be opened anew afterwards.
  /// - Throws: `corrupt` when the backup is damaged; `locked`, `read_only`, `io_error`.
  public func restore(_ backup: Backup, _ store: Store) throws(BeadsError) -> Restoration {
    try requireSound(backup)
    try store.requireWritable("restore")
    let safety = try make(store, reason: Self.safetyPrefix).made
    let location = store.location
    store.closeConnection()
    let setAside = try location.whileNobodyWrites("bd backup restore", environment.clock) {
      () throws(BeadsError) -> String? in
      var kept: String?
      if store.hasDatabase, let copy = backup.path(of: Backup.databaseName) {
        let draft = try prepareDatabase(copy, location)
        if FileSystem.exists(location.databasePath) {
          kept = try DatabaseFiles(location.databasePath).setAside("before-restore", environment.clock)
        }
        try FileSystem.rename(draft, to: location.databasePath)
      }
      if let copy = backup.path(of: Backup.issuesName) {
        try FileSystem.replace(location.jsonlPath, with: try FileSystem.read(copy), durable: true)
      }
      try FileSystem.synchronizeDirectory(location.directory)
      return kept
    }
    for name in Self.settings {
      guard let copy = backup.path(of: name), !FileSystem.exists(workspace.path(name)) else { continue }
      try FileSystem.replace(workspace.path(name), with: try FileSystem.read(copy), mode: 0o600)
    }
    return Restoration(setAside: setAside, safety: safety)
  }

  /// A copy of the backup's database beside the one in use, in the journal mode that is safe there.
  private func prepareDatabase(_ copy: String, _ location: StoreLocation) throws(BeadsError) -> String {
    let draft = location.databasePath + ".new-restore"
    try FileSystem.replace(draft, with: try FileSystem.read(copy), mode: 0o644)
    if FileSystem.sharesMemory(location.directory) {
      let connection = try Connection(draft, .readWrite)
      connection.hasTurn = true
      try connection.setPragma("journal_mode", "WAL")
      try connection.checkpoint(.truncate)
      connection.close()
      for companion in DatabaseFiles.companions { try FileSystem.remove(draft + companion) }
    }
    try File(draft, .read).synchronize()
    return draft
  }
}
