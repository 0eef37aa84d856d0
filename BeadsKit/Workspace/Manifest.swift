import BeadsFormats
import BeadsModel
package import BeadsSystem

/// What bd wrote outside `.beads`, kept in `.beads/manifest.json` so that it can all be removed again.
///
/// An entry is recorded before its file is touched: a crash between the two leaves an entry that finds nothing to
/// take back.
package struct Manifest: Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// Lines in a file that others write too; the value is exactly what was added.
    case lines
    /// The same in a git configuration file, which git guards with a lock.
    case configLines = "config-lines"
    /// A section between markers in a git hook.
    case hook
    /// A whole file; the value is the SHA-256 of its content, or empty when any content may go.
    case file
    /// What a recipe put into a file; the value is its name.
    case setup
    /// A directory; it goes when it is empty.
    case directory
  }

  package struct Entry: Sendable, Equatable {
    package let kind: Kind
    /// Relative to the directory `.beads` is in.
    package let path: String
    package let value: String
    /// Whether there was no such file before.
    package let isNew: Bool
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
      return Entry(
        kind: kind, path: path, value: item["value"]?.stringValue ?? "", isNew: item["new"] == .bool(true))
    }
  }

  /// Adds what is not yet recorded; `isNew` says that there is no such file yet.
  package mutating func record(
    _ kind: Kind, _ path: String, _ value: String = "", isNew: Bool, in workspace: Workspace
  ) {
    let relative = Path.relative(path, to: workspace.projectDirectory)
    // What was recorded first tells how it was before us.
    if entries.contains(where: { $0.kind == kind && $0.path == relative && $0.value == value }) { return }
    entries.append(Entry(kind: kind, path: relative, value: value, isNew: isNew))
  }

  /// Records the directories that have to be made for a file, outermost first.
  package mutating func recordDirectories(above path: String, in workspace: Workspace) {
    let missing = Path.ancestors(of: Path.directory(of: path)).prefix { !FileSystem.exists($0) }
    for directory in Array(missing).reversed() { record(.directory, directory, isNew: true, in: workspace) }
  }

  /// Drops the entries that a closure says are settled.
  package mutating func removeAll(where isSettled: (Entry) -> Bool) { entries.removeAll(where: isSettled) }

  package func save(_ workspace: Workspace) throws(BeadsError) {
    if entries.isEmpty {
      _ = try FileSystem.remove(workspace.manifestPath)
      return
    }
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.member("version", 2)
      writer.key("entries")
      writer.array(entries) { writer, entry in
        writer.object { writer in
          writer.member("kind", entry.kind.rawValue)
          writer.member("path", entry.path)
          writer.member("value", entry.value)
          writer.member("new", entry.isNew)
        }
      }
    }
    try FileSystem.replace(workspace.manifestPath, with: writer.bytes + [UInt8(ascii: "\n")], mode: 0o600)
  }
}

extension Manifest.Entry {
  /// What became of a thing that was written.
  enum State: Equatable {
    /// It is there as we left it.
    case present
    /// It is not there any more.
    case gone
    /// Somebody changed it since.
    case changed
  }

  func absolutePath(in workspace: Workspace) -> String { Path.absolute(path, in: workspace.projectDirectory) }

  func state(in workspace: Workspace) -> State {
    let path = absolutePath(in: workspace)
    switch kind {
    case .lines, .configLines: return SharedFile.has(value, path) ? .present : .gone
    case .hook: return HookFile(path).hasSection ? .present : .gone
    case .setup: return SetupRecipe.remainder(value, path) == .untouched ? .gone : .present
    case .directory:
      guard FileSystem.isDirectory(path) else { return .gone }
      return (try? FileSystem.list(path))?.isEmpty == true ? .present : .changed
    case .file:
      guard let content = try? FileSystem.read(path) else { return .gone }
      return value.isEmpty || SHA256.digest(content).hex == value ? .present : .changed
    }
  }

  /// Takes it back, unless it is gone or changed.
  /// - Returns: Whether something was removed.
  @discardableResult
  func revert(in workspace: Workspace) throws(BeadsError) -> Bool {
    guard state(in: workspace) == .present else { return false }
    let path = absolutePath(in: workspace)
    switch kind {
    case .lines: return try SharedFile.take(value, from: path, isOurs: isNew)
    case .configLines:
      return try SharedFile.take(value, from: path, guarded: .gitLock, isOurs: isNew)
    case .hook:
      return try HookFile(path).uninstall(
        wasThere: !isNew, keepingCopiesIn: workspace.hookCopiesPath)
    case .setup: return try SetupRecipe.revert(value, path)
    case .file, .directory: return try FileSystem.remove(path)
    }
  }
}
