import BeadsKit
import CommandKit
import GasTownKit

/// `gt hooks base`, `override` and `init`: what a person wants the hooks of agents to be.
enum HookSettingsCommands {
  private static let editFlags: [Flag] = [
    .bool("edit", short: "e", help: "Change it in your editor"),
    .bool("stdin", help: "Read it from standard input"),
    .bool("remove", help: "Take it away"),
    .bool("show", hidden: true, help: "Show it, as is done anyway"),
  ]

  private static let format = """
    It is a JSON object: the names of events as Claude Code has them (SessionStart, UserPromptSubmit, PreCompact, Stop, \
    PreToolUse), each with a list of objects `matcher` and `hooks`. An entry takes the place of what was there for its \
    matcher; with `"add": true` it joins it; without hooks it takes it out. \(HookPlan.program) stands for the program gt. \
    Other runtimes get what they have an event for. `gt hooks sync` then writes the files of agents.
    """

  static var base: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "base", summary: "Show or change the hooks of all agents", discussion: format,
      examples: ["gt hooks base", "gt hooks base --edit"], flags: editFlags
    ) { _, context in
      let settings = HookSettings(context.environment)
      try run(context, path: settings.basePath, shown: HookPlan.base(), name: "hooks-base.json")
    }
  }

  static var override: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "override", summary: "Show or change the hooks of a role, in every project or in one",
      discussion: format,
      examples: ["gt hooks override crew", "gt hooks override shop/polecat --edit"], flags: editFlags,
      positionals: [.required("role", help: "mayor, crew or polecat; or RIG/crew, RIG/polecat")]
    ) { arguments, context in
      let target = try HookSettings.Target(arguments.positionals[0])
      if let rig = target.rig { _ = try context.town().rig(rig.rawValue) }
      let settings = HookSettings(context.environment)
      let path = settings.path(of: target)
      // What an override is on top of is what the role has without it.
      let shown = try settings.read(path) == nil ? settings.plan(target.role, target.rig) : HookPlan()
      try run(context, path: path, shown: shown, name: Path.name(of: path))
    }
  }

  static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "init", summary: "Write the hooks that are built in to a file of your own, to be changed",
      discussion: "Refuses when there is one. What you leave out stays as it is built in.",
      examples: ["gt hooks init"]
    ) { _, context in
      let settings = HookSettings(context.environment)
      if FileSystem.exists(settings.basePath) {
        throw BeadsError(
          .exists, "\(settings.basePath) exists already", hint: "`gt hooks base --edit` changes it")
      }
      try settings.write(.base(), to: settings.basePath)
      if context.isJSON { return context.object { $0.member("path", settings.basePath) } }
      context.print("✓ \(settings.basePath)")
      context.print("  `gt hooks base --edit` changes it, `gt hooks sync` writes the files of agents")
    }
  }

  /// Shows a file, or changes it as the flags say.
  /// - Parameter shown: What holds when there is no file.
  private static func run(
    _ context: GtContext, path: String, shown: HookPlan, name: String
  ) throws {
    let settings = HookSettings(context.environment)
    let arguments = context.arguments
    if ["edit", "stdin", "remove"].count(where: arguments.bool) > 1 {
      throw BeadsError(.invalid, "--edit, --stdin and --remove exclude each other")
    }
    if arguments.bool("remove") {
      let wasThere = FileSystem.exists(path)
      try FileSystem.remove(path)
      if context.isJSON { return context.object { $0.member("removed", wasThere) } }
      return context.print(wasThere ? "✓ \(path) is gone" : "There is no \(path)")
    }
    if arguments.bool("edit") || arguments.bool("stdin") {
      let plan = try changed(path, shown, name, context)
      try settings.write(plan, to: path)
      if context.isJSON { return context.object { $0.member("path", path) } }
      return context.print("✓ \(path); `gt hooks sync` writes the files of agents")
    }
    let present = try settings.read(path)
    let text = String(decoding: JSONEdit.pretty((present ?? shown).json), as: UTF8.self)
    if !context.isJSON { context.output.note(present == nil ? "built in; there is no \(path)" : "\(path)") }
    context.output.write(text + "\n")
  }

  private static func changed(
    _ path: String, _ shown: HookPlan, _ name: String, _ context: GtContext
  ) throws -> HookPlan {
    func parsed(_ text: String) throws(BeadsError) -> HookPlan {
      guard let value = JSONValue(parsing: text) else {
        throw BeadsError(.invalid, "that is no JSON; \(path) is left as it is")
      }
      return try HookPlan(value, source: "what you gave")
    }
    if context.arguments.bool("stdin") { return try parsed(try context.standardInput()) }
    let old = try FileSystem.readIfPresent(path) ?? JSONEdit.pretty(shown.json)
    return try context.edited(String(decoding: old, as: UTF8.self), named: name) { try parsed($0) }
  }
}
