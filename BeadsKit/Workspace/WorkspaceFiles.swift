import BeadsSystem

/// What a `.beads` directory holds, as far as finding the store needs to know.
struct WorkspaceFiles {
  let directory: String
  let metadata: WorkspaceMetadata?

  init(_ directory: String) {
    self.directory = directory
    metadata = WorkspaceMetadata(path: Path.join(directory, WorkspaceMetadata.fileName))
  }

  /// Whether anything here says that this is a project.
  var isProject: Bool {
    metadata != nil || FileSystem.exists(Path.join(directory, "config.yaml")) || hasData
  }

  /// Whether there is a database or an issue file.
  var hasData: Bool { hasDatabase || names.contains { $0.hasSuffix(".jsonl") } }

  /// Whether there is a database that is not empty and no backup of one.
  var hasDatabase: Bool {
    isFilled(databaseName) || names.contains { Self.isDatabase($0) && isFilled($0) }
  }

  /// Whether there is a database that is not known to be another program's.
  ///
  /// A damaged one counts: what it was cannot be told any more.
  var ownsDatabase: Bool {
    ([databaseName] + names.filter(Self.isDatabase)).contains { isFilled($0) && !isForeign($0) }
  }

  /// Whether this is a sound SQLite header with another program's number.
  private func isForeign(_ name: String) -> Bool {
    var header = [UInt8](repeating: 0, count: 72)
    let count = try? header.withUnsafeMutableBytes { buffer throws(BeadsError) in
      try File(Path.join(directory, name), .read).read(into: buffer)
    }
    return count == header.count && header.starts(with: "SQLite format 3\0".utf8)
      && header[68...].reduce(0) { $0 << 8 | Int($1) } != Schema.applicationID
  }

  var databaseName: String { metadata?.database ?? WorkspaceMetadata.defaultDatabase }

  /// The issue file's name: as recorded, else the usual one, else the oldest one.
  var jsonlName: String {
    if let name = metadata?.jsonlExport { return name }
    let usual = WorkspaceMetadata.defaultJSONL
    let isOld = !FileSystem.exists(Path.join(directory, usual))
    return isOld && FileSystem.exists(Path.join(directory, "beads.jsonl")) ? "beads.jsonl" : usual
  }

  private var names: [String] { (try? FileSystem.list(directory)) ?? [] }

  private func isFilled(_ name: String) -> Bool {
    guard let status = try? FileSystem.status(Path.join(directory, name)) else { return false }
    return status.kind == .regular && status.stamp.size > 0
  }

  private static func isDatabase(_ name: String) -> Bool {
    name.hasSuffix(".db") && name != "vc.db" && !name.contains(".backup")
  }

  /// The first line of the `redirect` file that is neither blank nor a comment, or nil.
  var redirect: String? {
    guard let text = try? FileSystem.readText(Path.join(directory, "redirect")) else { return nil }
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.trimmingBlanks
      if !content.isEmpty, !content.hasPrefix("#") { return String(content) }
    }
    return nil
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  package var trimmingBlanks: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}
