import BeadsKit

/// The mark `daemon/shutdown.lock`: the town is being stopped, and nobody starts anything.
///
/// It names the process that stops the town, so that one that was killed in between holds nobody up.
struct ShutdownMark {
  private let path: String

  init(_ town: Town) { path = Daemon(town).shutdownPath }

  /// Sets the mark in the name of this process.
  func set() throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: path))
    let own = ProcessIdentity.own
    try FileSystem.replace(path, with: Array("\(own?.pid ?? 0) \(own?.start ?? "")\n".utf8))
  }

  /// Takes the mark away.
  func clear() { _ = try? FileSystem.remove(path) }

  /// Whether the town is being stopped, by somebody else than this process.
  var stands: Bool {
    guard let bytes = try? FileSystem.readIfPresent(path) else { return false }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 2, let pid = Int32(words[0]) else { return true }
    let process = ProcessIdentity(pid: pid, start: words[1])
    return process != ProcessIdentity.own && process.isAlive
  }

  /// - Throws: `refused` while the town is being stopped.
  static func requireNone(in town: Town) throws(BeadsError) {
    guard ShutdownMark(town).stands else { return }
    throw BeadsError(.refused, "the town is being stopped", hint: "`gt up` starts it when that is done")
  }
}
