import BeadsModel

/// What differs between two versions of the issue file.
enum IssueFileChanges {
  /// The IDs of the lines that are new or changed, in the order of the file.
  static func changedIDs(from old: [UInt8], to new: [UInt8]) -> [IssueID] {
    var known: Set<Int> = []
    old.withUnsafeBufferPointer { old in
      FileLines.forEach(old) { _, line in known.insert(hash(line)) }
    }
    var ids: [IssueID] = []
    let decoder = IssueDecoder()
    new.withUnsafeBufferPointer { new in
      FileLines.forEach(new) { _, line in
        if !known.contains(hash(line)), let id = IssueLine.id(line, decoder) { ids.append(id) }
      }
    }
    return ids
  }

  private static func hash(_ line: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(line))
    return hasher.finalize()
  }
}
