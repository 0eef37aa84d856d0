import BeadsKit
import CommandKit

/// An issue on the command line: the word, its place, and the issue it means.
struct ChosenIssue {
  let word: String
  let place: Int
  let id: IssueID
}

extension BdContext {
  /// Changes issues one after the other in one transaction (contract 6.1).
  ///
  /// An issue that fails is reported and does not stop the others. One that is refused is tried again when another
  /// has succeeded, so that blockers and what they block can be closed together in any order.
  /// - Returns: The issues that were changed, in the order of the command line.
  /// - Throws: When nothing succeeded, the reason.
  func changeEach(
    _ kind: String, _ words: [String],
    _ body: (inout Transaction, ChosenIssue) throws(BeadsError) -> Void
  ) throws -> [IssueID] {
    // What keeps the whole command from working is said once, not for each issue.
    _ = try store()
    var failures: [(word: String, error: BeadsError)] = []
    let chosen = try choose(words, &failures)
    var done: [ChosenIssue] = []
    if !chosen.isEmpty {
      try change(kind) { transaction throws(BeadsError) in
        var pending = chosen
        while !pending.isEmpty {
          var refused: [(issue: ChosenIssue, error: BeadsError)] = []
          for issue in pending {
            do throws(BeadsError) {
              try transaction.attempt { inner throws(BeadsError) in try body(&inner, issue) }
              done.append(issue)
            } catch {
              if !error.concernsOneIssue { throw error }
              refused.append((issue, error))
            }
          }
          let isStuck = refused.count == pending.count || refused.allSatisfy { $0.error.code != .conflict }
          if isStuck { failures += refused.map { ($0.issue.word, $0.error) } }
          pending = isStuck ? [] : refused.map(\.issue)
        }
        transaction.summary = done.map(\.id.rawValue).joined(separator: " ")
      }
    }
    try report(failures, isTotal: done.isEmpty)
    let ids = done.sorted { $0.place < $1.place }.map(\.id)
    LastTouched.write(ids.last, self)
    return ids
  }

  private func choose(
    _ words: [String], _ failures: inout [(word: String, error: BeadsError)]
  ) throws(BeadsError) -> [ChosenIssue] {
    var chosen: [ChosenIssue] = []
    var seen = Set<IssueID>()
    for (place, word) in words.enumerated() {
      do throws(BeadsError) {
        let id = try resolve(word)
        if seen.insert(id).inserted { chosen.append(ChosenIssue(word: word, place: place, id: id)) }
      } catch {
        if !error.concernsOneIssue { throw error }
        failures.append((word, error))
      }
    }
    return chosen
  }

  /// Says what failed.
  ///
  /// When everything did, a reason is thrown, so that JSON mode prints an error object.
  func report(_ failures: [(word: String, error: BeadsError)], isTotal: Bool) throws {
    guard let first = failures.first else { return }
    if isTotal, failures.count == 1 { throw first.error }
    for failure in failures.dropFirst(isTotal && isJSON ? 1 : 0) {
      output.report(failure.error.naming(failure.word))
    }
    if !isTotal { return }
    if isJSON { throw first.error.naming(first.word) }
    throw ExitStatus(1)
  }

  /// `ID — Title`, for the line that says what was done.
  func named(_ issue: Issue) throws(BeadsError) -> TerminalText {
    let width = try configuration().int("output.title-length") ?? 255
    return "\(issue.id, .bold) — \(issue.title.truncated(toWidth: max(1, width)))"
  }

  /// Prints issues after a change: the rows as an array, or a line for each.
  func printChanged(_ ids: [IssueID], _ line: (Issue) throws(BeadsError) -> TerminalText) throws {
    let issues = try store().issues(ids)
    if isJSON { return array(issues) }
    for issue in issues { print(try line(issue)) }
  }

  /// Prints one issue after a change: the row as an object, or a line.
  func printChanged(_ id: IssueID, _ line: (Issue) throws(BeadsError) -> TerminalText) throws {
    guard let issue = try store().issue(id) else { return }
    if isJSON { return object { $0.issueMembers(issue) } }
    print(try line(issue))
  }
}

extension BeadsError {
  /// Whether the error is about one issue of many, rather than about the store.
  fileprivate var concernsOneIssue: Bool {
    [.notFound, .ambiguous, .invalid, .conflict, .cycle, .exists].contains(code)
  }

  /// The error with the issue in its message, unless it is there.
  fileprivate func naming(_ word: String) -> BeadsError {
    message.contains(word) ? self : BeadsError(code, "\(word): \(message)", hint: hint)
  }
}
