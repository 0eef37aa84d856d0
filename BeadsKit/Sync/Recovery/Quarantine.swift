import BeadsModel
import BeadsSystem

/// The directory for what could not be understood, raw, until somebody has looked at it.
///
/// Names follow the content: the same line is kept once, however often it is met. Git ignores the directory by a
/// file of its own, so that no tracked file changes.
struct Quarantine {
  let directory: String

  init(_ location: StoreLocation) { directory = Path.join(location.directory, "quarantine") }

  /// Writes lines to one file, on the disk when this returns.
  /// - Returns: Its path.
  func keep(_ lines: [[UInt8]]) throws(BeadsError) -> String {
    var hash = SHA256()
    for line in lines {
      hash.update(line)
      hash.update("\n")
    }
    let kind = lines.count == 1 ? "line" : "lines"
    let path = Path.join(directory, "\(kind)-\(hash.digest.hex.prefix(16)).jsonl")
    if FileSystem.exists(path) { return path }
    try FileSystem.makeDirectory(directory)
    let ignore = Path.join(directory, ".gitignore")
    if !FileSystem.exists(ignore) { try FileSystem.replace(ignore, with: Array("*\n".utf8)) }
    try FileSystem.replace(path, durable: true) { file throws(BeadsError) in
      for line in lines {
        try file.write(line)
        try file.write([0x0A])
      }
    }
    return path
  }
}
