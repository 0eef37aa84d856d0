import BeadsKit
import CommandKit

/// `bd sql`: the classic tables, for people and programs that know them.
enum SQLCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "sql", summary: "Run one SQL statement on the store", section: CommandTree.Section.data,
      discussion: """
        Tables: issues, labels, dependencies, comments, events, config; views: ready_issues, blocked_issues, wisps. \
        A statement that changes something goes through the same write path as every command: it has events, \
        `bd undo` takes it back, and deleted rows become tombstones.
        """,
      examples: [
        "bd sql \"SELECT status, COUNT(*) FROM issues GROUP BY status\"",
        "bd sql --json \"SELECT id, title FROM ready_issues LIMIT 5\"",
        "bd sql \"UPDATE issues SET assignee = '' WHERE assignee = 'gone'\"",
      ],
      flags: [.bool("csv", help: "Print comma-separated values with a header")],
      positionals: [.required("statement")]
    ) { arguments, context in
      let result = try context.store().sql(arguments.positionals[0])
      if result.affected != nil { context.flush() }
      if context.isJSON {
        printJSON(result, context)
      } else if arguments.bool("csv") {
        context.output.write(csv(result))
      } else {
        printTable(result, context)
      }
    }
  }

  private static func printJSON(_ result: SQLResult, _ context: BdContext) {
    if let affected = result.affected, result.columns.isEmpty {
      return context.object { $0.member("rows_affected", affected) }
    }
    context.json { writer in
      writer.array(result.rows) { writer, row in
        writer.beginObject()
        for (name, value) in zip(result.columns, row) {
          writer.key(name)
          switch value {
          case .null: writer.null()
          case .integer(let number): writer.int(number)
          case .real(let number): writer.double(number)
          case .text(let text): writer.string(text)
          }
        }
        writer.endObject()
      }
    }
  }

  private static func printTable(_ result: SQLResult, _ context: BdContext) {
    if let affected = result.affected {
      return context.print("OK, \(affected) row\(affected == 1 ? "" : "s") affected")
    }
    if !result.rows.isEmpty {
      var table = Table(result.columns.map { Table.Column($0, isFlexible: true) })
      for row in result.rows { table.add(row: row.map { TerminalText(text(of: $0)) }) }
      context.output.print(table)
    }
    context.print("(\(result.rows.count) row\(result.rows.count == 1 ? "" : "s"))")
  }

  private static func text(of value: SQLResult.Value) -> String {
    switch value {
    case .null: "NULL"
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .text(let text): text
    }
  }

  private static func csv(_ result: SQLResult) -> String {
    let lines = [result.columns] + result.rows.map { row in row.map { $0 == .null ? "" : text(of: $0) } }
    return lines.map { $0.map(csvField).joined(separator: ",") + "\n" }.joined()
  }

  private static func csvField(_ field: String) -> String {
    guard field.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
      return field
    }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
