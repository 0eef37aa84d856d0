import BeadsFormats
import BeadsModel
public import BeadsSystem

extension Store {
  /// Writes changes of other projects' issues into their own stores.
  ///
  /// Each is merged there with what has changed meanwhile, so that nothing is lost on either side; one that
  /// cannot be written stays marked, and the next call tries again. Costs one query when there is nothing.
  /// - Returns: What could not be written, one sentence each.
  public func writeBack(_ repos: [HydratedRepo]) throws(BeadsError) -> [String] {
    guard medium == .database, access == .readWrite, !repos.isEmpty else { return [] }
    let changes = try connection.all(
      """
      SELECT i.source_repo, c.issue_id, c.base FROM hydrated_changes c JOIN issues i ON i.id = c.issue_id
      ORDER BY c.issue_id
      """
    ) { (repo: $0.text(0), id: IssueID(unchecked: $0.text(1)), base: $0.text(2)) }
    var failures: [String] = []
    for repo in repos {
      let own = changes.filter { $0.repo == repo.name }.map { ($0.id, $0.base) }
      if own.isEmpty { continue }
      do throws(BeadsError) { try writeBack(own, to: repo) } catch {
        let ids = own.map(\.0.rawValue).joined(separator: ", ")
        failures.append("saved here, but \(ids) could not be written to \(repo.name): \(error.message)")
      }
    }
    return failures
  }

  private func writeBack(_ changes: [(IssueID, String)], to repo: HydratedRepo) throws(BeadsError) {
    let theirs = try openNeighbour(workspace(of: repo))
    defer { theirs.closeConnection() }
    let decoder = IssueDecoder()
    var written: [(ours: Issue, merged: Issue)] = []
    let ours = try issues(changes.map(\.0))
    let bases = Dictionary(changes) { first, _ in first }
    try theirs.write("update") { transaction throws(BeadsError) in
      for issue in ours {
        let base = bases[issue.id].flatMap { try? decoder.decodeIssue($0) }
        let present = try theirs.issue(issue.id)
        let merged = IssueMerge.merge(
          base: base, ours: issue, theirs: present, policy: MergePolicy(now: transaction.now))
        guard let merged else { continue }
        if merged != present { try transaction.apply(before: present, after: merged) }
        written.append((issue, merged))
      }
      transaction.summary = ours.map(\.id.rawValue).joined(separator: " ")
    }
    try theirs.flush()
    try settle(written)
  }

  /// Notes what the other project has now; what was changed here meanwhile stays a change.
  private func settle(_ written: [(ours: Issue, merged: Issue)]) throws(BeadsError) {
    try requireWritable("hydrate")
    try commit(Operation.takeOverKind, .bulk, nil) { transaction throws(BeadsError) in
      for (ours, merged) in written {
        guard let current = try issue(ours.id), try rows.isHydrated(ours.id) else { continue }
        let result =
          IssueMerge.merge(
            base: ours, ours: current, theirs: merged, policy: MergePolicy(now: transaction.now))
          ?? merged
        if result != current { try transaction.apply(before: current, after: result, file: .isElsewhere) }
        try rows.setBase(ours.id, result == merged ? nil : merged)
      }
      transaction.countBookkeeping()
    }
  }

  /// The store of another project, up to date with its file; its database is made if it has none yet.
  private func openNeighbour(_ workspace: Workspace) throws(BeadsError) -> Store {
    let place = StoreLocation(workspace)
    let configuration = Configuration(environment: environment, workspace: workspace)
    let options = StoreOptions(
      lockTimeout: self.options.lockTimeout, command: self.options.command,
      fallback: { key throws(BeadsError) in try configuration.string(key) })
    let prefix = try workspace.recordedPrefix(environment).prefix
    let store: Store
    if FileSystem.exists(workspace.databasePath) {
      store = try Store.open(at: place, actor: actor, environment: environment, options: options)
    } else if try configuration.bool("no-db") {
      store = try Store.openFile(
        at: place, prefix: prefix, actor: actor, environment: environment, options: options)
    } else {
      store = try Store.create(
        at: place, prefix: prefix, actor: actor, environment: environment, options: options)
    }
    do throws(BeadsError) { try store.importChanges() } catch {
      store.closeConnection()
      throw error
    }
    return store
  }
}
