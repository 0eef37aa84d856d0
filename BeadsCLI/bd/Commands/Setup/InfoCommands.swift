import BeadsKit
import CommandKit

/// `bd info`: facts about the database.
enum InfoCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "info", summary: "Show facts about the database", section: CommandTree.Section.setup,
      flags: [
        .bool("schema", help: "Add tables and schema version"),
        .bool("whats-new", help: "Show what this version brought"),
        .bool("thanks", hidden: true, help: "Ignored"),
      ]
    ) { arguments, context in
      if arguments.bool("whats-new") { return showNews(context) }
      let store = try context.store()
      let count = try store.count()
      let mode = store.hasDatabase ? "direct" : "no-db"
      let config = try store.allConfig().filter { !$0.key.hasPrefix("kv.") }
      let schema = arguments.bool("schema") ? try store.schemaFacts() : nil
      if context.isJSON {
        return context.object { writer in
          writer.member("database_path", store.location.databasePath)
          writer.member("mode", mode)
          writer.member("issue_count", count)
          writer.key("config")
          writer.configMap(config)
          if let schema { writer.schema(schema, config) }
        }
      }
      context.print("Database: \(store.location.databasePath)")
      context.print("Mode: \(mode)")
      context.print("Issues: \(count)")
      context.print("Prefix: \(try store.prefixes().primary.rawValue)")
      if let schema {
        context.print("Schema: \(schema.version)")
        context.print("Tables: \(schema.tables.joined(separator: ", "))")
      }
    }
  }

  private static let news = [
    "One SQLite file beside issues.jsonl; either rebuilds the other, and no daemon runs",
    "Every change is an operation: bd op log shows them, bd undo takes one back",
    "Commands answer in milliseconds, also with 100,000 issues",
    "bd mcp serves agents; claims can have a lease, bd why says why an issue is not ready",
  ]

  private static func showNews(_ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("current_version", beadsVersion)
        writer.key("recent_changes")
        writer.array([news]) { writer, changes in
          writer.object { writer in
            writer.member("version", beadsVersion)
            writer.member("date", "2026-11-23")
            writer.member("changes", changes)
          }
        }
      }
    }
    context.print("bd \(beadsVersion, .bold)")
    for change in news { context.print("- \(change)") }
  }
}

extension JSONWriter {
  fileprivate mutating func configMap(_ pairs: [(key: String, value: String)]) {
    beginObject()
    for pair in pairs {
      key(pair.key)
      string(pair.value)
    }
    endObject()
  }

  fileprivate mutating func schema(_ facts: SchemaFacts, _ config: [(key: String, value: String)]) {
    key("schema")
    object { writer in
      writer.member("tables", facts.tables)
      writer.member("schema_version", "\(facts.version)")
      writer.key("config")
      writer.configMap(config)
      writer.member("sample_issue_ids", facts.sampleIDs.map(\.rawValue))
      writer.member("detected_prefix", facts.prefix.rawValue)
    }
  }
}

/// `bd version`.
enum VersionCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "version", summary: "Print the version", section: CommandTree.Section.setup,
      flags: [.bool("daemon", hidden: true, help: "Ignored: there is no daemon")]
    ) { _, context in
      if context.isJSON {
        return context.object {
          $0.member("version", beadsVersion)
          $0.member("build", build)
        }
      }
      context.print("bd version \(beadsVersion) (\(build))")
    }
  }

  #if DEBUG
    private static let build = "debug"
  #else
    private static let build = "release"
  #endif
}

/// `bd ping`: how long finding, opening and reading the store takes.
enum PingCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "ping", summary: "Check that the store answers, and how fast", section: CommandTree.Section.setup
    ) { _, context in
      let clock = ContinuousClock()
      let start = clock.now
      _ = try context.workspace()
      let resolved = clock.now
      let store = try context.store()
      let opened = clock.now
      _ = try store.count()
      let queried = clock.now
      let times: [(StaticString, Duration)] = [
        ("resolve_ms", resolved - start), ("store_ms", opened - resolved), ("query_ms", queried - opened),
        ("total_ms", queried - start),
      ]
      if context.isJSON {
        return context.object { writer in
          writer.member("status", "ok")
          for (name, time) in times {
            writer.key("\(name)")
            writer.double(milliseconds(time))
          }
        }
      }
      context.print("ok, \(milliseconds(queried - start)) ms")
    }
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    (duration / .microseconds(1)).rounded() / 1000
  }
}
