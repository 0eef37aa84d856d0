import BeadsKit
import CommandKit
import GasTownKit

/// `gt hooks registry`, `install` and `scan`: hooks that can be added, and those that there are.
enum HookRegistryCommands {
  static var registry: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "registry", summary: "List the hooks that can be added",
      discussion: """
        Some are built in. hooks/registry.toml of the town adds more: a table [hooks.NAME] with event, command, \
        description, matchers, roles and enabled.
        """,
      examples: ["gt hooks registry", "gt hooks install heartbeat"]
    ) { _, context in
      let hooks = try HookRegistry(try context.town()).hooks
      if context.isJSON {
        return context.json { writer in
          writer.array(hooks) { writer, hook in
            writer.object { writer in
              writer.member("name", hook.name)
              writer.member("description", hook.summary)
              writer.member("event", hook.event)
              writer.member("matcher", hook.matcher)
              writer.member("command", hook.command)
              writer.member("roles", hook.roles.map(\.rawValue))
              writer.member("source", hook.source)
            }
          }
        }
      }
      var table = Table([.init("HOOK"), .init("EVENT"), .init("FOR"), .init("ABOUT", isFlexible: true)])
      for hook in hooks {
        let roles = hook.roles.isEmpty ? "all" : hook.roles.map(\.rawValue).joined(separator: ", ")
        table.add("\(hook.name, .bold)", "\(hook.event)", "\(roles)", "\(hook.summary)")
      }
      context.output.print(table)
    }
  }

  static var install: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "install", summary: "Add a hook of the registry to those of all agents, or of some",
      discussion: "It joins what is there. `gt hooks sync` then writes the files of agents.",
      examples: ["gt hooks install heartbeat", "gt hooks install dangerous-command --role shop/crew"],
      flags: [.list("role", placeholder: "ROLE", help: "For mayor, crew, polecat or RIG/ROLE")],
      positionals: [.required("hook")]
    ) { arguments, context in
      let hook = try HookRegistry(try context.town()).hook(named: arguments.positionals[0])
      let words = arguments.list("role").isEmpty ? hook.roles.map(\.rawValue) : arguments.list("role")
      let targets = try words.map { word throws(BeadsError) in try HookSettings.Target(word) }
      for rig in targets.compactMap(\.rig) { _ = try context.town().rig(rig.rawValue) }
      let settings = HookSettings(context.environment)
      let paths = targets.isEmpty ? [settings.basePath] : targets.map { settings.path(of: $0) }
      var plans = try paths.map { path throws(BeadsError) in try settings.read(path) ?? HookPlan() }
      for index in plans.indices {
        plans[index].set(
          HookPlan.Entry(matcher: hook.matcher, commands: [hook.command], isAddition: true), at: hook.event)
      }
      for (path, plan) in zip(paths, plans) { try settings.write(plan, to: path) }
      if context.isJSON {
        return context.object { writer in
          writer.member("hook", hook.name)
          writer.member("paths", paths)
        }
      }
      for path in paths { context.print("✓ \(hook.name, .bold) is in \(path)") }
      context.print("  `gt hooks sync` writes the files of agents")
    }
  }

  static var scan: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "scan", summary: "List every hook in the files of agents, whoever wrote it",
      examples: ["gt hooks scan --json"]
    ) { _, context in
      let found = try HooksCommand.sync(context).present()
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, hook in
            writer.object { writer in
              writer.member("path", hook.path)
              writer.member("agent", hook.runtime)
              writer.member("role", hook.role.rawValue)
              writer.member("event", hook.event)
              writer.member("hook", hook.text)
              writer.member("ours", hook.isOurs)
            }
          }
        }
      }
      var last = ""
      for hook in found {
        if hook.path != last { context.print("\(hook.path, .bold)  (\(hook.runtime))") }
        last = hook.path
        context.print("  \(hook.event)  \(hook.isOurs ? "gt" : "other")  \(hook.text)")
      }
      if found.isEmpty { context.print("No file of an agent has hooks; `gt hooks sync` writes them") }
    }
  }
}
