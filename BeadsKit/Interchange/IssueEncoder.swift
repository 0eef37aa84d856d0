public import BeadsFormats

/// How much of an issue's own lists a JSON object carries.
public enum EdgeDetail: Sendable {
  /// Raw edges and comments, as in the file and in lists.
  case raw
  /// Raw edges but no comments.
  case edgesOnly
  /// Neither; the caller writes its own, or the shape has none.
  case none
}

extension JSONWriter {
  /// Writes the members of an issue, in file order, into the object that is open.
  ///
  /// The caller adds what its shape has beside them: counts, parent, enriched dependencies.
  public mutating func issueMembers(_ issue: Issue, edges: EdgeDetail = .none) {
    withUnsafePointer(to: issue) { place in
      for field in IssueField.all { self.field(field, of: place, edges: edges) }
    }
    for member in issue.unknownMembers {
      key(verbatim: member.key)
      raw(member.json)
    }
  }

  /// Writes an issue as an object of its own.
  public mutating func issue(_ issue: Issue, edges: EdgeDetail = .none) {
    beginObject()
    issueMembers(issue, edges: edges)
    endObject()
  }

  /// Writes the member of one field unless its omit rule leaves it out.
  package mutating func field(_ field: IssueField, of issue: Issue, edges: EdgeDetail = .none) {
    withUnsafePointer(to: issue) { self.field(field, of: $0, edges: edges) }
  }

  /// Writes the member of the issue at that address, because passing it along copies its 936 bytes each time.
  package mutating func field(_ field: IssueField, of issue: UnsafePointer<Issue>, edges: EdgeDetail) {
    switch field.storage {
    case .id: member(field.key, issue.pointee.id.rawValue)
    case .text(let path):
      let value = path.value(in: issue)
      if !value.isEmpty || field.isAlwaysWritten { member(field.key, value) }
    case .optionalText(let path):
      if let value = path.value(in: issue) { member(field.key, value) }
    case .int(let path):
      let value = path.value(in: issue)
      if value != 0 || field.isAlwaysWritten { member(field.key, value) }
    case .int64(let path):
      let value = path.value(in: issue)
      if value != 0 { member(field.key, Int(value)) }
    case .optionalInt(let path):
      if let value = path.value(in: issue) { member(field.key, value) }
    case .real(let path):
      if let value = path.value(in: issue) {
        key(field.key)
        double(value)
      }
    case .flag(let path):
      if path.value(in: issue) { member(field.key, true) }
    case .time(let path): member(field.key, path.value(in: issue))
    case .optionalTime(let path):
      if let value = path.value(in: issue) { member(field.key, value) }
    case .json(let path):
      if let value = path.value(in: issue) {
        key(field.key)
        raw(value)
      }
    case .strings(let path):
      let value = path.value(in: issue)
      if !value.isEmpty { member(field.key, value) }
    case .labels:
      let labels = issue.pointee.labels
      if !labels.isEmpty { member(field.key, labels) }
    case .dependencies:
      let dependencies = issue.pointee.dependencies
      guard edges != .none, !dependencies.isEmpty else { return }
      key(field.key)
      array(dependencies) { $0.dependency($1) }
    case .comments:
      let comments = issue.pointee.comments
      guard edges == .raw, !comments.isEmpty else { return }
      key(field.key)
      array(comments) { $0.comment($1) }
    }
  }

  /// Writes a key and a moment in RFC 3339 with its own offset.
  public mutating func member(_ name: StaticString, _ value: Timestamp) {
    key(name)
    plain { value.append(to: &$0) }
  }

  /// Writes a raw edge.
  public mutating func dependency(_ edge: Dependency) {
    object { writer in
      writer.member("issue_id", edge.issueID.rawValue)
      writer.member("depends_on_id", edge.dependsOnID.rawValue)
      writer.member("type", edge.type.rawValue)
      writer.member("created_at", edge.createdAt)
      if !edge.createdBy.isEmpty { writer.member("created_by", edge.createdBy) }
      if !edge.metadata.isEmpty { writer.member("metadata", edge.metadata) }
      if !edge.threadID.isEmpty { writer.member("thread_id", edge.threadID) }
    }
  }

  /// Writes a comment as files have it: its ID is a number when it looks like one.
  public mutating func comment(_ comment: Comment) {
    object { writer in
      writer.key("id")
      if let number = Int64(comment.id), String(number) == comment.id {
        writer.int(number)
      } else {
        writer.string(comment.id)
      }
      writer.commentText(comment)
    }
  }

  /// Writes the members of a comment into the object that is open, as commands print them: its ID is always text,
  /// because clients of `bd` validate it as that.
  public mutating func commentMembers(_ comment: Comment) {
    member("id", comment.id)
    commentText(comment)
  }

  private mutating func commentText(_ comment: Comment) {
    member("issue_id", comment.issueID.rawValue)
    member("author", comment.author)
    member("text", comment.text)
    member("created_at", comment.createdAt)
  }
}

extension Issue {
  /// The canonical line of this issue in `issues.jsonl`, without the newline.
  public var jsonLine: String {
    var writer = JSONWriter()
    writer.issue(self, edges: .raw)
    return writer.text
  }
}
