import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig config`: settings of a rig in layers.
enum RigConfigCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "config", summary: "Show and change what holds for a project for the time being",
      discussion: """
        A setting is looked up in layers: what was set for the time being on this machine, the rig's settings file, \
        the project's own .gastown/settings.json, the default. Changes go to the first layer, or with --global to \
        the settings file.
        """,
      examples: ["gt rig config show shop", "gt rig config set shop max_polecats 3"],
      subcommands: [show, set, unset])
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show the settings that hold", examples: ["gt rig config show shop --layers"],
      flags: [.bool("layers", help: "Also where each comes from")], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let settings = try RigSettings.load(rig).settings
      guard arguments.bool("layers") else {
        let shown = settings.entries().filter { entry in
          context.isJSON || entry.isSet || (entry.value != nil && entry.value != .string(""))
        }
        return context.show(shown, of: settings)
      }
      let layers = settings.entries().compactMap { entry in
        entry.value.map { (entry.key.name, $0, settings.layer(of: entry.key.name)) }
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(layers) { writer, layer in
            writer.object { writer in
              writer.member("key", layer.0)
              writer.key("value")
              layer.1.write(to: &writer)
              writer.member("layer", layer.2.rawValue)
            }
          }
        }
      }
      var table = Table(["Setting", "Value", "Layer"].map { Table.Column($0) })
      for layer in layers where layer.1 != .string("") {
        table.add("\(layer.0)", "\(layer.1.stringValue ?? layer.1.compactText)", "\(layer.2.rawValue)")
      }
      context.output.print(table)
    }
  }

  private static var set: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "set", summary: "Change a setting, or with --block let its default hold",
      examples: ["gt rig config set shop max_polecats 3", "gt rig config set shop auto_restart --block"],
      flags: [
        .bool("global", help: "In the rig's settings file"),
        .bool("block", help: "Let the default hold, whatever the files say"),
      ], positionals: [.required("rig"), .required("key"), .optional("value")]
    ) { arguments, context in
      let value = arguments.positionals.dropFirst(2).first
      if arguments.bool("block") {
        guard value == nil, !arguments.bool("global") else {
          throw BeadsError(.invalid, "--block takes no value and goes without --global")
        }
        return try change(arguments, context, .block)
      }
      guard let value else {
        throw BeadsError(.invalid, "the value is missing", hint: "`gt rig config unset` takes a setting out")
      }
      try change(arguments, context, .set(value))
    }
  }

  private static var unset: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "unset", summary: "Take a setting out", examples: ["gt rig config unset shop max_polecats"],
      flags: [.bool("global", help: "From the rig's settings file")],
      positionals: [.required("rig"), .required("key")]
    ) { arguments, context in try change(arguments, context, .unset) }
  }

  private static func change(
    _ arguments: Arguments, _ context: GtContext, _ change: PassingSettings.Change
  ) throws(BeadsError) {
    let (town, key) = (try context.town(), arguments.positionals[1])
    let rig = try town.rig(arguments.positionals[0])
    if arguments.bool("global") {
      let value: String? = if case .set(let text) = change { text } else { nil }
      try RigSettings.set(key, to: value, in: rig, of: town, command: context.command)
    } else {
      try PassingSettings.change(key, change, in: rig, of: town, command: context.command)
    }
    let settings = try RigSettings.load(rig).settings
    context.show(try settings.entry(key), changed: true)
    if arguments.bool("global"), settings.layer(of: key) == .passing {
      context.warn(
        "what was set for the time being holds; `gt rig config unset \(rig.name) \(key)` ends that")
    }
  }
}

/// `gt rig settings`: the settings file of a rig.
enum RigSettingsCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "settings", summary: "Show and change the settings file of a project",
      examples: ["gt rig settings set shop merge_queue.test_command \"make test\""],
      subcommands: [show, set, unset])
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show what is set, or one setting", examples: ["gt rig settings show shop"],
      positionals: [.required("rig"), .optional("key")]
    ) { arguments, context in
      let settings = try RigSettings.load(try context.town().rig(arguments.positionals[0])).settings
      if let key = arguments.positionals.dropFirst().first { return context.show(try settings.entry(key)) }
      context.show(settings.entries().filter(\.isSet), of: settings)
    }
  }

  private static var set: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "set", summary: "Change a setting; the path may lead into an object",
      examples: ["gt rig settings set shop merge_queue.gates.test.cmd \"make test\""],
      positionals: [.required("rig"), .required("key"), .required("value")]
    ) { arguments, context in try change(arguments, context, arguments.positionals[2]) }
  }

  private static var unset: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "unset", summary: "Take a setting out", examples: ["gt rig settings unset shop agent"],
      positionals: [.required("rig"), .required("key")]
    ) { arguments, context in try change(arguments, context, nil) }
  }

  private static func change(
    _ arguments: Arguments, _ context: GtContext, _ value: String?
  ) throws(BeadsError) {
    let (town, key) = (try context.town(), arguments.positionals[1])
    let rig = try town.rig(arguments.positionals[0])
    if key == "agent", let value { _ = try RuntimeRegistry.load(town, rig).runtime(named: value) }
    try RigSettings.set(key, to: value, in: rig, of: town, command: context.command)
    context.show(try RigSettings.load(rig).settings.entry(key), changed: true)
  }
}
