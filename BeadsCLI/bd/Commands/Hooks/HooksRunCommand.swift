import BeadsKit
import CommandKit

extension HooksCommand {
  /// `bd hooks run`: what the scripts call; the exit status decides whether git goes on.
  static var run: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "run", summary: "Do the work of a hook (the hooks call this)",
      discussion: """
        Ends with status 1 only where git shall stop: see `bd help hooks`. Whatever else goes wrong is said on stderr.
        """,
      examples: ["bd hooks run pre-commit", "bd hooks run post-checkout 4f2a 9bc1 1"],
      positionals: [.required("hook", values: GitHook.allCases.map(\.rawValue)), .zeroOrMore("argument")],
      passesArguments: true
    ) { arguments, context in
      armAlarm(context)
      guard let name = arguments.positionals.first else {
        throw BeadsError(.invalid, "no hook is named", hint: "bd hooks run pre-commit")
      }
      guard let hook = GitHook(rawValue: name) else {
        // Called by the section of another version: nothing to stop git for.
        return context.warn("beads: unknown git hook \(name)")
      }
      do throws(BeadsError) {
        try run(hook, Array(arguments.positionals.dropFirst()), context)
      } catch {
        if error.code == .hookRefused { throw error }
        context.warn("beads: \(error.message); git goes on")
      }
    }
  }

  private static func run(
    _ hook: GitHook, _ words: [String], _ context: BdContext
  ) throws(BeadsError) {
    guard let workspace = try workspaceIfPresent(context) else { return }
    let call = GitHookRun(
      hook, arguments: words, workspace: workspace, configuration: try context.configuration(),
      environment: context.environment)
    guard let call, !call.isIdle else { return }
    try call.run { () throws(BeadsError) in try context.store() }
  }

  /// Git never waits longer than this for us; a little less than the script that called us would.
  private static func armAlarm(_ context: BdContext) {
    guard context.environment["BD_GIT_HOOK"]?.isEmpty == false else { return }
    let seconds = context.environment["BEADS_HOOK_TIMEOUT"].flatMap { Double($0) } ?? 5
    if seconds > 0 { Alarm.endGitHook(after: .seconds(seconds * 0.9)) }
  }

  /// `bd hooks fire`: the process that calls the user's programs after a change, when the command has ended.
  static var fire: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "fire", summary: "Call the programs in .beads/hooks with what stands on standard input", hidden: true,
      positionals: [.required("beads-directory")]
    ) { arguments, context in
      EventHooks.run(
        try InputText.standardInput(), beadsDirectory: arguments.positionals[0],
        environment: context.environment)
    }
  }
}
