/// Arithmetic on slash-separated paths; nothing here looks at the disk.
public enum Path {
  /// The parts joined with single slashes; an absolute part discards what is before it.
  public static func join(_ base: String, _ parts: String...) -> String {
    var path = base
    for part in parts where !part.isEmpty {
      if part.utf8.first == slash || path.isEmpty {
        path = part
      } else {
        path += path.utf8.last == slash ? part : "/" + part
      }
    }
    return path
  }

  /// The directory a path is in: `a/b` -> `a`, `a` -> `.`, `/a` -> `/`.
  public static func directory(of path: String) -> String {
    let trimmed = trimmingSlashes(path)
    guard let cut = trimmed.utf8.lastIndex(of: slash) else {
      return trimmed.isEmpty && !path.isEmpty ? "/" : "."
    }
    let head = trimmingSlashes(trimmed[..<cut])
    return head.isEmpty ? "/" : String(head)
  }

  /// The last component: `a/b/` -> `b`, `/` -> `/`.
  public static func name(of path: String) -> String {
    let trimmed = trimmingSlashes(path)
    if trimmed.isEmpty { return path.isEmpty ? "" : "/" }
    guard let cut = trimmed.utf8.lastIndex(of: slash) else { return String(trimmed) }
    return String(trimmed[trimmed.utf8.index(after: cut)...])
  }

  /// Whether the path starts at the root.
  public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

  /// The path with `.`, `..` and doubled slashes resolved by text alone; an empty result is `.`.
  public static func normalized(_ path: String) -> String {
    let absolute = isAbsolute(path)
    var kept: [Substring] = []
    for part in components(path) where part != "." {
      if part != ".." {
        kept.append(part)
      } else if let last = kept.last, last != ".." {
        kept.removeLast()
      } else if !absolute {
        kept.append(part)
      }
    }
    let joined = kept.joined(separator: "/")
    if absolute { return "/" + joined }
    return joined.isEmpty ? "." : joined
  }

  /// The normalised absolute form of a path that is relative to `directory`.
  public static func absolute(_ path: String, in directory: String) -> String {
    normalized(join(directory, path))
  }

  /// How to write `target` relative to `directory`.
  ///
  /// Both are absolute; equal paths give `.`.
  public static func relative(_ target: String, to directory: String) -> String {
    let to = components(normalized(target))
    let from = components(normalized(directory))
    let shared = zip(to, from).prefix { $0 == $1 }.count
    let steps = Array(repeating: Substring(".."), count: from.count - shared) + to[shared...]
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }

  /// Whether an absolute path is `directory` or below it.
  public static func isInside(_ path: String, _ directory: String) -> Bool {
    components(normalized(path)).starts(with: components(normalized(directory)))
  }

  /// A leading `~` or `~/` replaced with the home directory.
  public static func expandingHome(_ path: String, _ environment: Environment) -> String {
    if path == "~" { return environment.homeDirectory }
    return path.hasPrefix("~/") ? join(environment.homeDirectory, String(path.dropFirst(2))) : path
  }

  private static let slash = UInt8(ascii: "/")

  private static func components(_ path: String) -> [Substring] {
    path.utf8.split(separator: slash).map { Substring($0) }
  }

  private static func trimmingSlashes(_ path: some StringProtocol) -> Substring {
    var rest = Substring(path)
    while rest.utf8.last == slash { rest.removeLast() }
    return rest
  }
}
