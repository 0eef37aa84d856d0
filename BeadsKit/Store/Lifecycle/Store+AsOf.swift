import BeadsModel
public import BeadsSystem

extension IssueDetails {
  /// Reads issues as they were in `issues.jsonl` at a git revision, with the connections they had.
  ///
  /// Issues it knew at the other end of an edge come from the same revision. Linear in the size of the file.
  /// - Parameter path: The file's path; it has to be in the repository.
  /// - Throws: `notFound` when there is no such revision or the file was not in it, `unsupported` without libgit2.
  public static func inHistory(
    of path: String, at revision: String, in location: GitLocation
  ) throws(BeadsError) -> [IssueDetails] {
    let inside = Path.relative(path, to: location.workTree)
    guard let content = try GitRepository(location).content(of: inside, at: revision) else {
      throw BeadsError(.notFound, "\(inside) was not in git revision \(quoted(revision))")
    }
    var issues: [Issue] = []
    let decoder = IssueDecoder()
    content.withUnsafeBufferPointer { bytes in
      FileLines.forEach(bytes) { _, line in
        // A line that cannot be read now could not be read then.
        if case .issue(let issue)? = try? decoder.decode(line), !issue.isTombstone { issues.append(issue) }
      }
    }
    return connect(issues)
  }

  private static func connect(_ issues: [Issue]) -> [IssueDetails] {
    let byID = Dictionary(issues.map { ($0.id, $0) }) { first, _ in first }
    let incoming = Dictionary(grouping: issues.flatMap(\.dependencies), by: \.dependsOnID)
    return issues.map { issue in
      var details = IssueDetails(issue: issue)
      details.dependencies = issue.dependencies.map {
        Link(edge: $0, id: $0.dependsOnID, issue: byID[$0.dependsOnID])
      }
      details.dependents = (incoming[issue.id] ?? []).map {
        Link(edge: $0, id: $0.issueID, issue: byID[$0.issueID])
      }
      details.dependentCount = details.dependents.count
      let children = details.dependents.filter { $0.edge.type == .parentChild }
      details.children = (children.count, children.filter { $0.issue?.isClosed ?? false }.count)
      return details
    }
  }
}
