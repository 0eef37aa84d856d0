import BeadsKit

/// New contents of several files that belong together.
///
/// All are written beside the files before the first takes its place: what can fail for want of space has then
/// happened, and nothing has changed.
struct FileChanges {
  private var files: [(path: String, temporary: String)] = []

  /// Writes a new content beside a file; one that it has already is no change.
  mutating func add(_ path: String, _ bytes: [UInt8]) throws(BeadsError) {
    if try FileSystem.readIfPresent(path) == bytes { return }
    let temporary = path + ".gt-new"
    try FileSystem.makeDirectory(Path.directory(of: path))
    files.append((path, temporary))
    try FileSystem.replace(temporary, with: bytes, durable: true)
  }

  /// Writes a new JSON object beside a file.
  mutating func add(_ path: String, _ value: JSONValue) throws(BeadsError) {
    try add(path, JSONEdit.pretty(value) + [UInt8(ascii: "\n")])
  }

  /// Puts the new contents in place, in the order in which they were added.
  func commit() throws(BeadsError) {
    for file in files { try FileSystem.rename(file.temporary, to: file.path) }
  }

  /// Removes what was written and not put in place.
  func discard() { for file in files { _ = try? FileSystem.remove(file.temporary) } }

  /// Prepares changes and commits them, or leaves everything as it was.
  static func make(_ body: (inout FileChanges) throws(BeadsError) -> Void) throws(BeadsError) {
    var changes = FileChanges()
    do throws(BeadsError) {
      try body(&changes)
      try changes.commit()
    } catch {
      changes.discard()
      throw error
    }
  }
}
