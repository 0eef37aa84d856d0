import BeadsModel
public import BeadsSystem

/// A dependency on what another project offers, `external:<project>:<capability>`.
struct ExternalReference {
  static let scheme = "external:"
  let project: String
  let text: String

  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "external", !parts[1].isEmpty, !parts[2].isEmpty else { return nil }
    project = String(parts[1])
    self.text = text
  }

  /// The key under which the database keeps a project's state: where its file is, and how it looked.
  static func stateKey(_ project: String) -> String { "external_project " + project }
}

extension Store {
  /// Finds out which capabilities of other projects are there, for issues that wait for them.
  ///
  /// A capability is there when the project has a closed issue with the label `provides:<capability>`; until then,
  /// or while the project cannot be read, it blocks. Costs one query when nothing waits for another project, and
  /// a look at each file that something waits for; a file is read only when it has changed.
  /// - Parameter projects: The directories of projects by name, asked for only when they are needed.
  /// - Throws: What the closure throws, and what writing to the database throws.
  public func refreshExternalProjects(
    _ projects: () throws(BeadsError) -> [(name: String, path: String)]
  ) throws(BeadsError) {
    let waited = try connection.all(
      """
      SELECT DISTINCT depends_on_id FROM dependencies
      WHERE depends_on_id >= 'external:' AND depends_on_id < 'external;'
      """
    ) { $0.text(0) }
    if waited.isEmpty || (medium == .database && (access == .readOnly || obstacle != nil)) { return }
    let paths = Dictionary(try projects().map { ($0.name, $0.path) }) { _, last in last }
    for project in Set(waited.compactMap { ExternalReference($0)?.project }).sorted() {
      try refresh(project, at: paths[project])
    }
  }

  private func refresh(_ project: String, at path: String?) throws(BeadsError) {
    let known = try metadata(ExternalReference.stateKey(project))
    let file = path.flatMap(issueFile)
    let stamp = try file.flatMap { file throws(BeadsError) in try FileSystem.stamp(file) }
    let state = stamp.map { "\($0)|\(file ?? "")" }
    if state == known { return }
    var provided: Set<String> = []
    if state != nil, let file { provided = try Self.capabilities(of: project, in: file) }
    // What the database says of itself is no operation that somebody could undo.
    if medium == .database { try requireWritable("external") }
    try commit("external", .bulk, nil) { transaction throws(BeadsError) in
      try record(provided, state, of: project, &transaction)
    }
  }

  private func record(
    _ provided: Set<String>, _ state: String?, of project: String, _ transaction: inout Transaction
  ) throws(BeadsError) {
    let first = "\(ExternalReference.scheme)\(project):"
    let end = "\(ExternalReference.scheme)\(project);"
    let before = Set(
      try connection.all("SELECT key FROM metadata WHERE key >= ?1 AND key < ?2", first, end) { $0.text(0) })
    for gone in before.subtracting(provided) {
      try connection.execute("DELETE FROM metadata WHERE key = ?1", gone)
    }
    for new in provided.subtracting(before) { try rows.setMetadata(new, "provided") }
    if let state {
      try rows.setMetadata(ExternalReference.stateKey(project), state)
    } else {
      try connection.execute(
        "DELETE FROM metadata WHERE key = ?1", ExternalReference.stateKey(project))
    }
    for reference in before.symmetricDifference(provided) {
      try connection.query("SELECT issue_id FROM dependencies WHERE depends_on_id = ?1", reference) {
        row throws(BeadsError) in transaction.touched.issues.insert(row.text(0))
      }
    }
    transaction.countBookkeeping()
  }

  /// The issue file of the project in a directory, or nil when there is none.
  private func issueFile(_ directory: String) -> String? {
    var here = environment
    for name in ["BEADS_DIR", "BEADS_DB", "BD_DB"] { here.variables[name] = nil }
    return try? Workspace.locateIfPresent(environment: here, directory: directory)?.jsonlPath
  }

  /// What a project's closed issues provide, as references to it.
  private static func capabilities(of project: String, in file: String) throws(BeadsError) -> Set<String> {
    let decoder = IssueDecoder()
    let label: StaticString = "provides:"
    let prefix = "\(label)"
    var found: Set<String> = []
    try FileSystem.read(file).withUnsafeBufferPointer { content throws(BeadsError) in
      try FileLines.forEach(content) { _, line throws(BeadsError) in
        // A line that cannot be read provides nothing; its own project says what is wrong with it.
        guard line.contains(label), case .issue(let issue)? = try? decoder.decode(line), issue.isClosed else {
          return
        }
        for entry in issue.labels where entry.hasPrefix(prefix) {
          found.insert("\(ExternalReference.scheme)\(project):\(entry.dropFirst(prefix.count))")
        }
      }
    }
    return found
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the text occurs.
  fileprivate func contains(_ text: StaticString) -> Bool {
    let needle = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard let first = needle.first, count >= needle.count else { return false }
    return (0...(count - needle.count)).contains { start in
      self[start] == first && self[start..<(start + needle.count)].elementsEqual(needle)
    }
  }
}
