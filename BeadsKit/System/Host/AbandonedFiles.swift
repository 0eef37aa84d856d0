extension FileSystem {
  /// Removes temporary files that killed writers left, which nobody has touched for ten minutes.
  ///
  /// Not being able to is no failure: the next caller tries again.
  package static func removeAbandonedFiles(in directory: String) {
    let now = Environment.systemClock()
    for name in (try? list(directory)) ?? [] where isTemporary(name) {
      let path = Path.join(directory, name)
      guard let modified = try? stamp(path)?.modified, now - modified > 600_000_000_000 else { continue }
      _ = try? remove(path)
    }
  }

  /// Whether the name is one that `temporaryName` gives, or that of a database in the making.
  private static func isTemporary(_ name: String) -> Bool {
    for mark in [".new-", ".salvage-"] {
      if let number = name.split(separator: mark, maxSplits: 1).dropFirst().first?.split(separator: "-")
        .first,
        UInt64(number) != nil
      {
        return true
      }
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count >= 5 && parts[0].isEmpty && parts[parts.count - 1] == "tmp"
      && Int32(parts[parts.count - 3]) != nil
  }
}
