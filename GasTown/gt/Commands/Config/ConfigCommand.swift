import BeadsKit
import CommandKit
import GasTownKit

/// `gt config`: settings of the town.
enum ConfigCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "config", summary: "Show and change the settings of the town", section: CommandTree.Section.config,
      discussion: """
        Settings are kept in settings/config.json. Values are checked when they are set and when they are read; what \
        is not known is kept.
        """,
      examples: ["gt config show", "gt config get default_agent", "gt config set scheduler.max_polecats 12"],
      subcommands: [show, get, set, unset] + ConfigAgentCommand.commands)
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", aliases: ["list"], summary: "Show the settings that hold",
      examples: ["gt config show", "gt config show --all"],
      flags: [.bool("all", short: "a", help: "Also the defaults of operational settings")]
    ) { arguments, context in
      let settings = try TownSettings.load(try context.town()).settings
      let all = arguments.bool("all") || context.isJSON
      let entries = settings.entries().filter { entry in
        all || entry.isSet || entry.key.name == "operational.polecat.max_working"
          || (entry.value != nil && !entry.key.name.hasPrefix("operational."))
      }
      context.show(entries, of: settings)
    }
  }

  private static var get: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "get", summary: "Show one setting", examples: ["gt config get default_agent"],
      positionals: [.required("key")]
    ) { arguments, context in
      let settings = try TownSettings.load(try context.town()).settings
      context.show(try settings.entry(arguments.positionals[0]))
    }
  }

  private static var set: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "set", summary: "Change a setting",
      examples: ["gt config set default_agent codex", "gt config set operational.nudge.normal_ttl 1h"],
      positionals: [.required("key"), .required("value")]
    ) { arguments, context in
      let (town, key) = (try context.town(), arguments.positionals[0])
      if key == "default_agent" {
        _ = try RuntimeRegistry.load(town).runtime(named: arguments.positionals[1])
      }
      try TownSettings.set(key, to: arguments.positionals[1], in: town, command: context.command)
      context.show(try TownSettings.load(town).settings.entry(key), changed: true)
    }
  }

  private static var unset: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "unset", summary: "Take a setting out, so that the default holds",
      examples: ["gt config unset default_agent"], positionals: [.required("key")]
    ) { arguments, context in
      let (town, key) = (try context.town(), arguments.positionals[0])
      try TownSettings.set(key, to: nil, in: town, command: context.command)
      context.show(try TownSettings.load(town).settings.entry(key), changed: true)
    }
  }
}

extension GtContext {
  /// Shows settings: a table, or an object with the values under their names.
  func show(_ entries: [Settings.Entry], of settings: Settings) {
    if isJSON {
      return object { writer in
        writer.member("path", settings.path)
        writer.key("settings")
        writer.object { writer in
          for entry in entries {
            guard let value = entry.value else { continue }
            writer.key(entry.key.name)
            value.write(to: &writer)
          }
        }
        writer.member("set", entries.filter(\.isSet).map(\.key.name))
      }
    }
    if entries.isEmpty { return print("Nothing is set: the defaults hold") }
    var table = Table(["Setting", "", "Value"].map { Table.Column($0) })
    for entry in entries {
      table.add(
        "\(entry.key.name)", "\(entry.isSet ? "" : "default", .dim)",
        "\(Self.text(entry.value), entry.isSet ? .bold : .plain)")
    }
    output.print(table)
  }

  /// Shows one setting: its value alone, or an object.
  func show(_ entry: Settings.Entry, changed: Bool = false) {
    if isJSON {
      return object { writer in
        writer.member("key", entry.key.name)
        writer.key("value")
        (entry.value ?? .null).write(to: &writer)
        writer.member("is_set", entry.isSet)
      }
    }
    let value = Self.text(entry.value)
    if changed { return print("✓ \(entry.key.name) is \(value)\(entry.isSet ? "" : ", the default")") }
    print("\(value)")
  }

  private static func text(_ value: JSONValue?) -> String {
    switch value {
    case nil: "(nothing)"
    case .string(let text)?: text
    case let value?: value.compactText
    }
  }
}
