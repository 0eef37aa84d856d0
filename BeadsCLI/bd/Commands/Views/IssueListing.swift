import BeadsKit
import CommandKit

/// The first issues of a query, and whether there are more.
struct IssuePage {
  let issues: [Issue]
  /// The number of all, counted only where a person reads it; nil when the page holds all.
  let total: Total?

  enum Total {
    case known(Int)
    case more
  }
}

extension BdContext {
  /// The first matching issues; asks for one more to see whether there are more.
  /// - Parameter isCounted: Whether to count all when a person reads the list, which reads much of the store.
  func page(
    _ filter: IssueFilter, _ order: IssueOrder, limit: Int?, isCounted: Bool = true
  ) throws(BeadsError) -> IssuePage {
    let store = try store()
    return try store.read { () throws(BeadsError) in
      let wanted = limit.map { $0 == .max ? $0 : $0 + 1 }
      var issues = try store.issues(matching: filter, order: order, limit: wanted)
      guard let limit, issues.count > limit else { return IssuePage(issues: issues, total: nil) }
      issues.removeLast()
      return IssuePage(issues: issues, total: isJSON || !isCounted ? .more : .known(try store.count(filter)))
    }
  }

  /// Says on stderr that a list is cut.
  func noteCut(_ page: IssuePage) {
    guard let total = page.total, !isQuiet else { return }
    switch total {
    case .known(let all): output.note("Showing \(page.issues.count) of \(all) issues (use --limit 0 for all)")
    case .more: output.note("Showing the first \(page.issues.count), there are more (use --limit 0 for all)")
    }
  }

  /// Prints issues with their raw edges and counts as a JSON array.
  func arrayWithCounts(_ issues: [Issue]) throws(BeadsError) {
    let counts = try store().counts(for: issues.map(\.id))
    json { writer in
      writer.array(issues) { $0.issueWithCounts($1, counts[$1.id, default: IssueCounts()]) }
    }
  }

  /// Prints issues one a line, with parents and what waits for what.
  /// - Parameter note: What to say of an issue on a line of its own.
  func printFlat(
    _ issues: [Issue], isLong: Bool = false, note: (Issue) -> TerminalText? = { _ in nil }
  ) throws(BeadsError) {
    let store = try store()
    let ids = issues.map(\.id)
    let blockers = try store.activeBlockers(of: ids)
    let dependents = try store.activeDependents(of: ids)
    for issue in issues {
      let relations = IssueText.Relations(
        parent: issue.parentID, blockedBy: Set(blockers[issue.id, default: []].map(\.blockerID)).sorted(),
        blocks: Set(dependents[issue.id, default: []].map(\.issueID)).sorted())
      print(IssueText.line(issue, store.rules.vocabulary, relations: relations))
      if let note = note(issue) { print("    \(note)") }
      if isLong { for line in IssueText.details(issue) { print(line) } }
    }
  }

  /// Prints issues as a tree along parent-child edges, with what they wait for.
  func printTree(_ issues: [Issue], isLong: Bool = false) throws(BeadsError) {
    let store = try store()
    let blockers = try store.activeBlockers(of: issues.map(\.id))
    for row in IssueTree(issues).rows {
      let relations = IssueText.Relations(
        parent: row.branches.isEmpty ? row.issue.parentID : nil,
        blockedBy: Set(blockers[row.issue.id, default: []].map(\.blockerID)).sorted())
      let line = IssueText.line(row.issue, store.rules.vocabulary, relations: relations)
      print("\(row.branches, .gray)\(line)")
      guard isLong else { continue }
      for line in IssueText.details(row.issue) { print("\(row.indent, .gray)\(line)") }
    }
  }

  /// Whether an agent reads the output: lists are short and plain.
  var isAgentMode: Bool {
    ["BD_AGENT_MODE", "CLAUDECODE", "CLAUDE_CODE"].contains { name in
      let value = environment.variables[name] ?? ""
      return !value.isEmpty && value != "0" && value != "false"
    }
  }
}

extension JSONWriter {
  /// Writes an issue with its raw edges, the number of its neighbours and comments, and its parent.
  mutating func issueWithCounts(_ issue: Issue, _ counts: IssueCounts) {
    object { $0.issueWithCountsMembers(issue, counts) }
  }

  /// The members of `issueWithCounts`, for shapes that add to it.
  mutating func issueWithCountsMembers(_ issue: Issue, _ counts: IssueCounts) {
    issueMembers(issue, edges: .edgesOnly)
    member("dependency_count", counts.dependencies)
    member("dependent_count", counts.dependents)
    member("comment_count", counts.comments)
    if let parent = counts.parent { member("parent", parent.rawValue) }
  }
}
