import BeadsKit
import CommandKit
import GasTownKit

/// `gt tap` and `gt signal`: what the hooks of runtimes and of git ask before something is done.
enum TapCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "tap", summary: "Answer what hooks ask before something is done", section: CommandTree.Section.agents,
      discussion: "Exit status 2 keeps a runtime from doing it; the reason is on standard error.",
      subcommands: [guards, list, stopCheck, telling, push])
  }

  private static let form = Flag.choice(
    "form", placeholder: "RUNTIME", values: HookForm.all.keys.sorted(), default: HookForm.usual,
    help: "Whose hooks ask, and how they want to be answered")

  private static var telling: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "context", summary: "Put a text into the form in which a runtime hands it to its agent",
      discussion: "Reads the text from standard input; an empty one is told to nobody.",
      examples: ["gt prime | gt tap context --form gemini SessionStart"], flags: [form],
      positionals: [.required("event")]
    ) { arguments, context in
      let text = try context.standardInput()
      let answer = try HookForm.named(arguments.string("form")).telling(text, at: arguments.positionals[0])
      context.output.write(Array(answer.utf8))
    }
  }

  private static var guards: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "guard", summary: "Say whether an agent may run a command",
      discussion: """
        Reads the JSON object that a runtime gives its hook, with the command in `tool_input`. Without a name every guard \
        is asked.
        """,
      examples: ["gt tap guard", "gt tap guard dangerous-command"], flags: [form],
      positionals: [.optional("name", help: "pr-workflow, dangerous-command, bd-init or mol-patrol")]
    ) { arguments, context in
      var kinds = CommandGuard.Kind.allCases
      if let name = arguments.positionals.first {
        guard let kind = CommandGuard.Kind(rawValue: name) else {
          throw BeadsError(.invalid, "there is no guard \(quoted(name))", hint: "`gt tap list` shows them")
        }
        kinds = [kind]
      }
      let input = SessionInput.object()
      // Some give the arguments as an object, some as its text.
      let words = input?["toolArgs"]?.stringValue.flatMap(JSONValue.init(parsing:)) ?? input?["toolArgs"]
      let line =
        input?["tool_input"]?["command"]?.stringValue ?? words?["command"]?.stringValue
        ?? input?["command"]?.stringValue
      // What cannot be understood is not ours to forbid.
      guard let line else { return }
      let agent = (try? context.me()) ?? .overseer
      var allowsPullRequests = false
      if let rig = agent.rig, let found = try? context.town().rig(rig.rawValue) {
        allowsPullRequests = (try? RigSettings.load(found).bool("allow_prs")) ?? false
      }
      for kind in kinds {
        if let reason = CommandGuard.reason(
          against: line, kind, role: agent.role, allowsPullRequests: allowsPullRequests)
        {
          if let answer = try HookForm.named(arguments.string("form")).refusal("\(kind.rawValue): \(reason)")
          {
            return context.output.write(Array(answer.utf8))
          }
          context.warn("\(kind.rawValue): \(reason)")
          throw ExitStatus(2)
        }
      }
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand("list", summary: "List the guards") { _, context in
      if context.isJSON {
        return context.json { writer in
          writer.array(CommandGuard.Kind.allCases) { writer, kind in
            writer.object {
              $0.member("name", kind.rawValue)
              $0.member("summary", kind.summary)
            }
          }
        }
      }
      for kind in CommandGuard.Kind.allCases { context.print("\(kind.rawValue, .bold): \(kind.summary)") }
    }
  }

  private static var stopCheck: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "polecat-stop-check", summary: "Say whether a polecat may end its turn",
      discussion:
        "Prints a decision as JSON: a polecat with work goes on or ends it; the same reason is given once.",
      flags: [form]
    ) { _, context in decide(looksAtWork: true, context) }
  }

  static var signal: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "signal", summary: "Answer the signals of runtimes", section: CommandTree.Section.agents,
      subcommands: [
        CommandTree.GtCommand(
          "stop", summary: "Say whether an agent may end its turn",
          discussion: "Prints a decision as JSON: not while messages wait; the same reason is given once.",
          flags: [form]
        ) { _, context in decide(looksAtWork: false, context) }
      ])
  }

  /// Never fails, because a hook that fails can stop an agent.
  private static func decide(looksAtWork: Bool, _ context: GtContext) {
    var reason: String?
    do {
      let agent = try context.me()
      if agent.role != .overseer {
        reason = try StopGuard(context.database(), context.ledgers(), agent).reason(looksAtWork: looksAtWork)
      }
    } catch { context.output.report(error) }
    let form = (try? HookForm.named(context.arguments.string("form"))) ?? HookForm.all[HookForm.usual]
    context.output.write(Array((form?.answer(toStopping: reason) ?? "").utf8))
  }

  private static var push: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "push", summary: "Say whether something may be pushed; the hook pre-push of git asks", hidden: true,
      positionals: [.optional("remote"), .optional("address")]
    ) { _, context in
      let pushes = try context.standardInput().split(separator: "\n").compactMap { PushGuard.Push($0) }
      let directory = context.environment.currentDirectory
      guard !pushes.isEmpty, let town = try? context.town(),
        let rig = try town.rigs().first(where: { Path.isInside(directory, $0.root) })
      else { return }
      let agent = try context.me()
      let rules = try PushGuard(rig, agent, try context.database().agent(agent))
      for push in pushes {
        var reason = rules.refusal(of: push)
        if reason == nil, let branch = try rules.landed(by: push, in: directory) {
          reason =
            "this would land \(branch) by the way: it is landed as a whole, by whoever is in charge of it"
        }
        if let reason { throw BeadsError(.refused, "not pushed: \(reason)") }
      }
    }
  }
}
