import BeadsModel
package import BeadsSystem

extension Store {
  static let projectKey = "project_id"

  /// Makes sure that this database and the files beside it belong to the same project.
  ///
  /// Both carry the random identity that `init` gave the project. Where they differ, the issues decide: a
  /// database that shares some with `issues.jsonl`, or has none, or finds none there, goes on with the
  /// identity of the files; any other was copied here from another project, and the two must not be mixed.
  /// One point query when all is well.
  /// - Parameter identity: The identity in `metadata.json`.
  /// - Returns: What to tell the user, once, when the identity was taken over.
  /// - Throws: `conflict` for another project's database.
  package func checkProject(_ identity: String?) throws(BeadsError) -> String? {
    guard let identity, let own = try metadata(Self.projectKey), own != identity else { return nil }
    guard try sharesIssuesWithFile() else {
      throw BeadsError(
        .conflict,
        "\(location.databasePath) is another project's: it has no issue of \(location.jsonlPath)",
        hint: "move it elsewhere, and any command makes this project's database from issues.jsonl")
    }
    guard access == .readWrite, obstacle == nil else { return nil }
    try write("identity") { transaction throws(BeadsError) in
      try rows.setMetadata(Self.projectKey, identity)
      transaction.countBookkeeping()
    }
    return
      "metadata.json has a new project identity, and the same issues: \(location.databasePath) goes with it"
  }

  /// Whether the file has an issue that this database has; true also when either has none.
  private func sharesIssuesWithFile() throws(BeadsError) -> Bool {
    guard FileSystem.exists(location.jsonlPath),
      try connection.int64("SELECT 1 FROM issues LIMIT 1") != nil
    else { return true }
    let decoder = IssueDecoder()
    var hasIssues = false
    var isShared = false
    try FileSystem.read(location.jsonlPath).withUnsafeBufferPointer { content throws(BeadsError) in
      try FileLines.forEach(content) { _, line throws(BeadsError) in
        guard !isShared, case .issue(let issue)? = try? decoder.decode(line) else { return }
        hasIssues = true
        isShared = try exists(issue.id)
      }
    }
    return isShared || !hasIssues
  }
}
