import BeadsModel

/// Whether a merge left a file with more than one line for an issue.
struct FileVersions {
  /// Looks at the start of each line only; O(n) for files that are sorted.
  static func areSeveral(in content: UnsafeBufferPointer<UInt8>) -> Bool {
    var survey = FileVersions()
    FileLines.forEach(content) { _, line in survey.look(at: line) }
    return survey.hasMarkers || survey.hasRepeats
  }

  private var hasMarkers = false
  private var hasRepeats = false
  private var last: UnsafeBufferPointer<UInt8>?
  /// The IDs so far, once they are out of order.
  private var seen: Set<String> = []
  private var inOrder: [UnsafeBufferPointer<UInt8>] = []
  private var isSorted = true
  private let decoder = IssueDecoder()

  private mutating func look(at line: UnsafeBufferPointer<UInt8>) {
    if hasMarkers || hasRepeats { return }
    if FileLines.conflictMark(line) != nil {
      hasMarkers = true
      return
    }
    guard let id = IssueLine.leadingID(line) else {
      if let id = IssueLine.id(line, decoder) { note(id.rawValue) }
      return
    }
    if isSorted, last.map({ $0.lexicographicallyPrecedes(id) }) ?? true {
      inOrder.append(id)
      last = id
    } else {
      note(String(decoding: id, as: UTF8.self))
    }
  }

  private mutating func note(_ id: String) {
    if isSorted {
      isSorted = false
      for id in inOrder { seen.insert(String(decoding: id, as: UTF8.self)) }
    }
    if !seen.insert(id).inserted { hasRepeats = true }
  }
}
