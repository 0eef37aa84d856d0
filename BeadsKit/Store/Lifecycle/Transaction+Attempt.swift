public import BeadsSystem

extension Transaction {
  /// Makes several changes of which all happen or none, inside the transaction.
  ///
  /// For work on many issues where one that fails must not stop the others.
  /// - Throws: What the body throws; then nothing of the body has happened and the transaction goes on.
  public mutating func attempt<R>(
    _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    let (connection, count, touchedBefore, changesBefore) = (store.connection, changeCount, touched, changes)
    do throws(BeadsError) {
      return try connection.transaction { () throws(BeadsError) in try body(&self) }
    } catch {
      changeCount = count
      touched = touchedBefore
      changes = changesBefore
      throw error
    }
  }
}
