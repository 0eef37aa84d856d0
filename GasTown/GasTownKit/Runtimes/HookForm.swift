public import BeadsKit

/// How a provider of hooks writes them, and how it wants to be answered: a row of a table, so that nothing else knows
/// one provider from another.
///
/// From the public references of the runtimes: geminicli.com/docs/hooks/reference, the hooks reference of GitHub Copilot
/// CLI, Cursor's hooks, the hooks of Codex. An event whose output a runtime drops is not in its row: what is told there
/// once would be lost.
public struct HookForm: Sendable {
  /// When a hook is called, by the name that settings give it everywhere.
  enum Moment: String, CaseIterable {
    case start = "SessionStart"
    case turn = "UserPromptSubmit"
    case compaction = "PreCompact"
    case stop = "Stop"
    case command = "PreToolUse"
  }

  /// What it calls the moments.
  let events: [(moment: Moment, name: String)]
  /// What the tool that runs commands is called; nil where its event is of that tool alone.
  var shell: String?
  /// Whether an agent hears what a hook says before its context is shortened.
  var tellsAtCompaction = false
  /// Whether settings may use events that are not among the moments, by their own names.
  var takesAnyEvent = false
  /// One hook: the object around its commands.
  let entry: @Sendable (_ matcher: String, _ commands: [String]) -> JSONValue
  /// Members that the file needs besides.
  var members: [(String, JSONValue)] = []
  /// How a text for the agent is said; nil for the text itself.
  var context: (@Sendable (_ event: String, _ text: String) -> JSONValue)?
  /// How an agent is kept from ending its turn.
  var goesOn: @Sendable (String) -> JSONValue = {
    .members([("decision", .string("block")), ("reason", .string($0))])
  }
  /// How it may end its turn.
  var stops = JSONValue.object([])
  /// How a command is refused; nil where exit status 2 and standard error say it.
  var denial: (@Sendable (String) -> JSONValue)?

  /// The provider of the hooks of a runtime that take a flag `--form`; nil for the usual one.
  static func flag(_ provider: String) -> String { provider == usual ? "" : " --form \(provider)" }

  /// Whose way of asking and being answered holds unless another is named.
  public static let usual = "claude"

  /// By `hooks_provider`; providers whose hooks are programs have a text instead, see `HookScript`.
  public static let all: [String: HookForm] = [
    "claude": HookForm(
      events: Moment.allCases.map { ($0, $0.rawValue) }, shell: "Bash", tellsAtCompaction: true,
      takesAnyEvent: true, entry: nested,
      members: [("skipDangerousModePermissionPrompt", .bool(true)), ("editorMode", .string("normal"))],
      stops: .members([("decision", .string("approve"))])),
    "codex": HookForm(
      events: [Moment.start, .turn, .stop, .command].map { ($0, $0.rawValue) }, shell: "Bash", entry: nested),
    "gemini": HookForm(
      events: [
        (.start, "SessionStart"), (.turn, "BeforeAgent"), (.compaction, "PreCompress"), (.stop, "AfterAgent"),
        (.command, "BeforeTool"),
      ], shell: "run_shell_command", entry: nested,
      context: { event, text in
        let inner = JSONValue.members([
          ("hookEventName", .string(event)), ("additionalContext", .string(text)),
        ])
        return .members([("hookSpecificOutput", inner)])
      },
      goesOn: { .members([("decision", .string("deny")), ("reason", .string($0))]) },
      stops: .members([("decision", .string("allow"))])),
    "cursor": HookForm(
      events: [
        (.start, "sessionStart"), (.compaction, "preCompact"), (.stop, "stop"),
        (.command, "beforeShellExecution"),
      ],
      entry: { _, commands in .members([("command", .string(commands.joined(separator: " && ")))]) },
      members: [("version", .int(1))],
      context: { .members([("additional_context", .string($1))]) },
      goesOn: { .members([("followup_message", .string($0))]) },
      denial: {
        .members([
          ("permission", .string("deny")), ("agent_message", .string($0)), ("user_message", .string($0)),
        ])
      }),
    "copilot": HookForm(
      events: [(.start, "sessionStart"), (.stop, "agentStop"), (.command, "preToolUse")],
      entry: { _, commands in
        .members([
          ("type", .string("command")), ("bash", .string(commands.joined(separator: " && "))),
          ("timeoutSec", .int(30)),
        ])
      }, members: [("version", .int(1))],
      context: { .members([("additionalContext", .string($1))]) },
      stops: .members([("decision", .string("allow"))]),
      denial: {
        .members([("permissionDecision", .string("deny")), ("permissionDecisionReason", .string($0))])
      }),
  ]

  private static let nested: @Sendable (String, [String]) -> JSONValue = { matcher, commands in
    let hooks = commands.map {
      JSONValue.members([("type", .string("command")), ("command", .string($0))])
    }
    return .members([("matcher", .string(matcher)), ("hooks", .array(hooks))])
  }

  // MARK: Answers

  /// The row of a provider.
  /// - Throws: `invalid` naming those there are.
  public static func named(_ provider: String?) throws(BeadsError) -> HookForm {
    if let found = all[provider ?? usual] { return found }
    throw BeadsError(
      .invalid, "there are no hooks of the form \(quoted(provider ?? ""))",
      hint: "it is one of \(all.keys.sorted().joined(separator: ", "))")
  }

  /// What a hook prints so that its agent hears a text.
  public func telling(_ text: String, at event: String) -> String {
    guard let context else { return text }
    return (text.allSatisfy(\.isWhitespace) ? JSONValue.object([]) : context(event, text)).compactText + "\n"
  }

  /// What a hook prints when an agent is about to end its turn.
  /// - Parameter reason: Why it is to go on; nil when it may end.
  public func answer(toStopping reason: String?) -> String {
    (reason.map { goesOn($0) } ?? stops).compactText + "\n"
  }

  /// What a hook prints to refuse a command; nil where exit status 2 and standard error say it.
  public func refusal(_ reason: String) -> String? { denial.map { $0(reason).compactText + "\n" } }
}
