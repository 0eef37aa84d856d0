import BeadsSystem

/// A project's place on disk: its `.beads` directory, the files of the store in it, and its git repository.
///
/// A value made by one resolution function that every command uses; see
/// `locate(environment:databasePath:directory:)`.
public struct Workspace: Sendable, Equatable {
  /// The directory that holds the store, after redirects and symbolic links.
  public let beadsDirectory: String
  /// The SQLite file; it may not exist yet when it can be rebuilt from the issue file.
  public let databasePath: String
  /// The issue file that git tracks.
  public let jsonlPath: String
  /// The `.beads` directory whose `redirect` file led here, if one did.
  public let redirectedFrom: String?
  /// The git repository the store is in, if it is in one.
  public let repository: GitLocation?
  /// What the user should know, such as a redirect that leads nowhere.
  public let warnings: [String]

  /// The storage engine of another tool that this project is made for, if its metadata names one.
  public let foreignBackend: String?
  /// The random identity that `init` gave the project, if its metadata has one.
  public let projectID: String?

  /// The directory the project's `.beads` is in.
  public var projectDirectory: String { Path.directory(of: beadsDirectory) }
  /// The state directory of the checkout the store is in: `.git` or `.git/worktrees/NAME`.
  public var gitDirectory: String? { repository?.directory }
  /// The directory all checkouts of the repository share.
  public var gitCommonDirectory: String? { repository?.commonDirectory }
  /// The root of the checkout the store is in.
  public var workTreeRoot: String? { repository?.workTree }

  /// Whether this process may not write here: permissions or a read-only file system.
  ///
  /// Asks the file system, two system calls.
  public var isReadOnly: Bool {
    if !FileSystem.isWritable(beadsDirectory) { return true }
    return FileSystem.exists(databasePath) && !FileSystem.isWritable(databasePath)
  }

  /// The path of a file or directory in `.beads`.
  package func path(_ name: String) -> String { Path.join(beadsDirectory, name) }

  /// Lock file of those who write to the database.
  package var writeLockPath: String { path(".write.lock") }
  /// Lock file of those who write the issue file.
  package var jsonlLockPath: String { path(".jsonl.lock") }
  /// Lock file of a running synchronisation.
  package var syncLockPath: String { path(".sync.lock") }
  /// Holds the ID last created, updated, shown or closed.
  package var lastTouchedPath: String { path("last-touched") }
  /// The settings shared through git.
  package var configPath: String { path("config.yaml") }
  /// The settings of this machine.
  package var localConfigPath: String { path("config.local.yaml") }
  /// The names of the store's files, and what other tools recorded.
  package var metadataPath: String { path(WorkspaceMetadata.fileName) }
  /// The audit log that agents append to.
  package var interactionsPath: String { path("interactions.jsonl") }
  /// What bd wrote outside `.beads`, so that it can be taken back.
  package var manifestPath: String { path("manifest.json") }

  /// Where hooks go that older tools wrote and ours replace.
  package var hookCopiesPath: String { path("backup/git-hooks") }

  /// The project's metadata, or nil without a readable file.
  public func metadata() -> WorkspaceMetadata? { WorkspaceMetadata(path: metadataPath) }
}
