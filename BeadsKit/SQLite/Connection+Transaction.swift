package import BeadsSystem
import CSQLite

extension Connection {
  package enum TransactionKind: String, Sendable {
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
  package func transaction<R>(
    _ kind: TransactionKind = .immediate, _ body: () throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    if isInTransaction { return try savepoint(body) }
    try execute(kind.rawValue)
    do throws(BeadsError) {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // SQLite itself rolls back after some errors, such as a full disk.
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
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
