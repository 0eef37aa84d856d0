import BeadsKit
import CommandKit
import GasTownKit

/// `gt hooks`: what the runtimes of agents call at the turns of their life.
enum HooksCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "hooks", summary: "Write the hooks by which coding agents ask gt", section: CommandTree.Section.config,
      discussion: """
        At its start, at each turn and before its context is shortened an agent is told what it is to work on and which \
        mail has come. What else is in these files is kept; a file that cannot be understood is left as it is.
        """,
      subcommands: [
        list, sync, diff, HookSettingsCommands.base, HookSettingsCommands.override,
        HookSettingsCommands.start,
        HookRegistryCommands.registry, HookRegistryCommands.install, HookRegistryCommands.scan,
      ])
  }

  static func sync(_ context: GtContext) throws(BeadsError) -> HookSync {
    guard let program = context.program() else {
      throw BeadsError(
        .missingProgram, "the file of the program gt is not known", hint: "call gt by its path")
    }
    return HookSync(try context.town(), program: program)
  }

  private static func state(_ target: HookSync.Target) -> String {
    if target.problem != nil { return "kept" }
    return target.isCurrent ? "current" : target.old == nil ? "missing" : "differs"
  }

  private static func show(_ targets: [HookSync.Target], _ context: GtContext) {
    if context.isJSON {
      return context.json { writer in
        writer.array(targets) { writer, target in
          writer.object { writer in
            writer.member("path", target.path)
            writer.member("role", target.role.rawValue)
            writer.member(optional: "rig", target.rig?.rawValue)
            writer.member("agent", target.runtime)
            writer.member("state", state(target))
            writer.member(optional: "problem", target.problem)
          }
        }
      }
    }
    for target in targets {
      let problem = target.problem.map { ": " + $0 } ?? ""
      context.print("\(state(target), .bold)  \(target.path)  (\(target.runtime))\(problem)")
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand("list", summary: "List the files with hooks") { _, context in
      let targets = try sync(context).targets()
      show(targets, context)
      if targets.isEmpty { context.print("No agent of this town has hooks") }
    }
  }

  private static var sync: CommandTree.GtCommand {
    CommandTree.GtCommand("sync", summary: "Write the hooks that are missing or differ") { _, context in
      let sync = try sync(context)
      let targets = try sync.targets()
      let written = try sync.write(targets)
      let problems = targets.filter { $0.problem != nil }
      if context.isJSON {
        context.object { writer in
          writer.member("written", written.map(\.path))
          writer.member("kept", problems.map(\.path))
        }
      } else {
        for target in written { context.print("✓ \(target.path)") }
        if written.isEmpty { context.print("Nothing to write") }
      }
      for target in problems { context.warn("\(target.path): \(target.problem ?? "")") }
      if !problems.isEmpty { throw ExitStatus(1) }
    }
  }

  private static var diff: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "diff", summary: "Say which hooks `gt hooks sync` would write",
      discussion: "Exits with 1 when there are any."
    ) { _, context in
      let changed = try sync(context).targets().filter { !$0.isCurrent }
      show(changed, context)
      if changed.isEmpty { return context.print("All hooks are current") }
      throw ExitStatus(1)
    }
  }
}
