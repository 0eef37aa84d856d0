import BeadsModel
public import BeadsSystem

extension Store {
  /// Runs one atomic change: the only way anything in the store is changed.
  ///
  /// Waits its turn in the queue of all processes, begins, runs the body, brings the blocked set up to date, logs
  /// the operation, commits. When this returns, the change survives a power failure. A body that changes nothing
  /// leaves no trace.
  /// - Parameter kind: The command as it appears in the operation log, for example `update`.
  /// - Returns: What the body returned.
  /// - Throws: `readOnly`, `locked` naming the holder, and what the body throws; then nothing has happened.
  @discardableResult
  public func write<R>(
    _ kind: String, _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    try write(kind, trail: .full, body)
  }

  func write<R>(
    _ kind: String, trail: Transaction.Trail, undoes: Int64? = nil,
    _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    let result: R
    if medium == .database {
      try requireWritable(kind)
      result = try commit(kind, trail, undoes, body)
    } else {
      result = try writeInMemory(kind, trail, undoes, body)
    }
    tellCommitted()
    return result
  }

  private func tellCommitted() {
    if untold.isEmpty { return }
    let changes = untold
    untold = []
    onCommit?(changes)
  }

  /// One transaction of the database, in its turn.
  func commit<R>(
    _ kind: String, _ trail: Transaction.Trail, _ undoes: Int64?,
    _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    if trail == .bulk {
      // A transaction larger than the cache would write pages to the log again and again.
      try connection.setPragma("cache_size", -100_000)
    }
    defer { if trail == .bulk { _ = try? connection.setPragma("cache_size", Self.cacheSize) } }
    return try queued { () throws(BeadsError) in
      try connection.begin(.immediate)
      do throws(BeadsError) {
        let now = self.now
        try connection.execute(
          "INSERT INTO operations (kind, actor, created_at, undoes) VALUES (?1, ?2, ?3, ?4)", kind, actor,
          now.sortableText, undoes)
        var transaction = Transaction(
          store: self, operationID: connection.lastInsertRowID, now: now, actor: actor, trail: trail)
        if onCommit != nil, trail == .full { transaction.changes = [] }
        let result = try body(&transaction)
        try finish(transaction)
        untold = transaction.changes ?? []
        if kind != Operation.takeOverKind { commitCount += 1 }
        return result
      } catch {
        connection.rollBack()
        throw error
      }
    }
  }

  /// Throws unless this connection may write; `kind` names what was attempted.
  package func requireWritable(_ kind: String) throws(BeadsError) {
    let directory = Path.directory(of: medium == .database ? location.databasePath : location.jsonlPath)
    if !FileSystem.isWritable(directory) {
      throw BeadsError(.readOnly, "operation '\(kind)' has to write \(directory), and may not")
    }
    if access == .readOnly {
      throw BeadsError(.readOnly, "operation '\(kind)' is not allowed in read-only mode")
    }
    if let obstacle = obstacle ?? fileFailure { throw obstacle }
  }

  /// Runs the body when it is this process's turn to write.
  ///
  /// Law 5: nobody else writes or checkpoints meanwhile.
  func queued<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    // Nobody else sees a database in memory.
    if medium != .database { return try body() }
    let lock = FileLock(path: location.writeLockPath, command: options.command, clock: environment.clock)
    return try lock.withLock(timeout: options.lockTimeout) { () throws(BeadsError) in
      try followDatabase()
      connection.hasTurn = true
      defer { connection.hasTurn = false }
      let result = try body()
      keepLogShort()
      return result
    }
  }

  private func finish(_ transaction: borrowing Transaction) throws(BeadsError) {
    if transaction.changeCount == 0 {
      guard transaction.isBookkeeping || transaction.isLogged else {
        return try connection.execute("ROLLBACK")
      }
      if !transaction.isLogged {
        try connection.execute("DELETE FROM operations WHERE id = ?1", transaction.operationID)
      }
    }
    try BlockedSet(connection: connection).refresh(transaction.touched)
    if medium == .database || medium == .draft { try SearchIndex(connection: connection).refresh() }
    if !transaction.summary.isEmpty {
      try connection.execute(
        "UPDATE operations SET summary = ?2 WHERE id = ?1", transaction.operationID, transaction.summary)
    }
    try connection.commit(.immediate)
    hasUnwrittenChanges = true
  }

  /// Moves the write-ahead log into the database before it grows long; the next opener would have to replay it.
  private func keepLogShort() {
    let limit: Int64 = 4 << 20
    guard let size = try? FileSystem.stamp(location.databasePath + "-wal")?.size, size > limit else { return }
    // Not being able to move everything now is no failure: a reader holds on to the log, the next writer tries.
    _ = try? connection.checkpoint(.passive)
  }
}
