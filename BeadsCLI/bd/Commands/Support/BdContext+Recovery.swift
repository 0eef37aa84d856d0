import BeadsKit
import CommandKit

// Making the database where there is none, or none that can be used.
extension BdContext {
  /// Makes the database of a project that git brought, or in the place of what is no database.
  func makeDatabase(_ workspace: Workspace) throws(BeadsError) {
    let found = try Store.examineDatabase(at: StoreLocation(workspace))
    guard FileSystem.exists(workspace.jsonlPath) || found != .missing else { return }
    var options = WorkspaceInit.Options()
    options.databasePath = workspace.databasePath
    if found == .missing { _ = try WorkspaceInit(options, environment: environment).prepare() }
    try recover(workspace)
  }

  /// The store when its database could not be opened but a new one can take its place; nil when not.
  func recovered(
    _ workspace: Workspace, after error: BeadsError, isReadOnly: Bool
  ) throws(BeadsError) -> Store? {
    guard let found = try? Store.examineDatabase(at: StoreLocation(workspace)) else { return nil }
    if found == .sound { return nil }
    if isReadOnly, found.isRecoverable, FileSystem.exists(workspace.jsonlPath) {
      warn("\(workspace.databasePath) \(found.reason ?? ""); answering from \(workspace.jsonlPath) alone")
      return try openFile(workspace, isReadOnly: true)
    }
    if isReadOnly { return nil }
    try requireOwn(workspace, found)
    try recover(workspace)
    return try openDatabase(workspace, isReadOnly: false)
  }

  /// A database that somebody named outside any project is not ours to move.
  private func requireOwn(_ workspace: Workspace, _ found: DatabaseCondition) throws(BeadsError) {
    if Path.name(of: workspace.beadsDirectory) == ".beads" || workspace.metadata() != nil { return }
    throw BeadsError(
      .corrupt, "\(workspace.databasePath) \(found.reason ?? "cannot be used")",
      hint: "it is in no project's .beads directory and was left as it is")
  }

  /// Makes the database anew from the file and what can be read of the old one, and says so.
  private func recover(_ workspace: Workspace, deep: Bool = false) throws(BeadsError) {
    guard let report = try recovery(workspace).run(deep: deep) else { return }
    for warning in report.imported?.warnings ?? [] { warn("\(warning)") }
    if isQuiet { return }
    if report.found == .missing, report.losses.isEmpty {
      return output.note("Made the database from \(workspace.jsonlPath) (\(report.issueCount) issues)")
    }
    for line in report.sentences(database: workspace.databasePath, file: workspace.jsonlPath) {
      output.warn("\(line)")
    }
  }

  /// The recovery of this project's database.
  func recovery(_ workspace: Workspace) throws(BeadsError) -> DatabaseRecovery {
    DatabaseRecovery(
      at: StoreLocation(workspace), prefix: try workspace.recordedPrefix(environment).prefix,
      environment: environment, options: try options(workspace))
  }

  /// Whether an error came from a damaged database that is mended now, so that the command may run again: it had
  /// changed nothing.
  func hasRecovered(from error: any Error) -> Bool {
    guard let error = error as? BeadsError, error.code == .corrupt, let store = opened, store.hasDatabase,
      store.commitCount == 0, store.access == .readWrite, let workspace = try? workspace()
    else { return false }
    close()
    guard case .damaged? = try? Store.examineDatabase(at: StoreLocation(workspace), deep: true) else {
      return false
    }
    do throws(BeadsError) {
      try requireOwn(workspace, .damaged(error.message))
      try recover(workspace, deep: true)
      return true
    } catch {
      output.report(error)
      return false
    }
  }

  /// Writes a file in which conflicts were merged, so that other programs can read it, and says what git waits for.
  func concludeMerge(_ report: ImportReport, _ store: Store) {
    guard report.conflictCount > 0 || !report.mergedVersions.isEmpty else { return }
    guard store.access == .readWrite, store.options.exportsFile else { return }
    flush(force: true)
    if report.conflictCount > 0, !isQuiet {
      output.note("`git add \(store.location.jsonlPath)` concludes the merge")
    }
  }
}
