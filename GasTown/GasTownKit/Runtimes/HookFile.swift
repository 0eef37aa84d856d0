import BeadsKit

/// The hooks of one runtime for one role, as text of its settings file.
///
/// A hook of ours is a command that starts with `GT_HOOK=1`; whatever else is in the file belongs to somebody else and
/// stays. What the events are called, and how a hook is written, is a table: one row for each provider.
struct HookFile {
  /// When a hook is called.
  enum Moment: CaseIterable { case start, turn, compaction, stop, command }

  /// How a provider writes its hooks.
  struct Form {
    /// What it calls the moments.
    let events: [(moment: Moment, name: String)]
    /// One hook: the object around its command.
    let entry: @Sendable (String) -> JSONValue
    /// Members that the file needs besides.
    let members: [(String, JSONValue)]
  }

  static let mark = "GT_HOOK=1 "

  /// By `hooks_provider`; providers whose hooks are programs have a text instead, see `HookScript`.
  static let forms: [String: Form] = [
    "claude": Form(
      events: [
        (.start, "SessionStart"), (.turn, "UserPromptSubmit"), (.compaction, "PreCompact"), (.stop, "Stop"),
        (.command, "PreToolUse"),
      ],
      entry: nested,
      members: [("skipDangerousModePermissionPrompt", .bool(true)), ("editorMode", .string("normal"))]),
    "gemini": Form(
      events: [(.start, "SessionStart"), (.turn, "BeforeAgent"), (.compaction, "PreCompress")], entry: nested,
      members: []),
    "cursor": Form(
      events: [(.start, "sessionStart"), (.turn, "beforeSubmitPrompt"), (.compaction, "preCompact")],
      entry: { .members([("command", .string($0))]) }, members: [("version", .int(1))]),
    "copilot": Form(
      events: [(.start, "sessionStart"), (.turn, "userPromptSubmitted")],
      entry: { .members([("type", .string("command")), ("bash", .string($0)), ("timeoutSec", .int(30))]) },
      members: [("version", .int(1))]),
  ]

  private static let nested: @Sendable (String) -> JSONValue = { command in
    let hook = JSONValue.members([("type", .string("command")), ("command", .string(command))])
    return .members([("matcher", .string("")), ("hooks", .array([hook]))])
  }

  /// A word for a shell.
  static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// What is run at a moment.
  static func command(_ moment: Moment, role: AgentRole, program: String) -> String {
    let gt = quoted(program)
    return switch moment {
    case .start: "\(mark)\(gt) prime --hook && \(gt) mail check --inject"
    case .turn: "\(mark)\(gt) mail check --inject"
    case .compaction where role == .crew: "\(mark)\(gt) handoff --cycle --reason compaction"
    case .compaction: "\(mark)\(gt) prime --hook"
    case .stop where role == .polecat: "\(mark)\(gt) tap polecat-stop-check"
    case .stop: "\(mark)\(gt) signal stop"
    case .command: "\(mark)\(gt) tap guard"
    }
  }

  /// The whole content: what is in the file, with our hooks as they are now.
  /// - Parameter old: The file as it is; nil for none.
  /// - Throws: `corrupt` when it holds no JSON object; nothing is to be written then.
  static func content(
    _ form: Form, role: AgentRole, program: String, old: JSONValue?, path: String
  ) throws(BeadsError) -> JSONValue {
    var document = old ?? .object([])
    for (key, value) in form.members where document[key] == nil { document[key] = value }
    for (moment, name) in form.events {
      let known = document[path: ["hooks", name]]
      guard known == nil || known?.arrayValue != nil else {
        throw BeadsError(.corrupt, "\(path): the hooks of \(name) are no list; the file is left as it is")
      }
      let others = (known?.arrayValue ?? []).filter { !$0.compactText.contains(mark) }
      var own = form.entry(command(moment, role: role, program: program))
      // Only commands are looked at; other tools would start gt for nothing.
      if moment == .command { own["matcher"] = .string("Bash") }
      document.set(["hooks", name], .array([own] + others))
    }
    return document
  }
}

/// Hooks that are programs of their own: the plugin of opencode.
enum HookScript {
  /// By `hooks_provider`.
  static let texts: [String: @Sendable (String) -> String] = ["opencode": plugin]

  private static let plugin: @Sendable (String) -> String = { program in
    """
    // Written by gt; `gt hooks sync` writes it anew.
    const gt = \(JSONValue.string(program).compactText);

    export const GasTown = async ({ client, $ }) => {
      const told = async (id, ...command) => {
        const text = await $`${command}`.quiet().nothrow().text();
        if (text.trim() === "") return;
        await client.session.prompt({ path: { id }, body: { noReply: true, parts: [{ type: "text", text }] } });
      };
      return {
        event: async ({ event }) => {
          const id = event.properties?.info?.id ?? event.properties?.sessionID;
          if (event.type === "session.created" || event.type === "session.compacted") {
            await told(id, gt, "prime", "--hook");
            await told(id, gt, "mail", "check", "--inject");
          }
        },
      };
    };

    """
  }
}
