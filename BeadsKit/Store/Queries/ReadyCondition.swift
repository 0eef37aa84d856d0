import BeadsModel
package import BeadsSystem

/// The rules of ready work as SQL, for queries that ask more than which issues are ready.
package struct ReadyCondition {
  /// A condition over `issues i`; its parameters are numbered from 1.
  package let sql: String
  /// The values of the parameters.
  package let values: [any SQLBindable]

  /// The parameter after those of the condition.
  package var nextParameter: String { "?\(values.count + 1)" }
}

extension Store {
  /// What `ready` goes by, wisps included: there is no second predicate.
  package func readyCondition() throws(BeadsError) -> ReadyCondition {
    var condition = IssueCondition(now: now)
    try addReadiness(IssueFilter.Readiness(includesEphemeral: true), of: IssueFilter(), to: &condition)
    return ReadyCondition(sql: condition.sql, values: condition.values)
  }
}

extension Transaction {
  /// Brings the blocked set up to date with what was done so far, for reads in the transaction that go by it.
  package mutating func refreshBlockedSet() throws(BeadsError) {
    try BlockedSet(connection: store.connection).refresh(touched)
    touched = BlockedSet.Touched()
  }
}
