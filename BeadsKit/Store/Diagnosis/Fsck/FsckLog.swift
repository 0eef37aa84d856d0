import BeadsFormats
import BeadsModel
import BeadsSystem

/// The part of `fsck` that replays the operation log: each operation begins where the one before it ended, and the
/// last one ends at the present row.
struct FsckLog {
  let store: Store
  private(set) var changeCount = 0
  private var ends: [String: End] = [:]
  private let decoder = IssueDecoder()

  /// Where the last operation on a subject left it.
  private struct End {
    var operation: Int64
    /// Nil when there is nothing, or when the operation was a bulk import and keeps no images.
    var after: String?
    /// Whether the operation forgot a deletion that had expired.
    var isForgotten: Bool { after == OperationChange.forgotten }
  }

  init(store: Store) { self.store = store }

  /// Reads the changes of the subjects in a range and compares each with the one before it.
  mutating func load(
    after low: String, through high: String?, _ report: inout FsckReport
  ) throws(BeadsError) {
    let upper = high == nil ? "" : "AND subject <= ?2"
    try store.connection.withStatement(
      """
      SELECT subject, before, after, operation_id FROM operation_changes
      WHERE subject > ?1 \(upper) ORDER BY subject, operation_id
      """
    ) { statement throws(BeadsError) in
      statement.bind(low, at: 1)
      if let high { statement.bind(high, at: 2) }
      while try statement.step() {
        let row = statement.row
        let change = OperationChange(
          subject: row.text(0), before: row.optionalText(1), after: row.optionalText(2))
        take(change, of: row.int64(3), &report)
      }
    }
  }

  private mutating func take(_ change: OperationChange, of operation: Int64, _ report: inout FsckReport) {
    changeCount += 1
    if let end = ends[change.subject], isGap(end, change) {
      report.add(
        .logGap, change.subject,
        "operation \(operation) began with another state of \(change.subject) than operation \(end.operation) left"
      )
    }
    ends[change.subject] = End(operation: operation, after: change.after)
  }

  private func isGap(_ end: End, _ change: OperationChange) -> Bool {
    if change.configKey != nil { return end.after != change.before }
    if end.isForgotten { return change.before != nil }
    guard let after = end.after else { return change.before == nil }
    guard let before = change.before else { return true }
    return !isSame(after, Array(before.utf8))
  }

  private func isSame(_ image: String, _ line: [UInt8]) -> Bool {
    if image.utf8.elementsEqual(line) { return true }
    guard let a = try? decoder.decodeIssue(image),
      let b = try? decoder.decodeIssue(String(decoding: line, as: UTF8.self))
    else { return false }
    return a.comparableLine == b.comparableLine
  }

  // MARK: The end of the log

  mutating func check(_ issue: Issue, line: [UInt8], _ report: inout FsckReport) {
    let id = issue.id
    guard let end = ends.removeValue(forKey: id.rawValue) else {
      return report.add(.logLacks, id, "\(id) is in the database, and no operation made it")
    }
    guard let after = end.after, !isSame(after, line) else { return }
    report.add(.logDiffers, id, "\(id) is not as operation \(end.operation), the last on it, left it")
  }

  /// Settings that operations changed must have the value of the last.
  mutating func checkSettings(_ report: inout FsckReport) throws(BeadsError) {
    for (subject, end) in ends.sorted(by: { $0.key < $1.key }) {
      guard let key = OperationChange(subject: subject, before: nil, after: nil).configKey else { continue }
      ends[subject] = nil
      if try store.config(key) != end.after {
        report.add(.logDiffers, subject, "the setting \(key) is not as operation \(end.operation) left it")
      }
    }
  }

  /// The issues of which nothing is left.
  var forgotten: Set<IssueID> {
    Set(ends.filter { $0.value.isForgotten }.keys.map(IssueID.init(unchecked:)))
  }

  /// What is left belongs to no row; only a deletion that has expired may be forgotten.
  func checkLost(known: Set<IssueID>, now: Timestamp, _ report: inout FsckReport) {
    for (subject, end) in ends.sorted(by: { $0.key < $1.key })
    where !end.isForgotten && !known.contains(IssueID(unchecked: subject)) {
      let last = end.after.flatMap { try? decoder.decodeIssue($0) }
      if let last, last.isTombstone, MergePolicy(now: now).hasExpired(last) { continue }
      report.add(
        .logLost, subject, "\(subject) is not in the database; operation \(end.operation) was the last on it")
    }
  }
}
