import BeadsKit
import CommandKit

/// The issue that was created, changed, closed or shown last, for commands that are given no ID (contract 2.8).
///
/// A convenience: it is written after success, without waiting for the disk, and losing it is no error.
enum LastTouched {
  static func read(_ context: BdContext) throws(BeadsError) -> IssueID? {
    let path = try context.homeOrWorkspace().lastTouchedPath
    guard let text = try? FileSystem.readText(path) else { return nil }
    return IssueID(rawValue: String(text.prefix { !$0.isNewline }))
  }

  static func write(_ id: IssueID?, _ context: BdContext) {
    guard let id, !context.arguments.bool("readonly"),
      let path = try? context.homeOrWorkspace().lastTouchedPath
    else { return }
    // The file is often right already, and always small.
    let bytes = Array((id.rawValue + "\n").utf8)
    if (try? FileSystem.read(path)) == bytes { return }
    _ = try? FileSystem.replace(path, with: bytes)
  }
}

extension BdContext {
  /// The IDs on the command line, or the issue touched last when there are none.
  func issueWords(_ words: [String]) throws(BeadsError) -> [String] {
    if !words.isEmpty { return words }
    if let last = try LastTouched.read(self) { return [last.rawValue] }
    throw BeadsError(.invalid, "no issue was named, and none was touched before", hint: "give an ID")
  }
}
