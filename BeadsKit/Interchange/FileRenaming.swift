import BeadsFormats

extension IssueFileMerge {
  /// A file with the issue under its new ID wherever the file means it; as it is when the ID is not that issue's there.
  /// - Parameter base: What the file said of another issue when it did not know this one yet.
  package static func renaming<E: Error>(
    _ issue: SeparatedIssue, in file: [UInt8], base: (IssueID) throws(E) -> Issue?
  ) throws(E) -> [UInt8] {
    let decoder = IssueDecoder()
    let isThere = file.withUnsafeBufferPointer { buffer in
      var lines = MergeLines(buffer, side: .ours)
      return lines.take(MergeLines.Key(isMemory: false, name: issue.id.rawValue)).contains { line in
        guard case .issue(let record)? = try? decoder.decode(line.bytes) else { return false }
        return record.createdAt == issue.createdAt
      }
    }
    if !isThere { return file }
    var renaming = FileRenaming()
    renaming.names[.common] = [issue.id.rawValue: issue.newID.rawValue]
    return try renaming.apply(to: file, shared: nil, base: base)
  }
}

/// The new names of issues in one file.
struct FileRenaming {
  /// The new ID of a line, by its number.
  var lines: [Int: String] = [:]
  /// The new IDs of issues, for all that a part of the file says of them.
  var names: [MergeLines.Part: [String: String]] = [:]

  var isEmpty: Bool { lines.isEmpty && names.isEmpty }

  /// The file with the new names.
  ///
  /// A changed record is a nanosecond later than it was, so that the old one cannot pass for a change of it.
  /// - Parameters:
  ///   - shared: The renaming of the base: what it renames too changes everywhere, other names only where the base
  ///     did not say the same. Nil when the file holds its own.
  ///   - base: What the sides began with.
  func apply<E: Error>(
    to file: [UInt8], shared: FileRenaming?, base: (IssueID) throws(E) -> Issue?
  ) throws(E) -> [UInt8] {
    var changed: [Int: [UInt8]] = [:]
    try file.withUnsafeBufferPointer { buffer throws(E) in
      let index = MergeLines(buffer, side: .ours)
      let common = shared?.names[.common] ?? names[.ancestor] ?? [:]
      let everywhere = withDescendants(index) { common[$0] == $1 }
      let here = withDescendants(index) { common[$0] != $1 }
      let decoder = IssueDecoder()
      for line in index.lines + index.ancestors {
        let (old, new) = (everywhere[line.part] ?? [:], here[line.part] ?? [:])
        guard lines[line.number] != nil || line.mentions(old) || line.mentions(new),
          case .issue(let issue)? = try? decoder.decode(line.bytes)
        else { continue }
        var copy = issue
        let id = issue.id.rawValue
        if let newID = lines[line.number], old[id] == nil, new[id] == nil {
          copy = copy.renamingReferences([id: newID])
        }
        let before = try base(issue.id).flatMap { $0.isOther(than: issue) ? nil : $0 }
        copy = copy.renamingReferences(old).renamingReferences(new, keeping: before)
        if copy == issue { continue }
        copy.updatedAt = copy.updatedAt.adding(nanoseconds: 1)
        changed[line.number] = Array(copy.jsonLine.utf8)
      }
    }
    return file.replacingLines(changed)
  }

  /// Some of the names, with those of the children, which follow their parents.
  private func withDescendants(
    _ index: MergeLines, where isIncluded: (String, String) -> Bool
  ) -> [MergeLines.Part: [String: String]] {
    let roots = names.mapValues { $0.filter { isIncluded($0.key, $0.value) } }
    var names = roots
    for line in index.lines + index.ancestors {
      for (id, newID) in roots[line.part] ?? [:] where line.key.name.utf8.starts(with: (id + ".").utf8) {
        names[line.part]?[line.key.name] = newID + line.key.name.dropFirst(id.count)
      }
    }
    return names
  }
}

extension MergeLines.Line {
  /// Whether one of the IDs may be named on the line.
  fileprivate func mentions(_ names: [String: String]) -> Bool {
    names.keys.contains { bytes.firstIndex(of: $0) != nil }
  }
}

extension [UInt8] {
  /// The text with some lines replaced, by number from 1.
  fileprivate func replacingLines(_ changed: [Int: [UInt8]]) -> [UInt8] {
    if changed.isEmpty { return self }
    var out: [UInt8] = []
    out.reserveCapacity(count + 1024)
    var (start, number) = (0, 1)
    withUnsafeBufferPointer { buffer in
      while start < buffer.count {
        let end = buffer.lineEnd(from: start)
        if let line = changed[number] { out += line } else { out += buffer[start..<end] }
        if end < buffer.count { out.append(0x0A) }
        start = end + 1
        number += 1
      }
    }
    return out
  }
}
