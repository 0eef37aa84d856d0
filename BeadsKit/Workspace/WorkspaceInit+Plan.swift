public import BeadsSystem

extension WorkspaceInit {
  /// What a directory needs before one can work in it.
  public enum Plan: Sendable, Equatable {
    /// Nothing: the project and its database are there.
    case nothing(Workspace)
    /// The database is to be made from the files that git brought.
    case makeDatabase(Workspace)
    /// The remote has a project that this checkout lacks, as the sentence says.
    case updateCheckout(String)
    /// There is no project yet; one would be in this `.beads` directory.
    case start(String)
  }

  /// Finds out what is missing here, and changes nothing.
  /// - Throws: `invalid` when the directory leads to another one that holds no project.
  public func plan() throws(BeadsError) -> Plan {
    var target = try InitTarget(options, environment)
    if let existing = try target.existing(requestedPrefix: nil) {
      let hasDatabase = ((try? FileSystem.stamp(existing.databasePath))?.size ?? 0) > 0
      let needsNone = try Configuration(environment: environment, workspace: existing).bool("no-db")
      return hasDatabase || needsNone ? .nothing(existing) : .makeDatabase(existing)
    }
    try target.checkRedirect()
    do throws(BeadsError) { try target.checkRemote() } catch {
      if error.code == .remoteDiverges { return .updateCheckout(error.message) }
      throw error
    }
    return .start(target.directory)
  }
}
