import BeadsSystem

/// Where a checkout stands.
public struct GitHead: Sendable, Equatable {
  /// The branch; nil when no branch is checked out.
  public var branch: String?
  /// The commit in hexadecimal digits; nil before the first.
  public var commit: String?

  /// Makes a place.
  public init(branch: String? = nil, commit: String? = nil) {
    self.branch = branch
    self.commit = commit
  }
}

extension GitHead {
  /// Reads where the checkout of a directory stands, from git's files; nil outside of a repository.
  public static func read(from directory: String) -> GitHead? {
    guard let location = GitLocation.find(from: directory),
      let text = try? FileSystem.readText(Path.join(location.directory, "HEAD"))
    else { return nil }
    let head = String(text.trimmingBlanks)
    guard head.hasPrefix("ref: ") else { return GitHead(commit: head) }
    let name = String(head.dropFirst("ref: ".count))
    let branch = name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : nil
    return GitHead(branch: branch, commit: commit(name, location))
  }

  private static func commit(_ name: String, _ location: GitLocation) -> String? {
    if name.hasPrefix("/") || name.split(separator: "/").contains("..") { return nil }
    if let text = try? FileSystem.readText(Path.join(location.commonDirectory, name)) {
      return String(text.trimmingBlanks)
    }
    let packed = (try? FileSystem.readText(Path.join(location.commonDirectory, "packed-refs"))) ?? ""
    for line in packed.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: " ")
      if parts.count == 2, parts[1] == name { return String(parts[0]) }
    }
    return nil
  }
}
