public import BeadsSystem

extension Workspace {
  /// Finds the project that a command works on; the first hit wins.
  ///
  /// 1. `databasePath` (`--db`) or `directory` (`-C`); 2. `BEADS_DIR`; 3. `BEADS_DB`, `BD_DB`; 4. the
  /// nearest `.beads` from the current directory up to the root of the checkout. A `redirect` file is
  /// followed once. In a linked worktree, tracked files alone are no store: the main checkout's is used
  /// unless the worktree has a redirect or a database of its own. Like git, the walk does not enter a
  /// directory in `GIT_CEILING_DIRECTORIES`, and it passes by what another user left in `/tmp`. Creates
  /// nothing; costs a handful of system calls. `WorkspaceSearch` tells the decision.
  /// - Throws: `no_store` when there is none, saying where it was looked for; `unsupported` when the only
  ///   data is in another tool's format; `invalid` when `directory` does not exist.
  public static func locate(
    environment: Environment, databasePath: String? = nil, directory: String? = nil
  ) throws(BeadsError) -> Workspace {
    var locator = WorkspaceLocator(environment)
    return try locator.locate(databasePath: databasePath, directory: directory)
  }

  /// Like `locate`, but nil instead of `no_store`.
  public static func locateIfPresent(
    environment: Environment, databasePath: String? = nil, directory: String? = nil
  ) throws(BeadsError) -> Workspace? {
    do throws(BeadsError) {
      return try locate(environment: environment, databasePath: databasePath, directory: directory)
    } catch {
      if error.code == .noStore { return nil }
      throw error
    }
  }
}
