import BeadsSystem

/// Lines in `.git/info/exclude`, which tells git in this clone alone what to ignore.
///
/// Each line is recorded in the project's manifest, so that it can be taken back.
struct GitExclude {
  let repository: GitLocation
  let workspace: Workspace

  var file: String { Path.join(repository.commonDirectory, "info/exclude") }

  /// The pattern that means just this path below the root of a checkout.
  static func pattern(_ relativePath: String, isDirectory: Bool) -> String {
    "/" + literal(relativePath) + (isDirectory ? "/" : "")
  }

  /// A path as a git pattern without special characters.
  static func literal(_ path: String) -> String {
    path.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// Adds a line unless it is there; returns what to tell the user, or nil when it was there.
  func add(_ line: String) throws(BeadsError) -> String? {
    guard try RecordedEdit(workspace: workspace).addLine(line, to: file) else { return nil }
    return "git ignores \(line) in this clone (\(file))"
  }

  /// Takes back a line that this program added; others stay.
  func remove(_ line: String) throws(BeadsError) {
    _ = try RecordedEdit(workspace: workspace).takeLine(line, from: file)
  }
}
