import BeadsSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The lines of an ignore file such as `.beads/.gitignore`, without negations.
struct IgnorePatterns {
  private struct Pattern {
    var glob: String
    var isAnchored: Bool
    var isForDirectories: Bool
  }

  private let patterns: [Pattern]

  init(_ text: String) {
    patterns = text.split(whereSeparator: \.isNewline).compactMap { line in
      var glob = String(line.trimmingBlanks)
      if glob.isEmpty || glob.hasPrefix("#") || glob.hasPrefix("!") { return nil }
      let isForDirectories = glob.hasSuffix("/")
      if isForDirectories { glob.removeLast() }
      let isAnchored = glob.utf8.contains(UInt8(ascii: "/"))
      if glob.hasPrefix("/") { glob.removeFirst() }
      return Pattern(glob: glob, isAnchored: isAnchored, isForDirectories: isForDirectories)
    }
  }

  /// Whether a path, relative to the directory of the ignore file, is to be left out.
  func match(_ path: String, isDirectory: Bool) -> Bool {
    patterns.contains { pattern in
      if pattern.isForDirectories, !isDirectory { return false }
      return fnmatch(pattern.glob, pattern.isAnchored ? path : Path.name(of: path), FNM_PATHNAME) == 0
    }
  }
}
