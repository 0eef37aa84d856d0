import BeadsKit

/// The hooks of one runtime for one role, as text of its settings file.
///
/// A hook of ours is a command that starts with `GT_HOOK=1`; whatever else is in the file belongs to somebody else and
/// stays.
enum HookFile {
  static let mark = "GT_HOOK=1"

  /// A word for a shell.
  static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// A command as it stands in a file; the mark is a statement of its own, so that any command may follow.
  private static func marked(_ command: String, _ program: String) -> String {
    "\(mark); " + command.replacing(HookPlan.program, with: quoted(program))
  }

  /// Whether a hook is one of ours.
  static func isOurs(_ hook: JSONValue) -> Bool { hook.compactText.contains(mark) }

  /// The whole content: what is in the file, with our hooks as they are now.
  /// - Parameter old: The file as it is; nil for none.
  /// - Throws: `corrupt` when it holds no JSON object; nothing is to be written then.
  static func content(
    _ form: HookForm, _ plan: HookPlan, program: String, old: JSONValue?, path: String
  ) throws(BeadsError) -> JSONValue {
    var document = old ?? .object([])
    for (key, value) in form.members where document[key] == nil { document[key] = value }
    let wanted = hooks(form, plan, program)
    let known: [String] =
      if case .object(let members)? = document["hooks"] { members.map(\.key) } else { [] }
    for event in known + wanted.map(\.event).filter({ !known.contains($0) }) {
      let present = document[path: ["hooks", event]]
      guard present == nil || present?.arrayValue != nil else {
        throw BeadsError(.corrupt, "\(path): the hooks of \(event) are no list; the file is left as it is")
      }
      let others = (present?.arrayValue ?? []).filter { !isOurs($0) }
      let own = wanted.first { $0.event == event }?.hooks ?? []
      document.set(["hooks", event], own.isEmpty && others.isEmpty ? nil : .array(own + others))
    }
    return document
  }

  /// The hooks that a plan means for a runtime, by the runtime's own names.
  private static func hooks(
    _ form: HookForm, _ plan: HookPlan, _ program: String
  ) -> [(event: String, hooks: [JSONValue])] {
    plan.events.compactMap { name, entries in
      let event =
        form.events.first { $0.moment.rawValue == name }?.name ?? (form.takesAnyEvent ? name : nil)
      guard let event else { return nil }
      return (
        event,
        entries.filter { !$0.commands.isEmpty }.map { entry in
          form.entry(
            entry.matcher == HookPlan.shell ? form.shell ?? "" : entry.matcher,
            entry.commands.map { marked($0, program) })
        }
      )
    }
  }
}

/// Hooks that are programs of their own: the plugin of opencode.
enum HookScript {
  /// By `hooks_provider`.
  static let texts: [String: @Sendable (String, AgentRole) -> String] = ["opencode": plugin]

  private static let plugin: @Sendable (String, AgentRole) -> String = { program, role in
    let stop = role == .polecat ? #""tap", "polecat-stop-check""# : #""signal", "stop""#
    return """
      // Written by gt; `gt hooks sync` writes it anew.
      const gt = \(JSONValue.string(program).compactText);

      export const GasTown = async ({ client, $ }) => {
        const said = async (...command) => (await $`${command}`.quiet().nothrow().text()).trim();
        const told = async (id, text, noReply) => {
          if (text === "") return;
          await client.session.prompt({ path: { id }, body: { noReply, parts: [{ type: "text", text }] } });
        };
        return {
          event: async ({ event }) => {
            const id = event.properties?.info?.id ?? event.properties?.sessionID;
            if (event.type === "session.created" || event.type === "session.compacted") {
              await told(id, await said(gt, "prime", "--hook"), true);
              await told(id, await said(gt, "mail", "check", "--inject"), true);
            }
            if (event.type === "session.idle") {
              const answer = JSON.parse((await said(gt, \(stop))) || "{}");
              if (answer.decision === "block") await told(id, answer.reason ?? "", false);
            }
          },
          "tool.execute.before": async (input, output) => {
            if (input.tool !== "bash") return;
            const asked = new Response(JSON.stringify({ tool_input: { command: output.args.command } }));
            const answer = await $`${gt} tap guard < ${asked}`.quiet().nothrow();
            if (answer.exitCode === 2) throw new Error(answer.stderr.toString().trim());
          },
        };
      };

      """
  }
}
