import BeadsModel
import BeadsSystem

extension GitSync {
  private var indexLock: String { Path.join(location.directory, "index.lock") }

  /// Waits a moment for another git that writes the index.
  /// - Throws: `locked` when it does not finish: then nothing was committed.
  func waitForIndex() throws(BeadsError) {
    for _ in 0..<40 {
      if !FileSystem.exists(indexLock) { return }
      pause(nanoseconds: 50_000_000)
    }
    throw BeadsError(
      .locked, "another git command is at work: \(indexLock) exists",
      hint: "run `bd sync --full` again when it has finished")
  }

  /// Brings the entries of `.beads` in the user's index up to what was committed; all others stay as they are.
  ///
  /// `git` does it: it knows every format of the index and its lock. Also repairs what a killed sync left.
  func settleIndex(_ current: [String: GitEntry], at tip: GitID?) throws(BeadsError) {
    guard let tip else { return }
    let stale = try git.ask([
      "diff-index", "--cached", "--name-only", "--no-renames", "-z", "HEAD", "--", ":(top,literal)\(prefix)",
    ])
    let paths = stale.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let committed = try scene.sharedEntries(of: tip)
    var lines: [UInt8] = []
    var settled: [String] = []
    for path in paths {
      let name = String(path.dropFirst(prefix.utf8.count + 1))
      guard let entry = committed[name], current[name] == entry else { continue }
      lines += "\(String(entry.mode, radix: 8)) \(entry.id)\t\(path)\u{0}".utf8
      settled.append(":(top,literal)\(path)")
    }
    if settled.isEmpty { return }
    var result = try git.ask(["update-index", "-z", "--index-info"], input: lines)
    // Takes over the times of the files, so that git need not read them to know that they are unchanged.
    if result.succeeded { result = try git.ask(["add", "--refresh", "--"] + settled) }
    if !result.succeeded {
      report.warn(
        "the issues are committed, but git's index is not up to date: \(GitCommand.reason(result.errorText)); the next sync repairs it"
      )
    }
  }
}
