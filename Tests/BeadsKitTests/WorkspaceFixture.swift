import BeadsSystem

/// Directories and files as git and bd would leave them, made without running either.
struct WorkspaceFixture {
  let root: String
  var environment: Environment

  init(_ root: String, in directory: String = "repo", variables: [String: String] = [:]) {
    self.root = root
    environment = Environment(
      variables: variables.merging([
        "GIT_CEILING_DIRECTORIES": Path.directory(of: root), "GIT_CONFIG_SYSTEM": "/dev/null",
      ]) { own, _ in own },
      currentDirectory: Path.join(root, directory), homeDirectory: root + "/home",
      userName: "tester", clock: { 1_795_371_981_000_000_000 }, entropy: { 0x0123_4567_89AB_CDEF })
  }

  /// Writes a file and the directories above it; the path is relative to the fixture.
  func write(_ path: String, _ text: String = "") throws {
    let path = Path.join(root, path)
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: Array(text.utf8))
  }

  func text(_ path: String) throws -> String { try FileSystem.readText(Path.join(root, path)) }

  func exists(_ path: String) -> Bool { FileSystem.exists(Path.join(root, path)) }

  /// A repository with its own `.git` directory.
  func repository(_ directory: String) throws {
    try write(directory + "/.git/HEAD", "ref: refs/heads/main\n")
  }

  /// A checkout that `git worktree add` would make.
  func worktree(_ directory: String, of gitDirectory: String) throws {
    let administrative = "\(gitDirectory)/worktrees/\(Path.name(of: directory))"
    try write("\(administrative)/HEAD", "ref: refs/heads/topic\n")
    try write("\(administrative)/commondir", "../..\n")
    try write("\(directory)/.git", "gitdir: \(root)/\(administrative)\n")
  }

  /// The files of a store that git tracks.
  func tracked(_ directory: String) throws {
    try write(
      Path.join(directory, ".beads/metadata.json"), #"{"database":"beads.db","jsonl_export":"issues.jsonl"}"#)
    try write(Path.join(directory, ".beads/issues.jsonl"), "{}\n")
  }

  /// A store with a database.
  func store(_ directory: String) throws {
    try tracked(directory)
    try write(Path.join(directory, ".beads/beads.db"), "SQLite format 3")
  }

  func redirect(_ directory: String, to target: String) throws {
    try write(Path.join(directory, ".beads/redirect"), "# where the issues are\n\n\(target)\n")
  }
}
