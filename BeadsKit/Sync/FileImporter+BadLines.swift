import BeadsFormats
import BeadsModel
import BeadsSystem

// What becomes of lines that are no record: each is kept before the export may write over it.
extension FileImporter {
  /// A line that is no record.
  struct Rejected {
    let number: Int
    let line: [UInt8]
    let reason: String
  }

  /// So many bad lines are kept each in a file of its own; more go into one file together.
  private static let separateLimit = 20

  mutating func settleRejected(_ transaction: inout Transaction) throws(BeadsError) {
    try requireSomething()
    // A store that may not be written keeps nothing, and never exports over the file.
    let mayKeep = store.access == .readWrite && store.medium != .snapshot
    let quarantine = mayKeep ? Quarantine(store.location) : nil
    let isMany = rejected.count > Self.separateLimit
    let together = isMany ? try quarantine?.keep(rejected.map(\.line)) : nil
    for rejected in rejected {
      var bad = BadLine(number: rejected.number, reason: rejected.reason, bytes: rejected.line)
      bad.keptAs = isMany ? together : try quarantine?.keep([rejected.line])
      bad.fate = try settle(bad, rejected.line, &transaction)
      report.badLines.append(bad)
    }
    report.warnBadLines(of: store.location.jsonlPath)
  }

  /// A file without one good line says nothing about an empty database; an export would leave nothing of it.
  private func requireSomething() throws(BeadsError) {
    guard recordCount == 0, let first = rejected.first else { return }
    guard try store.connection.int64("SELECT 1 FROM issues LIMIT 1") == nil else { return }
    guard rejected.allSatisfy({ issueInPart($0.line) == nil }) else { return }
    throw BeadsError(
      .corrupt,
      "nothing in \(store.location.jsonlPath) can be read (line \(first.number): \(first.reason)), and the database is empty",
      hint: "bring the file back from git or a backup; it was left as it is")
  }

  private mutating func settle(
    _ bad: BadLine, _ line: [UInt8], _ transaction: inout Transaction
  ) throws(BeadsError) -> BadLine.Fate {
    guard let id = bad.issueID else { return .unknown }
    if try store.exists(id) { return .repaired }
    guard let issue = issueInPart(line), issue.id == id else { return .unknown }
    try transaction.takeFromFile(issue, before: nil, fileHas: issue)
    seen.insert(id)
    report.created.append(id)
    return .takenInPart
  }

  /// The issue on a line whose only fault is that not all of it is UTF-8.
  private func issueInPart(_ line: [UInt8]) -> Issue? {
    if line.count > FileLines.maximumLength { return nil }
    guard var issue = try? decoder.decodeIssue(String(decoding: line, as: UTF8.self)) else { return nil }
    issue.repair(now: now)
    return issue
  }
}

extension ImportReport {
  /// People read the first few; the report has all.
  fileprivate mutating func warnBadLines(of path: String) {
    for line in badLines.prefix(10) { warnings.append(line.sentence(path)) }
    let rest = badLines.dropFirst(10)
    guard let first = rest.first else { return }
    let unknown = rest.count { $0.fate == .unknown }
    warnings.append(
      "\(rest.count) more lines of \(path) cannot be read and are kept in \(Path.directory(of: first.keptAs ?? path)); \(rest.count - unknown) of their issues are repaired"
    )
  }
}
