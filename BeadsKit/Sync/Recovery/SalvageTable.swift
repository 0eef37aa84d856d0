import BeadsModel
import BeadsSystem

/// Copies the rows of one table that can be read, by the names of its columns.
struct SalvageTable {
  let name: String
  let source: Connection
  let target: Connection

  /// The tables of a store that are copied, the issues first.
  static let all = [
    "issues", "labels", "dependencies", "comments", "config", "metadata", "child_counters", "issue_counter",
    "events", "operations", "operation_changes", "dirty_issues", "compaction_snapshots",
  ]

  /// Copies what can be read.
  /// - Returns: Whether all of the table could be read; a table that is not there counts as read.
  func copy() throws(BeadsError) -> Bool {
    let present: [Column]
    do throws(BeadsError) { present = try columns(of: source) } catch { return false }
    let wanted = Dictionary(uniqueKeysWithValues: try columns(of: target).map { ($0.name, $0) })
    let shared = present.filter { wanted[$0.name] != nil && !isLocal($0.name) }.map { column in
      var column = column
      column.filling = wanted[column.name]?.filling ?? .null
      return column
    }
    guard !shared.isEmpty, name != "dirty_issues" || shared.contains(where: { $0.name == "version" }) else {
      return true
    }
    let names = shared.map { "\"\($0.name)\"" }.joined(separator: ",")
    let key = present.filter { $0.keyPlace > 0 }.sorted { $0.keyPlace < $1.keyPlace }
    let hasRowID = (try? source.int64("SELECT rowid FROM \(name) LIMIT 1")) != nil
    if hasRowID { return try copyByRowID(names, shared) }
    let order = key.map { "\"\($0.name)\"" }
    return try copyInOrder(names, shared, order)
  }

  private struct Column {
    let name: String
    let keyPlace: Int
    let isTime: Bool
    /// What stands for NULL where ours allows none.
    var filling: SQLValue
  }

  private func columns(of connection: Connection) throws(BeadsError) -> [Column] {
    try connection.all("SELECT name, pk, type, \"notnull\" FROM pragma_table_info('\(name)')") { row in
      let type = row.text(2).uppercased()
      let filling: SQLValue = !row.bool(3) ? .null : type == "INTEGER" ? .integer(0) : .text("")
      return Column(
        name: row.text(0), keyPlace: row.int(1), isTime: type == "DATETIME", filling: filling)
    }
  }

  /// Columns that number rows and that nothing refers to.
  private func isLocal(_ column: String) -> Bool { name == "issues" && column == "seq" }

  // MARK: Reading around what is damaged

  private func copyByRowID(_ names: String, _ columns: [Column]) throws(BeadsError) -> Bool {
    var last = Int64.min
    var isWhole = true
    while true {
      let sql = "SELECT \(names), rowid FROM \(name) WHERE rowid > ?1 ORDER BY rowid"
      if try copyRows(sql, columns, [last], seen: { last = $0 }) { return isWhole }
      isWhole = false
      guard let next = firstReadable(after: last == .min ? 0 : last) else { return false }
      last = next
    }
  }

  /// The smallest known place behind a damaged page from which rows can be read again, or nil.
  private func firstReadable(after last: Int64) -> Int64? {
    func isReadable(_ place: Int64) -> Bool {
      do throws(BeadsError) {
        _ = try source.first(
          "SELECT \"\(name)\".* FROM \(name) WHERE rowid > ?1 ORDER BY rowid LIMIT 1", place
        ) {
          _ in true
        }
        return true
      } catch { return false }
    }
    var step: Int64 = 1
    while !isReadable(last + step) {
      if step > 1 << 40 { return nil }
      step *= 2
    }
    var (bad, good) = (last + step / 2, last + step)
    while good - bad > 1 {
      let middle = bad + (good - bad) / 2
      if isReadable(middle) { good = middle } else { bad = middle }
    }
    return good
  }

  /// A table without row numbers is read from both ends.
  private func copyInOrder(
    _ names: String, _ columns: [Column], _ order: [String]
  ) throws(BeadsError) -> Bool {
    let forward = order.joined(separator: ",")
    if try copyRows("SELECT \(names), 0 FROM \(name) ORDER BY \(forward)", columns, []) { return true }
    let backward = order.map { $0 + " DESC" }.joined(separator: ",")
    _ = try copyRows("SELECT \(names), 0 FROM \(name) ORDER BY \(backward)", columns, [])
    return false
  }

  /// Copies rows until one cannot be read.
  /// - Returns: Whether it came to the end.
  private func copyRows(
    _ sql: String, _ columns: [Column], _ values: [Int64], seen: (Int64) -> Void = { _ in }
  ) throws(BeadsError) -> Bool {
    let marks = (1...columns.count).map { "?\($0)" }.joined(separator: ",")
    let names = columns.map { "\"\($0.name)\"" }.joined(separator: ",")
    let insert = "INSERT OR \(replaces ? "REPLACE" : "IGNORE") INTO \(name) (\(names)) VALUES (\(marks))"
    var failure: BeadsError?
    do throws(BeadsError) {
      try source.withStatement(sql) { statement throws(BeadsError) in
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        while try statement.step() {
          let row = statement.row
          seen(row.int64(Int32(columns.count)))
          let cells = columns.indices.map { converted(row.value(Int32($0)), columns[$0]) }
          if isForeign(cells, columns) { continue }
          do throws(BeadsError) {
            try target.withStatement(insert) { statement throws(BeadsError) in
              for (index, cell) in cells.enumerated() { cell.bind(to: statement, at: Int32(index + 1)) }
              try statement.run()
            }
          } catch {
            // A row that breaks the rules of the table is as good as unreadable.
            if error.code != .database { failure = error; throw error }
          }
        }
      }
      return true
    } catch {
      if let failure { throw failure }
      return false
    }
  }

  private var replaces: Bool { name == "config" || name == "metadata" }

  /// What the database remembers about files and its own making says nothing about the new one.
  private func isForeign(_ cells: [SQLValue], _ columns: [Column]) -> Bool {
    guard name == "metadata", let place = columns.firstIndex(where: { $0.name == "key" }),
      case .text(let key) = cells[place]
    else { return false }
    return key.hasPrefix("jsonl_") || key == "bd_version" || key == "last_import_time"
  }

  /// Times as we store them, whatever driver wrote them; NULL where we want a text.
  private func converted(_ value: SQLValue, _ column: Column) -> SQLValue {
    if value == .null { return column.filling }
    guard case .text(let text) = value else { return value }
    guard column.isTime, let time = SalvagedTime.parse(text) else { return value }
    return .text(time.sortableText)
  }
}

/// Times in the forms that Go's database drivers wrote.
enum SalvagedTime {
  /// Reads RFC 3339, or `2006-01-02 15:04:05.999 -0700 MST`.
  static func parse(_ text: String) -> Timestamp? {
    if let time = Timestamp(text) { return time }
    let words = text.split(separator: " ")
    guard words.count >= 2 else { return nil }
    var clock = String(words[1])
    if words.count >= 3, let sign = words[2].first, sign == "+" || sign == "-", words[2].count == 5 {
      clock += words[2].prefix(3) + ":" + words[2].suffix(2)
    } else if !clock.contains("+"), !clock.contains("-"), !clock.hasSuffix("Z") {
      clock += "Z"
    }
    return Timestamp("\(words[0])T\(clock)")
  }
}
