import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole directories.
enum FileTree {
  /// Removes a directory and all below it, links themselves and not what they lead to; nothing there is no error.
  static func remove(_ path: String) throws(BeadsError) {
    if let status = try FileSystem.status(path, followLinks: false), status.kind == .directory {
      if status.mode & 0o700 != 0o700 { try FileSystem.setMode(path, 0o700) }
      for name in try FileSystem.list(path) { try remove(Path.join(path, name)) }
    }
    try FileSystem.remove(path)
  }

  /// The regular files and links below a directory, relative to it, in byte order; empty when there is none.
  static func files(below root: String, _ relative: String = "") throws(BeadsError) -> [String] {
    let directory = Path.join(root, relative)
    guard let status = try FileSystem.status(directory, followLinks: relative.isEmpty),
      status.kind == .directory
    else { return [] }
    var found: [String] = []
    for name in try FileSystem.list(directory) {
      let path = Path.join(relative, name)
      switch try FileSystem.status(Path.join(root, path), followLinks: false)?.kind {
      case .directory: found += try files(below: root, path)
      case .regular, .symbolicLink: found.append(path)
      case .other, nil: break
      }
    }
    return found
  }

  /// How many bytes this user may still write on the file system of a path; nil when it does not tell.
  static func freeSpace(_ path: String) -> Int64? {
    var info = statvfs()
    guard statvfs(path, &info) == 0 else { return nil }
    return Int64(
      clamping: UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize)).partialValue)
  }
}
