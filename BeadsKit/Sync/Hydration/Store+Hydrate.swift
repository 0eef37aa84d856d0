public import BeadsModel
public import BeadsSystem

/// Another project whose issues are shown in this one.
public struct HydratedRepo: Sendable, Hashable {
  /// Its directory as the setting `repos.additional` has it; `source_repo` of its issues.
  public let name: String
  /// Its directory, absolute.
  public let directory: String

  /// Names a project.
  public init(name: String, directory: String) {
    self.name = name
    self.directory = directory
  }
}

/// What looking at other projects brought.
public struct HydrationReport: Sendable, Equatable {
  /// Projects that were read.
  public var synced = 0
  /// Projects that had not changed, or could not be read.
  public var skipped = 0
  /// Issues that are new or changed here.
  public var imported = 0
  /// What people should know, one sentence each.
  public var warnings: [String] = []

  /// Nothing looked at yet.
  public init() {}
}

extension Store {
  /// Shows the issues of other projects here, as their `issues.jsonl` have them.
  ///
  /// They are rows like any others and never get into this project's file; a change made here is written back
  /// by `writeBack`, and until then merged with what their file brings. An ID that this project has too stays
  /// this project's. Costs one query when there are no such projects and never were, and a look at each file;
  /// a file is read when it has changed.
  /// - Parameters:
  ///   - repos: All projects to show; those that were shown and are not among them any more go.
  ///   - force: Whether to read files that have not changed.
  @discardableResult
  public func hydrate(_ repos: [HydratedRepo], force: Bool = false) throws(BeadsError) -> HydrationReport {
    var report = HydrationReport()
    guard medium == .database, access == .readWrite, obstacle == nil else { return report }
    var states = try hydrationStates()
    if repos.isEmpty, states.isEmpty { return report }
    for repo in repos {
      let known = states.removeValue(forKey: repo.name)
      do throws(BeadsError) { try hydrate(repo, known, force: force, &report) } catch {
        report.skipped += 1
        report.warnings.append("the issues of \(repo.name) are shown as last seen: \(error.message)")
      }
    }
    for gone in states.keys.sorted() { try dehydrate(gone, &report) }
    return report
  }

  /// How the files looked when they were read, by the names of the projects.
  private func hydrationStates() throws(BeadsError) -> [String: String] {
    let exists = try connection.int64(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'hydrated_repos'")
    if exists == nil { return [:] }
    let rows = try connection.all("SELECT repo, state FROM hydrated_repos") { ($0.text(0), $0.text(1)) }
    return Dictionary(rows) { first, _ in first }
  }

  private func hydrate(
    _ repo: HydratedRepo, _ known: String?, force: Bool, _ report: inout HydrationReport
  ) throws(BeadsError) {
    // The file that was read last time tells without looking for the project whether anything is new.
    if !force, let known, let bar = known.firstIndex(of: "|"),
      let stamp = try FileSystem.stamp(String(known[known.index(after: bar)...])),
      stamp.description == known[..<bar]
    {
      report.skipped += 1
      return
    }
    let file = try workspace(of: repo).jsonlPath
    if file == location.jsonlPath { throw BeadsError(.invalid, "that is this project") }
    guard let stamp = try FileSystem.stamp(file) else {
      throw BeadsError(.notFound, "\(file) does not exist")
    }
    let content = try FileSystem.read(file)
    try requireWritable("hydrate")
    try commit(Operation.takeOverKind, .bulk, nil) { transaction throws(BeadsError) in
      try connection.executeScript(Schema.hydration)
      var hydration = Hydration(store: self, repo: repo.name, now: transaction.now)
      try hydration.run(content, &transaction)
      report.imported += hydration.imported
      report.warnings += hydration.warnings
      // The stamp from before reading: had the file changed since, the next look would see it.
      try connection.execute(
        "INSERT OR REPLACE INTO hydrated_repos (repo, state) VALUES (?1, ?2)", repo.name, "\(stamp)|\(file)")
      transaction.countBookkeeping()
      transaction.summary = "\(hydration.imported) issues of \(repo.name)"
    }
    report.synced += 1
  }

  /// The project itself.
  /// - Throws: `no_store`.
  func workspace(of repo: HydratedRepo) throws(BeadsError) -> Workspace {
    var here = environment
    for name in ["BEADS_DIR", "BEADS_DB", "BD_DB"] { here.variables[name] = nil }
    return try Workspace.locate(environment: here, directory: repo.directory)
  }

  // MARK: Going

  /// Shows the issues of a project no more; what was changed in them has to be written back before.
  /// - Returns: How many there were.
  /// - Throws: `conflict` while there are changes that its own project has not got.
  @discardableResult
  public func dehydrate(_ name: String) throws(BeadsError) -> Int {
    let pending = try connection.all(
      """
      SELECT c.issue_id FROM hydrated_changes c JOIN issues i ON i.id = c.issue_id
      WHERE i.source_repo = ?1 ORDER BY c.issue_id
      """, name
    ) { $0.text(0) }
    guard pending.isEmpty else {
      throw BeadsError(
        .conflict, "changes of \(pending.joined(separator: ", ")) are not in \(name) yet",
        hint: "bd repo sync writes them there")
    }
    let ids = try connection.all("SELECT id FROM issues WHERE source_repo = ?1", name) {
      IssueID(unchecked: $0.text(0))
    }
    try requireWritable("hydrate")
    try commit(Operation.takeOverKind, .bulk, nil) { transaction throws(BeadsError) in
      for id in ids { try rows.forget(id) }
      try connection.execute("DELETE FROM hydrated_repos WHERE repo = ?1", name)
      transaction.touched.isEverything = true
      transaction.countBookkeeping()
    }
    return ids.count
  }

  private func dehydrate(_ name: String, _ report: inout HydrationReport) throws(BeadsError) {
    do throws(BeadsError) { try dehydrate(name) } catch {
      guard error.code == .conflict else { throw error }
      report.warnings.append("\(name) is no longer in repos.additional, but \(error.message)")
    }
  }

  /// The project that an issue belongs to, as the setting names it, or nil when it is this one.
  public func sourceRepo(of id: IssueID) throws(BeadsError) -> String? {
    let source = try connection.text("SELECT source_repo FROM issues WHERE id = ?1", id.rawValue)
    return source == "." ? nil : source
  }
}
