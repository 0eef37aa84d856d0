package import BeadsFormats

/// What one line of a file holds.
package enum FileRecord: Sendable {
  case issue(Issue)
  /// A memory line of the v1 export.
  case memory(key: String, value: String)
  /// A classic deletion marker.
  case deletion(id: IssueID, at: Timestamp?)
}

/// Decodes the lines of `issues.jsonl`, ours, classic and v1, without losing a byte of what it does not know.
///
/// Takes about 2 us for a 900-byte line. Reuse one decoder for a file.
package struct IssueDecoder {
  /// What a line says beside the fields of the table.
  private struct Extras {
    var recordType = ""
    var memoryKey = ""
    var memoryValue = ""
    var isDeletion = false
    var deletedAt: Timestamp?
    var legacyEdges: [(type: DependencyType, target: IssueID)] = []
  }

  private let fields = IssueField.all

  package init() {}

  /// Decodes one line.
  package func decode(_ line: UnsafeBufferPointer<UInt8>) throws(JSONError) -> FileRecord {
    var reader = JSONReader(line)
    var issue = Issue(id: IssueID(unchecked: ""), title: "", createdAt: Timestamp(seconds: 0))
    issue.priority = 0
    issue.type = IssueType(rawValue: "")
    issue.status = Status(rawValue: "")
    var extras = Extras()
    var cursor = 0
    var isFirst = true
    try reader.beginObject()
    while let key = try reader.nextKey(isFirst: &isFirst) {
      if let index = fieldIndex(key, from: &cursor) {
        try read(fields[index], into: &issue, from: &reader)
      } else {
        try readUnknown(key, into: &issue, &extras, from: &reader)
      }
    }
    try reader.expectEnd()
    return try finish(issue, extras, reader)
  }

  /// Decodes the JSON of one issue, such as an image in the operation log.
  package func decodeIssue(_ text: String) throws(JSONError) -> Issue {
    var copy = text
    let record = copy.withUTF8 { buffer -> Result<FileRecord, JSONError> in
      do throws(JSONError) { return .success(try decode(buffer)) } catch { return .failure(error) }
    }
    guard case .issue(let issue) = try record.get() else {
      throw JSONError(offset: 0, reason: "not an issue")
    }
    return issue
  }

  /// The index of the field with that key.
  ///
  /// Files keep the table's order, so the search starts where the last ended.
  private func fieldIndex(_ key: UnsafeBufferPointer<UInt8>, from cursor: inout Int) -> Int? {
    for step in 0..<fields.count {
      var index = cursor + step
      if index >= fields.count { index -= fields.count }
      let name = fields[index].key
      if name.utf8CodeUnitCount == key.count, name.utf8Start.isEqual(to: key) {
        cursor = index + 1
        return index
      }
    }
    return nil
  }

  private func read(_ field: IssueField, into issue: inout Issue, from reader: inout JSONReader)
    throws(JSONError)
  {
    if try reader.null() { return }
    switch field.storage {
    case .id:
      let offset = reader.position
      guard let id = IssueID(rawValue: try reader.string()) else {
        throw JSONError(offset: offset, reason: "not an issue ID")
      }
      issue.id = id
    case .text(let path): issue[keyPath: path] = try reader.string()
    case .optionalText(let path): issue[keyPath: path] = try reader.string()
    case .int(let path): issue[keyPath: path] = Int(try reader.int())
    case .int64(let path): issue[keyPath: path] = try reader.int()
    case .optionalInt(let path): issue[keyPath: path] = Int(try reader.int())
    case .real(let path): issue[keyPath: path] = try reader.double()
    case .flag(let path): issue[keyPath: path] = try reader.bool()
    case .time(let path): issue[keyPath: path] = try reader.timestamp()
    case .optionalTime(let path): issue[keyPath: path] = try reader.timestamp()
    case .json(let path):
      let range = try reader.skipValue()
      issue[keyPath: path] = String(decoding: reader.bytes[range], as: UTF8.self)
    case .strings(let path): issue[keyPath: path] = try reader.strings()
    case .labels: issue.labels = try reader.strings()
    case .dependencies: try readEdges(into: &issue, from: &reader)
    case .comments: try readComments(into: &issue, from: &reader)
    }
  }

  private func readEdges(into issue: inout Issue, from reader: inout JSONReader) throws(JSONError) {
    var isFirst = true
    try reader.beginArray()
    while try reader.nextElement(isFirst: &isFirst) {
      var edge = Dependency(issue.id, dependsOn: IssueID(unchecked: ""), createdAt: issue.createdAt)
      var isFirstMember = true
      try reader.beginObject()
      while let key = try reader.nextKey(isFirst: &isFirstMember) {
        if try reader.null() { continue }
        switch key {
        case "issue_id": edge.issueID = try reader.issueID()
        case "depends_on_id": edge.dependsOnID = try reader.issueID()
        case "type": edge.type = DependencyType(rawValue: try reader.string())
        case "created_at": edge.createdAt = try reader.timestamp()
        case "created_by": edge.createdBy = try reader.string()
        case "metadata": edge.metadata = try reader.textOrJSON()
        case "thread_id": edge.threadID = try reader.string()
        default: _ = try reader.skipValue()
        }
      }
      if edge.metadata == "{}" { edge.metadata = "" }
      guard !edge.dependsOnID.rawValue.isEmpty else {
        throw reader.failure("dependency without depends_on_id")
      }
      issue.dependencies.append(edge)
    }
  }

  private func readComments(into issue: inout Issue, from reader: inout JSONReader) throws(JSONError) {
    var isFirst = true
    try reader.beginArray()
    while try reader.nextElement(isFirst: &isFirst) {
      var comment = Comment(issueID: issue.id, author: "", text: "", createdAt: issue.createdAt)
      var isFirstMember = true
      try reader.beginObject()
      while let key = try reader.nextKey(isFirst: &isFirstMember) {
        if try reader.null() { continue }
        switch key {
        case "id": comment.id = try reader.textOrJSON()
        case "issue_id": comment.issueID = try reader.issueID()
        case "author": comment.author = try reader.string()
        case "text": comment.text = try reader.string()
        case "created_at": comment.createdAt = try reader.timestamp()
        default: _ = try reader.skipValue()
        }
      }
      issue.comments.append(comment)
    }
  }

  /// Keys outside the table: derived ones are dropped, legacy ones translated, the rest is carried.
  private func readUnknown(
    _ key: UnsafeBufferPointer<UInt8>, into issue: inout Issue, _ extras: inout Extras,
    from reader: inout JSONReader
  ) throws(JSONError) {
    if reader.peek() == UInt8(ascii: "n") { return try carry(key, into: &issue, from: &reader) }
    switch key {
    case "_type": extras.recordType = try reader.string()
    case "dependency_count", "dependent_count", "comment_count", "schema_version": _ = try reader.skipValue()
    case "key" where extras.recordType == "memory": extras.memoryKey = try reader.string()
    case "value" where extras.recordType == "memory": extras.memoryValue = try reader.string()
    case "_deleted": extras.isDeletion = try reader.bool()
    case "_deleted_at": extras.deletedAt = try reader.timestamp()
    case "wisp": if try reader.bool() { issue.isEphemeral = true }
    case "replies_to": try readLegacyEdge(.repliesTo, &extras, &reader)
    case "duplicate_of": try readLegacyEdge(.duplicates, &extras, &reader)
    case "superseded_by": try readLegacyEdge(.supersedes, &extras, &reader)
    case "relates_to":
      for text in try reader.strings() { appendLegacyEdge(.relatesTo, text, &extras) }
    default: try carry(key, into: &issue, from: &reader)
    }
  }

  private func carry(
    _ key: UnsafeBufferPointer<UInt8>, into issue: inout Issue, from reader: inout JSONReader
  ) throws(JSONError) {
    let range = try reader.skipValue()
    let json = String(decoding: reader.bytes[range], as: UTF8.self)
    issue.unknownMembers.append(Issue.UnknownMember(key: String(decoding: key, as: UTF8.self), json: json))
  }

  private func readLegacyEdge(
    _ type: DependencyType, _ extras: inout Extras, _ reader: inout JSONReader
  ) throws(JSONError) {
    appendLegacyEdge(type, try reader.string(), &extras)
  }

  private func appendLegacyEdge(_ type: DependencyType, _ text: String, _ extras: inout Extras) {
    if let target = IssueID(rawValue: text) { extras.legacyEdges.append((type, target)) }
  }

  private func finish(_ issue: Issue, _ extras: Extras, _ reader: JSONReader) throws(JSONError) -> FileRecord
  {
    if extras.recordType == "memory" { return .memory(key: extras.memoryKey, value: extras.memoryValue) }
    var issue = issue
    guard !issue.id.rawValue.isEmpty else { throw JSONError(offset: 0, reason: "no id") }
    if extras.isDeletion { return .deletion(id: issue.id, at: extras.deletedAt) }
    // Lists that came before the ID could not know it.
    for index in issue.dependencies.indices where issue.dependencies[index].issueID.rawValue.isEmpty {
      issue.dependencies[index].issueID = issue.id
    }
    for index in issue.comments.indices where issue.comments[index].issueID.rawValue.isEmpty {
      issue.comments[index].issueID = issue.id
    }
    for (type, target) in extras.legacyEdges {
      let edge = Dependency(
        issue.id, dependsOn: target, type: type, createdAt: issue.createdAt, createdBy: issue.createdBy)
      if !issue.dependencies.contains(where: { $0.key == edge.key }) { issue.dependencies.append(edge) }
    }
    return .issue(issue)
  }
}

extension JSONReader {
  package mutating func timestamp() throws(JSONError) -> Timestamp {
    let offset = position
    guard let text = try plainString(), let value = Timestamp(utf8: text) else {
      throw JSONError(offset: offset, reason: "not an RFC 3339 time")
    }
    return value
  }

  fileprivate mutating func issueID() throws(JSONError) -> IssueID {
    let offset = position
    guard let id = IssueID(rawValue: try string()) else {
      throw JSONError(offset: offset, reason: "not an issue ID")
    }
    return id
  }

  fileprivate mutating func strings() throws(JSONError) -> [String] {
    var items: [String] = []
    var isFirst = true
    try beginArray()
    while try nextElement(isFirst: &isFirst) { items.append(try string()) }
    return items
  }

  /// The text of a string, or the JSON of anything else.
  fileprivate mutating func textOrJSON() throws(JSONError) -> String {
    if peek() == UInt8(ascii: "\"") { return try string() }
    let range = try skipValue()
    return String(decoding: bytes[range], as: UTF8.self)
  }
}

extension UnsafePointer<UInt8> {
  fileprivate func isEqual(to other: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<other.count where self[index] != other[index] { return false }
    return true
  }
}

/// Lets a `switch` compare key bytes with literals.
private func ~= (pattern: StaticString, key: UnsafeBufferPointer<UInt8>) -> Bool {
  pattern.utf8CodeUnitCount == key.count && pattern.utf8Start.isEqual(to: key)
}
