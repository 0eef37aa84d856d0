import BeadsSystem

/// Adds to files that others write too, each addition recorded in the manifest before it is made.
struct RecordedEdit {
  let workspace: Workspace

  /// Adds a line at the end unless it is there; returns whether it was added.
  func addLine(_ line: String, to path: String) throws(BeadsError) -> Bool {
    guard let text = try SharedFile.missing(line, in: path) else { return false }
    try record(.lines, path, text)
    try SharedFile.append(text, to: path)
    return true
  }

  /// Takes back a line that was added and recorded; others stay.
  /// - Returns: Whether it was recorded.
  func takeLine(_ line: String, from path: String) throws(BeadsError) -> Bool {
    var manifest = Manifest(workspace)
    let entry = manifest.entries.first { entry in
      entry.kind == .lines && entry.absolutePath(in: workspace) == path
        && entry.value.split(separator: "\n").elementsEqual([line[...]])
    }
    guard let entry else { return false }
    try entry.revert(in: workspace)
    manifest.removeAll { $0 == entry }
    try manifest.save(workspace)
    return true
  }

  /// Adds lines to a git configuration file.
  func addConfig(_ lines: String, to path: String) throws(BeadsError) {
    let text = try SharedFile.fitting(lines, path)
    try record(.configLines, path, text)
    try SharedFile.append(text, to: path, guarded: .gitLock)
  }

  private func record(_ kind: Manifest.Kind, _ path: String, _ text: String) throws(BeadsError) {
    var manifest = Manifest(workspace)
    manifest.recordDirectories(above: path, in: workspace)
    manifest.record(kind, path, text, isNew: !FileSystem.exists(path), in: workspace)
    try manifest.save(workspace)
  }
}
