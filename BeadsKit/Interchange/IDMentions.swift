extension Issue {
  /// The issue with IDs replaced wherever they are named: its own, its edges, and whole words in its texts.
  package func renamingIDs(_ names: [String: String]) -> Issue {
    var copy = self
    func renamed(_ id: IssueID) -> IssueID { names[id.rawValue].map(IssueID.init(unchecked:)) ?? id }
    copy.id = renamed(id)
    for index in copy.dependencies.indices {
      copy.dependencies[index].issueID = copy.id
      copy.dependencies[index].dependsOnID = renamed(dependencies[index].dependsOnID)
    }
    for index in copy.comments.indices {
      copy.comments[index].issueID = copy.id
      copy.comments[index].text = replacingMentions(in: comments[index].text, names)
    }
    copy.title = replacingMentions(in: title, names)
    copy.description = replacingMentions(in: description, names)
    copy.design = replacingMentions(in: design, names)
    copy.acceptanceCriteria = replacingMentions(in: acceptanceCriteria, names)
    copy.notes = replacingMentions(in: notes, names)
    return copy
  }
}

extension Issue {
  /// As `renamingIDs`, also in slots, metadata and edge data; comments are left alone, for merges know them by text.
  /// - Parameter base: An earlier state. What it says already keeps its meaning and its names.
  package func renamingReferences(_ names: [String: String], keeping base: Issue? = nil) -> Issue {
    var copy = self
    func renamed(_ id: IssueID) -> IssueID { names[id.rawValue].map(IssueID.init(unchecked:)) ?? id }
    copy.id = renamed(id)
    let kept = Set(base?.dependencies.map(\.key) ?? [])
    for index in copy.dependencies.indices {
      copy.dependencies[index].issueID = copy.id
      if kept.contains(dependencies[index].key) { continue }
      copy.dependencies[index].dependsOnID = renamed(dependencies[index].dependsOnID)
      copy.dependencies[index].metadata = replacingMentions(in: dependencies[index].metadata, names)
    }
    for index in copy.comments.indices { copy.comments[index].issueID = copy.id }
    for path in Self.textsWithIDs where base?[keyPath: path] != self[keyPath: path] {
      copy[keyPath: path] = replacingMentions(in: self[keyPath: path], names)
    }
    if copy.title.utf8.count > 500 { copy.title = title }
    if base?.metadata != metadata { copy.metadata = metadata.map { replacingMentions(in: $0, names) } }
    if base?.bondedFrom != bondedFrom {
      copy.bondedFrom = bondedFrom.map { replacingMentions(in: $0, names) }
    }
    return copy
  }

  private static let textsWithIDs: [any WritableKeyPath<Issue, String> & Sendable] = [
    \.title, \.description, \.design, \.acceptanceCriteria, \.notes, \.hookBead, \.roleBead, \.awaitID,
    \.target,
    \.payload,
  ]
}

/// The text with every whole word that is a key replaced by its value.
///
/// A word is a run of letters, digits, `-`, `_` and inner dots: `bd-1` is not mentioned by `bd-12` or `x-bd-1`, but
/// `bd-1.` at the end of a sentence is. Linear in the text.
package func replacingMentions(in text: String, _ names: [String: String]) -> String {
  if names.isEmpty || text.isEmpty { return text }
  let bytes = Array(text.utf8)
  var out: [UInt8] = []
  var index = 0
  var hasChanged = false
  while index < bytes.count {
    guard isWordByte(bytes[index]) else {
      out.append(bytes[index])
      index += 1
      continue
    }
    let end = wordEnd(in: bytes, from: index)
    let word = bytes[index..<end]
    if let name = names[String(decoding: word, as: UTF8.self)] {
      out += name.utf8
      hasChanged = true
    } else {
      out += word
    }
    index = end
  }
  return hasChanged ? String(decoding: out, as: UTF8.self) : text
}

/// The names that occur as whole words in the text.
///
/// Linear in the text.
package func mentions(in text: String, of names: Set<String>) -> Set<String> {
  let bytes = Array(text.utf8)
  var found: Set<String> = []
  var index = 0
  while index < bytes.count {
    let end = wordEnd(in: bytes, from: index)
    let word = String(decoding: bytes[index..<end], as: UTF8.self)
    if names.contains(word) { found.insert(word) }
    index = end + 1
  }
  return found
}

/// The end of the word that starts at an index; the index itself when none does.
private func wordEnd(in bytes: [UInt8], from start: Int) -> Int {
  var end = start
  while end < bytes.count,
    isWordByte(bytes[end])
      || (end > start && bytes[end] == 0x2E && end + 1 < bytes.count && isWordByte(bytes[end + 1]))
  { end += 1 }
  return end
}

private func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
  default: byte >= 0x80
  }
}
