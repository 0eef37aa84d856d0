import BeadsSystem

/// A file of `.beads` that a project shares through git.
struct TrackedFile: Equatable {
  let content: [UInt8]
  let isExecutable: Bool
}

/// The files below `.beads` that are for everybody: not the database, not locks, nothing of this machine.
struct TrackedFiles {
  private let directory: String
  private let machine = IgnorePatterns(InitFiles.ignore)
  private let own: IgnorePatterns
  private(set) var files: [String: TrackedFile] = [:]

  /// Reads them, by their path below the directory.
  ///
  /// What belongs to one machine stays out whatever the project's `.gitignore` says; links are not followed.
  static func read(_ directory: String) throws(BeadsError) -> [String: TrackedFile] {
    var reader = TrackedFiles(directory)
    try reader.collect("")
    return reader.files
  }

  private init(_ directory: String) {
    self.directory = directory
    own = IgnorePatterns((try? FileSystem.readText(Path.join(directory, ".gitignore"))) ?? "")
  }

  private mutating func collect(_ folder: String) throws(BeadsError) {
    for name in try FileSystem.list(Path.join(directory, folder)) {
      let path = folder.isEmpty ? name : folder + "/" + name
      guard let status = try FileSystem.status(Path.join(directory, path), followLinks: false) else {
        continue
      }
      let isDirectory = status.kind == .directory
      if machine.match(path, isDirectory: isDirectory) || own.match(path, isDirectory: isDirectory) {
        continue
      }
      if isDirectory {
        // A repository inside is somebody else's.
        if name != ".git", !FileSystem.exists(Path.join(directory, path, ".git")) { try collect(path) }
      } else if status.kind == .regular {
        files[path] = TrackedFile(
          content: try FileSystem.read(Path.join(directory, path)), isExecutable: status.mode & 0o100 != 0)
      }
    }
  }
}
