import BeadsKit
import CommandKit

/// `bd compat`: whether this program still answers its clients, checked on the user's machine.
enum CompatCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "compat", summary: "Check that programs which use bd get what they need",
      section: CommandTree.Section.maintenance,
      discussion: """
        Runs the command lines and the SQL of known clients in a scratch directory and compares what comes back with \
        what each client reads. Your projects and settings are not touched. SQL is run by the sqlite3 program where it \
        is installed. The status is 1 when a check fails.
        """,
      examples: ["bd compat", "bd compat --client beads-mcp --json"],
      flags: [.choice("client", values: clients, help: "Only the checks of this client")]
    ) { arguments, context in
      let run = try CompatRun(context.environment)
      defer { run.remove() }
      let results = try run.results(client: arguments.string("client"))
      if context.isJSON { printJSON(results, context) } else { printText(results, context) }
      if results.contains(where: { !$0.complaints.isEmpty }) { throw ExitStatus(1) }
    }
  }

  /// The clients in the order of their checks.
  private static var clients: [String] {
    var clients: [String] = []
    for client in ClientCall.all.map(\.client) + ReaderQuery.all.map(\.client) where !clients.contains(client)
    {
      clients.append(client)
    }
    return clients
  }

  private static func printJSON(_ results: [CompatRun.Result], _ context: BdContext) {
    let failed = results.count { !$0.complaints.isEmpty }
    context.object { writer in
      writer.member("passed", results.count - failed)
      writer.member("failed", failed)
      writer.key("checks")
      writer.array(results) { writer, result in
        writer.object {
          $0.member("client", result.client)
          $0.member("call", result.call)
          $0.member("passed", result.complaints.isEmpty)
          $0.member("problems", result.complaints)
        }
      }
    }
  }

  private static func printText(_ results: [CompatRun.Result], _ context: BdContext) {
    var table = Table([
      Table.Column(), Table.Column("client"), Table.Column("checks", alignment: .right),
      Table.Column("failed", alignment: .right),
    ])
    for client in clients {
      let own = results.filter { $0.client == client }
      if own.isEmpty { continue }
      let failed = own.count { !$0.complaints.isEmpty }
      table.add(failed == 0 ? "✓" : "✗", "\(client)", "\(own.count)", "\(failed)")
    }
    context.output.print(table)
    for result in results where !result.complaints.isEmpty {
      context.print("")
      context.print("✗ \(result.client): \(result.call, .bold)")
      for complaint in result.complaints { context.print("  \(String(complaint.prefix(300)))") }
    }
  }
}
