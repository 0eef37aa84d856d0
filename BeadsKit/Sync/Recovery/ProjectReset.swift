public import BeadsSystem

/// Takes a project out of use without losing anything of it: its directory gets another name.
public struct ProjectReset: Sendable {
  private let workspace: Workspace
  private let environment: Environment

  /// Describes the reset of a project; nothing is changed yet.
  public init(_ workspace: Workspace, environment: Environment) {
    self.workspace = workspace
    self.environment = environment
  }

  /// What bd wrote outside of the directory and `run` takes back.
  public func plan() throws(BeadsError) -> [Uninstall.Item] {
    try requireOwn()
    return try Uninstall(workspace: workspace, environment: environment).plan()
  }

  /// Removes what bd wrote outside of the directory, and renames the directory.
  ///
  /// Waits for writers. Renaming it back brings the project back, and `bd hooks install` its hooks.
  /// - Returns: The new path, for example `.beads.reset-20260302T090001Z`.
  /// - Throws: `conflict` when the directory is another checkout's; `locked`, `read_only`, `io_error`.
  public func run(lockTimeout: Duration = .seconds(10)) throws(BeadsError) -> String {
    try requireOwn()
    _ = try Uninstall(workspace: workspace, environment: environment).run()
    let kept = try freeName("\(workspace.beadsDirectory).reset-\(DatabaseFiles.stamp(environment.clock()))")
    try StoreLocation(workspace).whileNobodyWrites("bd reset", environment.clock, timeout: lockTimeout) {
      () throws(BeadsError) in
      FailPoint.reach("reset.rename")
      try FileSystem.rename(workspace.beadsDirectory, to: kept)
    }
    return kept
  }

  /// The directory of another checkout serves that one too.
  private func requireOwn() throws(BeadsError) {
    guard let redirect = workspace.redirectedFrom else { return }
    throw BeadsError(
      .conflict, "the project of \(redirect) is kept in \(workspace.beadsDirectory)",
      hint: "run it in \(workspace.projectDirectory)")
  }

  private func freeName(_ wanted: String) throws(BeadsError) -> String {
    var (name, number) = (wanted, 2)
    while try FileSystem.status(name, followLinks: false) != nil {
      name = "\(wanted)-\(number)"
      number += 1
    }
    return name
  }
}
