import BeadsFormats
import BeadsModel
import BeadsSystem

/// Moves issues between memory and rows of `issues`, walking the field table.
enum IssueRow {
  private static let fields = IssueField.columns
  private static let names = fields.compactMap(\.column)

  /// The columns a reader selects, in the order `read` expects them, for a table or alias.
  static func columns(of alias: String = "issues") -> String {
    (names + ["unknown_members", "time_offsets"]).map { "\(alias).\($0)" }.joined(separator: ",")
  }

  /// How many columns `columns` names.
  static let count = names.count + 2

  // MARK: Reading

  /// Reads an issue, without its lists, from the columns that start at `first`.
  static func read(_ row: borrowing Row, first: Int32 = 0) throws(BeadsError) -> Issue {
    var issue = Issue(id: IssueID(unchecked: row.text(first)), title: "", createdAt: Timestamp(seconds: 0))
    var column = first
    for field in fields {
      try read(field, into: &issue, row, column)
      column += 1
    }
    if !row.isEmpty(column) { issue.unknownMembers = try unknownMembers(row.text(column)) }
    if !row.isEmpty(column + 1) { restoreOffsets(row.text(column + 1), in: &issue) }
    return issue
  }

  private static func read(
    _ field: IssueField, into issue: inout Issue, _ row: borrowing Row, _ column: Int32
  ) throws(BeadsError) {
    switch field.storage {
    case .text(let path): if !row.isEmpty(column) { issue[keyPath: path] = row.text(column) }
    case .optionalText(let path), .json(let path):
      if let text = row.optionalText(column) { issue[keyPath: path] = text }
    case .int(let path): issue[keyPath: path] = Int(row.int64(column))
    case .int64(let path): issue[keyPath: path] = row.int64(column)
    case .optionalInt(let path): if let number = row.optionalInt(column) { issue[keyPath: path] = number }
    case .real(let path): if let number = row.optionalDouble(column) { issue[keyPath: path] = number }
    case .flag(let path): if row.bool(column) { issue[keyPath: path] = true }
    case .time(let path): issue[keyPath: path] = try time(row, column, issue.id, field)
    case .optionalTime(let path):
      if !row.isNull(column) { issue[keyPath: path] = try time(row, column, issue.id, field) }
    case .strings(let path):
      if !row.isEmpty(column) { issue[keyPath: path] = strings(row.text(column)) }
    case .id, .labels, .dependencies, .comments: break
    }
  }

  private static func time(
    _ row: borrowing Row, _ column: Int32, _ id: IssueID, _ field: IssueField
  ) throws(BeadsError) -> Timestamp {
    guard let value = row.withText(column, { $0.flatMap { Timestamp(utf8: $0) } }) else {
      throw BeadsError(.corrupt, "\(id) has \(quoted(row.text(column))) as \(field.key), which is not a time")
    }
    return value
  }

  private static func strings(_ json: String) -> [String] {
    JSONValue(parsing: json)?.arrayValue?.compactMap(\.stringValue) ?? []
  }

  private static func unknownMembers(_ json: String) throws(BeadsError) -> [Issue.UnknownMember] {
    var text = json
    let members = text.withUTF8 { buffer -> [Issue.UnknownMember]? in
      var reader = JSONReader(buffer)
      var isFirst = true
      var members: [Issue.UnknownMember] = []
      do throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey(isFirst: &isFirst) {
          let name = String(decoding: key, as: UTF8.self)
          let range = try reader.skipValue()
          members.append(
            Issue.UnknownMember(key: name, json: String(decoding: reader.bytes[range], as: UTF8.self)))
        }
        return members
      } catch { return nil }
    }
    guard let members else { throw BeadsError(.corrupt, "unknown_members is not a JSON object") }
    return members
  }

  // MARK: Writing

  /// The columns of an insert or update, in the order `values` has them.
  static let writtenColumns = names + ["content_hash", "unknown_members", "time_offsets", "due_date"]

  /// The values of `writtenColumns`.
  static func bind(_ issue: Issue, to statement: Statement) {
    // By address, because reading a field of a passed issue copies all of it.
    withUnsafePointer(to: issue) { address in
      var column: Int32 = 1
      for field in fields {
        bind(field, of: address, to: statement, column)
        column += 1
      }
      statement.bind(issue.contentHash, at: column)
      statement.bind(unknownText(issue), at: column + 1)
      statement.bind(offsetsText(address), at: column + 2)
      statement.bind(optional: address.pointee.dueAt?.sortableText, at: column + 3)
    }
  }

  private static func bind(
    _ field: IssueField, of issue: UnsafePointer<Issue>, to statement: Statement, _ column: Int32
  ) {
    switch field.storage {
    case .id: statement.bind(issue.pointee.id.rawValue, at: column)
    case .text(let path): statement.bind(path.value(in: issue), at: column)
    case .optionalText(let path), .json(let path): statement.bind(optional: path.value(in: issue), at: column)
    case .int(let path): statement.bind(Int64(path.value(in: issue)), at: column)
    case .int64(let path): statement.bind(path.value(in: issue), at: column)
    case .optionalInt(let path): statement.bind(optional: path.value(in: issue), at: column)
    case .real(let path): statement.bind(optional: path.value(in: issue), at: column)
    case .flag(let path): statement.bind(path.value(in: issue) ? 1 : 0 as Int64, at: column)
    case .time(let path): statement.bind(path.value(in: issue).sortableText, at: column)
    case .optionalTime(let path): statement.bind(optional: path.value(in: issue)?.sortableText, at: column)
    case .strings(let path):
      let items = path.value(in: issue)
      var writer = JSONWriter()
      if !items.isEmpty { writer.strings(items) }
      statement.bind(writer.text, at: column)
    case .labels, .dependencies, .comments: break
    }
  }

  private static func unknownText(_ issue: Issue) -> String {
    if issue.unknownMembers.isEmpty { return "" }
    var writer = JSONWriter()
    writer.object { writer in
      for member in issue.unknownMembers {
        writer.key(verbatim: member.key)
        writer.raw(member.json)
      }
    }
    return writer.text
  }

  // MARK: Offsets

  private static let timeFields = fields.filter {
    switch $0.storage {
    case .time, .optionalTime: true
    default: false
    }
  }

  private static func offsetsText(_ issue: UnsafePointer<Issue>) -> String {
    var text = ""
    for field in timeFields {
      let offset =
        switch field.storage {
        case .time(let path): path.value(in: issue).offsetMinutes
        case .optionalTime(let path): path.value(in: issue)?.offsetMinutes ?? 0
        default: 0 as Int16
        }
      if offset != 0 { text += "\(text.isEmpty ? "" : " ")\(field.key)=\(offset)" }
    }
    return text
  }

  private static func restoreOffsets(_ text: String, in issue: inout Issue) {
    for part in text.split(separator: " ") {
      guard let equals = part.firstIndex(of: "="), let offset = Int16(part[part.index(after: equals)...]),
        let field = IssueField.named(String(part[..<equals]))
      else { continue }
      switch field.storage {
      case .time(let path): issue[keyPath: path].offsetMinutes = offset
      case .optionalTime(let path): issue[keyPath: path]?.offsetMinutes = offset
      default: break
      }
    }
  }
}

extension Row {
  /// Whether the column is NULL or an empty text.
  fileprivate func isEmpty(_ column: Int32) -> Bool { withText(column) { $0?.isEmpty ?? true } }
}

extension Statement {
  fileprivate func bind(optional value: (some SQLBindable)?, at index: Int32) {
    if let value { value.bind(to: self, at: index) } else { bindNull(at: index) }
  }
}
