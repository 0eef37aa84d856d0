import BeadsSystem

/// What the database remembers about `issues.jsonl`: how it looked when both last agreed.
struct FileState: Equatable {
  /// The stamp of the file; as long as it is the same, the content is.
  var stamp: FileStamp
  /// Whether the file is canonical: sorted by ID and written by this program, so that it can be spliced.
  var isCanonical: Bool

  static let key = "jsonl_state"

  static func load(_ connection: Connection) throws(BeadsError) -> FileState? {
    guard let text = try connection.text("SELECT value FROM metadata WHERE key = ?1", key) else { return nil }
    let parts = text.split(separator: "|")
    guard parts.count == 2, let stamp = FileStamp(String(parts[0])) else { return nil }
    return FileState(stamp: stamp, isCanonical: parts[1] == "canonical")
  }

  func save(_ connection: Connection) throws(BeadsError) {
    try IssueRows(connection: connection).setMetadata(
      Self.key, "\(stamp)|\(isCanonical ? "canonical" : "foreign")")
  }
}
