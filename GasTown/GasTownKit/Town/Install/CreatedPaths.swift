import BeadsKit

/// The files and directories that a command made, so that it can take them back when it fails half-way.
struct CreatedPaths {
  private var paths: [String] = []

  /// Makes a directory and those above it that are missing.
  mutating func directory(_ path: String, mode: UInt32 = 0o755) throws(BeadsError) {
    if FileSystem.isDirectory(path) { return }
    let parent = Path.directory(of: path)
    if parent != path { try directory(parent) }
    try FileSystem.makeDirectory(path, mode: mode)
    paths.append(path)
  }

  /// Writes a file unless there is one; returns whether it did.
  @discardableResult
  mutating func file(_ path: String, _ text: String, mode: UInt32 = 0o644) throws(BeadsError) -> Bool {
    if try FileSystem.status(path, followLinks: false) != nil { return false }
    try directory(Path.directory(of: path))
    paths.append(path)
    try FileSystem.replace(path, with: Array(text.utf8), mode: mode)
    return true
  }

  /// Writes a JSON file unless there is one; returns whether it did.
  @discardableResult
  mutating func json(_ path: String, _ value: JSONValue) throws(BeadsError) -> Bool {
    try file(path, String(decoding: JSONEdit.pretty(value), as: UTF8.self) + "\n")
  }

  /// Makes a symbolic link unless something is there.
  mutating func link(_ path: String, to target: String) throws(BeadsError) {
    if try FileSystem.status(path, followLinks: false) != nil { return }
    try FileSystem.makeLink(path, to: target)
    paths.append(path)
  }

  /// Notes what is about to be made by others, all of it below one path; one that exists is not ours.
  mutating func adopt(_ path: String) throws(BeadsError) {
    if try FileSystem.status(path, followLinks: false) == nil { paths.append(path) }
  }

  /// Removes everything that was made, latest first.
  func takeBack() {
    for path in paths.reversed() { try? FileTree.remove(path) }
  }
}
