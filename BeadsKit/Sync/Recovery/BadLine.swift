import BeadsFormats
public import BeadsModel

/// A line of an issue file that is no record: torn, not UTF-8, not JSON, too long.
public struct BadLine: Sendable, Equatable {
  /// What became of the issue that the line was about.
  public enum Fate: String, Sendable {
    /// The database has the issue, and the next export writes its line again.
    case repaired
    /// The issue was taken from the line, with U+FFFD for the bytes that are not UTF-8.
    case takenInPart = "taken_in_part"
    /// Nothing but the line is left of the issue, if it was one.
    case unknown
  }

  /// Its number in the file, from 1.
  public let number: Int
  /// What is wrong with it.
  public let reason: String
  /// The issue it is about, as far as that can be read.
  public let issueID: IssueID?
  /// The file that holds its bytes; nil when it was only looked at.
  public internal(set) var keptAs: String?
  /// What became of the issue.
  public internal(set) var fate = Fate.unknown

  init(number: Int, reason: String, bytes: [UInt8]) {
    self.number = number
    self.reason = reason
    issueID = bytes.withUnsafeBufferPointer { Self.legibleID(in: $0) }
  }

  /// One sentence for people; `path` names the file.
  func sentence(_ path: String) -> String {
    let about = issueID.map { " (\($0))" } ?? ""
    var text = "line \(number) of \(path)\(about) cannot be read: \(reason)"
    if let keptAs { text += "; it is kept in \(keptAs)" }
    switch (fate, issueID) {
    case (.repaired, let id?): text += ", and \(id) is repaired from the database"
    case (.takenInPart, let id?): text += ", and \(id) was taken without what is no text"
    case (_, let id?): text += ", and the database does not have \(id): mend the kept line and import it"
    case (_, nil): break
    }
    return text
  }

  /// The ID near the start of a whole or torn line, or the one that its edges and comments name.
  private static func legibleID(in line: UnsafeBufferPointer<UInt8>) -> IssueID? {
    let isWhole = line.first == UInt8(ascii: "{")
    let head = UnsafeBufferPointer(rebasing: line.prefix(isWhole ? 256 : 64 << 10))
    guard let start = head.end(of: isWhole ? #""id":"# : #""issue_id":"#) else { return nil }
    var reader = JSONReader(line, from: start)
    return (try? reader.string()).flatMap(IssueID.init(rawValue:))
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The index behind the first occurrence of a word.
  fileprivate func end(of word: String) -> Int? {
    let word = Array(word.utf8)
    guard count >= word.count else { return nil }
    return (0...count - word.count).first { start in
      self[start] == word[0] && word.indices.allSatisfy { self[start + $0] == word[$0] }
    }.map { $0 + word.count }
  }
}
