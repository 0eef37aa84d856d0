import BeadsKit
import CommandKit
import GasTownKit

/// `gt config agent` and `gt config default-agent`: which coding agents there are, and which one is used.
enum ConfigAgentCommand {
  static var commands: [CommandTree.GtCommand] {
    [
      group, defaultAgent,
      shortcut(
        "cost-tier", "cost_tier", "TIER", "Show or choose what agents may cost: standard, economy, budget"),
      shortcut(
        "agent-email-domain", "agent_email_domain", "DOMAIN", "Show or choose the domain of agents' addresses"
      ),
    ]
  }

  /// A command of its own for one setting.
  private static func shortcut(
    _ name: String, _ key: String, _ placeholder: String, _ summary: String
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      name, summary: summary, examples: ["gt config \(name)"],
      positionals: [.optional(placeholder.lowercased())]
    ) { arguments, context in
      let town = try context.town()
      let value = arguments.positionals.first
      if let value { try TownSettings.set(key, to: value, in: town, command: context.command) }
      context.show(try TownSettings.load(town).settings.entry(key), changed: value != nil)
    }
  }

  private static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "agent", aliases: ["agents"], summary: "List, add and remove coding agents",
      subcommands: [list, get, set, remove])
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", summary: "List the coding agents", examples: ["gt config agent list --json"]
    ) {
      _, context in
      let registry = try RuntimeRegistry.load(try context.town())
      if context.isJSON {
        return context.json { writer in
          writer.array(registry.all) { writer, runtime in
            writer.object { $0.runtime(runtime) }
          }
        }
      }
      var table = Table([
        .init("AGENT"), .init("COMMAND", isFlexible: true), .init("TYPE"), .init("INSTALLED"),
      ])
      for runtime in registry.all {
        table.add(
          "\(runtime.name, .bold)", "\(line(runtime))", runtime.isCustom ? "custom" : "built-in",
          registry.isInstalled(runtime) ? "yes" : "no")
      }
      context.output.print(table)
    }
  }

  private static func line(_ runtime: Runtime) -> String {
    let command = runtime.command == Runtime.programPlaceholder ? "gt" : runtime.command
    return ([command] + runtime.arguments).joined(separator: " ")
  }

  private static var get: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "get", summary: "Show a coding agent", examples: ["gt config agent get codex"],
      positionals: [.required("name")]
    ) { arguments, context in
      let registry = try RuntimeRegistry.load(try context.town())
      show(try registry.runtime(named: arguments.positionals[0]), registry, context)
    }
  }

  private static func show(_ runtime: Runtime, _ registry: RuntimeRegistry, _ context: GtContext) {
    if context.isJSON {
      return context.object { writer in
        writer.runtime(runtime)
        writer.member("process_names", runtime.processNames)
        writer.key("env")
        writer.object { writer in
          for (name, value) in runtime.variables.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.string(masked(name, value))
          }
        }
        writer.member(optional: "hooks_provider", runtime.hooks?.provider)
        writer.member("supports_headless", runtime.headless != nil)
        writer.member("installed", registry.isInstalled(runtime))
      }
    }
    context.print("\(runtime.name, .bold)  \(runtime.isCustom ? "custom" : "built-in")")
    context.print("  Command:   \(line(runtime))")
    for (name, value) in runtime.variables.sorted(by: { $0.key < $1.key }) {
      context.print("  Variable:  \(name)=\(masked(name, value))")
    }
    context.print("  Processes: \(runtime.processNames.joined(separator: ", "))")
    if let hooks = runtime.hooks { context.print("  Hooks:     \(hooks.directory)/\(hooks.file)") }
    context.print("  Installed: \(registry.isInstalled(runtime) ? "yes" : "no")")
  }

  private static func masked(_ name: String, _ value: String) -> String {
    value.hasPrefix("$") || !RuntimeSettings.isSecret(name) ? value : "********"
  }

  private static var set: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "set", summary: "Add or change a coding agent",
      discussion: """
        What is not said is inherited from the agent with the same program, or from the one that --provider names. \
        Values of --env that start with $ name a variable, which is looked up when the agent starts.
        """,
      examples: [
        "gt config agent set opus \"claude --model opus\"",
        "gt config agent set groq claude --provider claude --env 'ANTHROPIC_API_KEY=$GROQ_API_KEY'",
      ],
      flags: [
        .string("provider", placeholder: "NAME", help: "The agent to inherit from"),
        .list("env", placeholder: "NAME=VALUE", help: "Variables of its own"),
      ], positionals: [.required("name"), .required("command", help: "The program and its arguments")]
    ) { arguments, context in
      let (town, name) = (try context.town(), arguments.positionals[0])
      let variables = try arguments.values("env").map { pair throws(BeadsError) -> (String, String) in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
          throw BeadsError(.invalid, "--env \(quoted(pair)) is not NAME=VALUE")
        }
        return (parts[0], parts[1])
      }
      try RuntimeSettings.set(
        name, line: arguments.positionals[1], provider: arguments.string("provider"), variables: variables,
        in: town,
        command: context.command)
      let registry = try RuntimeRegistry.load(town)
      show(try registry.runtime(named: name), registry, context)
    }
  }

  private static var remove: CommandTree.GtCommand {
    CommandTree.GtCommand("remove", summary: "Remove a custom coding agent", positionals: [.required("name")])
    {
      arguments, context in
      let name = arguments.positionals[0]
      try RuntimeSettings.remove(name, in: try context.town(), command: context.command)
      if context.isJSON { return context.object { $0.member("removed", name) } }
      context.print("✓ The agent \(name) is no longer known")
    }
  }

  private static var names: CommandTree.GtCommand {
    CommandTree.GtCommand("list", summary: "List those that can be chosen") { _, context in
      let registry = try RuntimeRegistry.load(try context.town())
      if context.isJSON { return context.json { $0.array(registry.all) { $0.string($1.name) } } }
      for runtime in registry.all { context.print("\(runtime.name)") }
    }
  }

  private static var defaultAgent: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "default-agent", summary: "Show or choose the coding agent that is used unless another is asked for",
      examples: ["gt config default-agent", "gt config default-agent codex"],
      positionals: [.optional("name")], subcommands: [names]
    ) { arguments, context in
      let town = try context.town()
      let registry = try RuntimeRegistry.load(town)
      if let name = arguments.positionals.first {
        _ = try registry.runtime(named: name)
        try TownSettings.set("default_agent", to: name, in: town, command: context.command)
      }
      let chosen = try TownSettings.load(town).defaultAgent
      if context.isJSON { return context.object { $0.member("default_agent", chosen) } }
      context.print("\(chosen)")
      if let runtime = registry.runtimes[chosen], !registry.isInstalled(runtime) {
        context.warn("\(chosen) is not installed")
      }
    }
  }
}

extension JSONWriter {
  /// Writes what a list of agents shows of one.
  fileprivate mutating func runtime(_ runtime: Runtime) {
    member("name", runtime.name)
    member("command", runtime.command == Runtime.programPlaceholder ? "gt" : runtime.command)
    member("args", runtime.arguments)
    member("type", runtime.isCustom ? "custom" : "built-in")
    member("is_custom", runtime.isCustom)
  }
}
