import BeadsFormats
package import BeadsSystem

/// What bd wrote outside `.beads`, kept in `.beads/manifest.json` so that it can all be removed again.
package struct Manifest: Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// A line in a file that others write too.
    case line
    /// A key in a git configuration file.
    case gitConfig = "git-config"
    /// A whole file.
    case file
  }

  package struct Entry: Sendable, Equatable {
    package let kind: Kind
    /// Relative to the directory `.beads` is in.
    package let path: String
    /// The line, or `key=value`; empty for a whole file.
    package let value: String
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  /// The manifest of a workspace; empty without a readable file.
  package init(_ workspace: Workspace) {
    guard let text = try? FileSystem.readText(workspace.manifestPath) else { return }
    entries = (JSONValue(parsing: text)?["entries"]?.arrayValue ?? []).compactMap { item in
      guard let kind = item["kind"]?.stringValue.flatMap(Kind.init), let path = item["path"]?.stringValue
      else {
        return nil
      }
      return Entry(kind: kind, path: path, value: item["value"]?.stringValue ?? "")
    }
  }

  /// Adds what is not yet recorded.
  package mutating func record(_ kind: Kind, _ path: String, _ value: String, in workspace: Workspace) {
    let entry = Entry(kind: kind, path: Path.relative(path, to: workspace.projectDirectory), value: value)
    if !entries.contains(entry) { entries.append(entry) }
  }

  /// Removes what was recorded; returns whether it was.
  package mutating func forget(
    _ kind: Kind, _ path: String, _ value: String, in workspace: Workspace
  ) -> Bool {
    let entry = Entry(kind: kind, path: Path.relative(path, to: workspace.projectDirectory), value: value)
    guard let index = entries.firstIndex(of: entry) else { return false }
    entries.remove(at: index)
    return true
  }

  package func save(_ workspace: Workspace) throws(BeadsError) {
    let items = entries.map { entry in
      JSONValue.object([
        .init(key: "kind", value: .string(entry.kind.rawValue)),
        .init(key: "path", value: .string(entry.path)),
        .init(key: "value", value: .string(entry.value)),
      ])
    }
    var writer = JSONWriter(.pretty)
    JSONValue.object([
      .init(key: "version", value: .number("1")), .init(key: "entries", value: .array(items)),
    ])
    .write(to: &writer)
    try FileSystem.replace(workspace.manifestPath, with: writer.bytes + [UInt8(ascii: "\n")], mode: 0o600)
  }

  /// Takes back one thing that was written; what has changed since, or is gone, is left alone.
  /// - Returns: Whether something was removed.
  package static func revert(
    _ entry: Entry, in workspace: Workspace, environment: Environment
  ) throws(BeadsError) -> Bool {
    let path = Path.absolute(entry.path, in: workspace.projectDirectory)
    switch entry.kind {
    case .line: return try SharedFile.removeLine(entry.value, from: path)
    case .file: return try FileSystem.remove(path)
    case .gitConfig:
      guard let equals = entry.value.firstIndex(of: "=") else { return false }
      let key = String(entry.value[..<equals])
      let config = GitConfig(environment, workspace.repository)
      guard config.value(key) == String(entry.value[entry.value.index(after: equals)...]) else {
        return false
      }
      try config.unset(key)
      return true
    }
  }
}

/// Changes by line to files that others write too.
enum SharedFile {
  /// Adds a line unless it is there; returns whether it was added.
  static func addLine(_ line: String, to path: String) throws(BeadsError) -> Bool {
    let text = FileSystem.exists(path) ? try FileSystem.readText(path) : ""
    guard !lines(text).contains(line[...]) else { return false }
    try FileSystem.makeDirectory(Path.directory(of: path))
    let gap = text.isEmpty || text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"
    try FileSystem.replace(path, with: Array((text + gap + line + "\n").utf8))
    return true
  }

  /// Removes every such line; returns whether there was one.
  static func removeLine(_ line: String, from path: String) throws(BeadsError) -> Bool {
    guard FileSystem.exists(path) else { return false }
    let all = lines(try FileSystem.readText(path))
    let kept = all.filter { $0 != line }
    if kept.count == all.count { return false }
    try FileSystem.replace(path, with: Array(kept.joined(separator: "\n").utf8))
    return true
  }

  private static func lines(_ text: String) -> [Substring] {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
  }
}
