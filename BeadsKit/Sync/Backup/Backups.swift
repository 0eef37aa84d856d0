import BeadsModel
public import BeadsSystem

/// The backups of a project: makes, lists, checks, restores and removes them.
///
/// They are kept in `.beads/backup`, which git ignores, or in a directory that was chosen for this clone, such as one
/// that is copied elsewhere.
public struct Backups: Sendable {
  /// The project.
  public let workspace: Workspace
  let environment: Environment

  /// The backups of a project.
  public init(_ workspace: Workspace, environment: Environment) {
    self.workspace = workspace
    self.environment = environment
  }

  // MARK: Where they are

  private var ownDirectory: String { workspace.path("backup") }
  private var destinationPath: String { Path.join(ownDirectory, "destination") }

  /// The directory that was chosen for this clone, or nil.
  public var destination: String? {
    let text = try? FileSystem.readText(destinationPath)
    return text?.split(whereSeparator: \.isNewline).first.map(String.init)
  }

  /// Where the next backup is made.
  public var directory: String { destination ?? ownDirectory }

  /// Chooses a directory for this clone, which is made if need be; backups that are elsewhere stay there.
  /// - Throws: `read_only`, `io_error` when nothing can be written there.
  public func choose(_ directory: String) throws(BeadsError) {
    try FileSystem.makeDirectory(directory, mode: 0o700)
    guard FileSystem.isWritable(directory) else {
      throw BeadsError(.readOnly, "\(directory) cannot be written", hint: "choose a directory that can be")
    }
    try FileSystem.makeDirectory(ownDirectory, mode: 0o700)
    try FileSystem.replace(destinationPath, with: Array((directory + "\n").utf8), mode: 0o600)
  }

  /// Goes back to `.beads/backup`.
  /// - Returns: The directory that was chosen; the backups in it stay.
  public func forgetDestination() throws(BeadsError) -> String? {
    let chosen = destination
    try FileSystem.remove(destinationPath)
    return chosen
  }

  // MARK: What there is

  /// The identity by which backups of several projects in one directory are told apart.
  var project: String { workspace.metadata()?.projectID ?? workspace.beadsDirectory }

  /// The backups of this project, the latest first; both in `.beads/backup` and in the chosen directory.
  public func list() throws(BeadsError) -> [Backup] {
    var found: [Backup] = []
    for directory in Set([ownDirectory, directory]) where FileSystem.isDirectory(directory) {
      for name in try FileSystem.list(directory) where !name.hasPrefix(".") {
        guard let backup = Backup(directory: Path.join(directory, name)), backup.project == project else {
          continue
        }
        found.append(backup)
      }
    }
    return found.sorted { ($1.createdAt, $1.name) < ($0.createdAt, $0.name) }
  }

  /// The backup of that name, or the latest one.
  /// - Throws: `not_found`.
  public func find(_ name: String?) throws(BeadsError) -> Backup {
    let all = try list()
    if let backup = all.first(where: { name == nil || $0.name == name }) { return backup }
    throw BeadsError(
      .notFound, name.map { "there is no backup \(quoted($0))" } ?? "there is no backup yet",
      hint: all.isEmpty ? "make one with: bd backup" : "list them with: bd backup list")
  }

  /// Removes a backup.
  public func remove(_ backup: Backup) throws(BeadsError) {
    // Without its manifest it is none any more, wherever this is interrupted.
    let names = try FileSystem.list(backup.path)
    for name in [Backup.manifestName] + names where names.contains(name) {
      try FileSystem.remove(Path.join(backup.path, name))
    }
    try FileSystem.remove(backup.path)
  }
}
