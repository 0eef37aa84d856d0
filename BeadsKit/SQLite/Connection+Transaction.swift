public import BeadsSystem
import CSQLite

extension Connection {
  /// When a transaction takes its locks.
  public enum TransactionKind: String, Sendable {
    /// Takes locks when they are first needed: for reading.
    case deferred = "BEGIN DEFERRED"
    /// Takes the write lock at once, so that nothing read inside can be outdated when it is written.
    case immediate = "BEGIN IMMEDIATE"
  }

  /// Runs the body in a transaction: committed when it returns, rolled back when it throws.
  ///
  /// Inside another transaction it is a savepoint, whose rollback undoes only the body.
  /// - Throws: what the body throws; `locked`, `read_only`, `io_error` from BEGIN or COMMIT, after which nothing
  ///   of the body has happened.
  public func transaction<R>(
    _ kind: TransactionKind = .immediate, _ body: () throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    if isInTransaction { return try savepoint(body) }
    try begin(kind)
    do throws(BeadsError) {
      let result = try body()
      try commit(kind)
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Begins a transaction that `commit` or `rollBack` ends.
  func begin(_ kind: TransactionKind) throws(BeadsError) {
    if kind == .deferred { return try execute(kind.rawValue) }
    assertTurn()
    FailPoint.reach("begin.before")
    try execute(kind.rawValue)
    FailPoint.reach("begin.after")
  }

  /// Makes what happened since `begin` last.
  func commit(_ kind: TransactionKind) throws(BeadsError) {
    if kind == .deferred { return try execute("COMMIT") }
    assertTurn()
    FailPoint.reach("commit.before")
    try execute("COMMIT")
    FailPoint.reach("commit.after")
  }

  /// Takes back what happened since `begin`; SQLite itself has done so after some errors, such as a full disk.
  func rollBack() {
    if isInTransaction { try? execute("ROLLBACK") }
  }

  /// Writes and checkpoints of a store's processes exclude each other (design law 5).
  func assertTurn() {
    assert(!takesTurns || hasTurn, "written or checkpointed without the write lock")
  }

  private func savepoint<R>(_ body: () throws(BeadsError) -> R) throws(BeadsError) -> R {
    savepoints += 1
    defer { savepoints -= 1 }
    let name = "s\(savepoints)"
    try execute("SAVEPOINT \(name)")
    do throws(BeadsError) {
      let result = try body()
      try execute("RELEASE \(name)")
      return result
    } catch {
      if isInTransaction {
        try? execute("ROLLBACK TO \(name)")
        try? execute("RELEASE \(name)")
      }
      throw error
    }
  }
}
