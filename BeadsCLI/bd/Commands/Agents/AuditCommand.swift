import BeadsKit
import CommandKit

/// `bd audit`: the log of what agents and tools did, `interactions.jsonl`.
enum AuditCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "audit", summary: "Keep a log of what agents and tools did", section: CommandTree.Section.coordination,
      discussion: "Each entry is a line of .beads/interactions.jsonl, which is only ever appended to.",
      subcommands: [record, label])
  }

  private static var record: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "record", summary: "Append an entry",
      examples: [
        "bd audit record --kind tool_call --tool-name pytest --exit-code 1 --issue-id bd-a3f8",
        "bd audit record --stdin --json",
      ],
      flags: [
        .string("kind", placeholder: "KIND", help: "What it is, for example llm_call or tool_call"),
        .string("model", placeholder: "NAME", help: "The model that was asked"),
        .string("prompt", placeholder: "TEXT", help: "What it was asked"),
        .string("response", placeholder: "TEXT", help: "What it answered"),
        .string("issue-id", placeholder: "ID", help: "The issue it was for"),
        .string("tool-name", placeholder: "NAME", help: "The tool that was called"),
        .int("exit-code", placeholder: "N", help: "The exit status of the tool"),
        .string("error", placeholder: "TEXT", help: "What went wrong"),
        .bool("stdin", help: "Read the whole entry as a JSON object from standard input"),
      ]
    ) { arguments, context in
      let entry = try arguments.bool("stdin") ? fromInput(context) : fromFlags(context)
      let saved = try context.store().record(entry)
      if !context.isJSON { return context.print("\(saved.id)") }
      context.object {
        $0.member("id", saved.id)
        $0.member("kind", saved.kind)
      }
    }
  }

  private static let texts = ["kind", "model", "prompt", "response", "issue-id", "tool-name", "error"]

  private static func fromInput(_ context: BdContext) throws(BeadsError) -> Interaction {
    if let other = (texts + ["exit-code"]).first(where: context.arguments.isSet) {
      throw BeadsError(
        .invalid, "--stdin and --\(other) exclude each other", hint: "put everything into the JSON object")
    }
    return try Interaction(json: context.text(fromFile: "-"))
  }

  private static func fromFlags(_ context: BdContext) throws -> Interaction {
    let arguments = context.arguments
    var entry = Interaction(kind: arguments.string("kind") ?? "")
    entry.model = arguments.string("model") ?? ""
    entry.prompt = arguments.string("prompt") ?? ""
    entry.response = arguments.string("response") ?? ""
    entry.toolName = arguments.string("tool-name") ?? ""
    entry.error = arguments.string("error") ?? ""
    // Clients that give every flag say -1 for a status they do not know.
    entry.exitCode = try arguments.int("exit-code").flatMap { $0 < 0 ? nil : $0 }
    if let word = arguments.string("issue-id"), !word.isEmpty {
      entry.issueID = try context.resolve(word).rawValue
    }
    return entry
  }

  private static var label: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "label", summary: "Say what you think of an entry",
      examples: ["bd audit label int-0a1b2c3d --label good --reason \"Right at once\""],
      flags: [
        .string("label", placeholder: "WORD", help: "For example good or bad"),
        .string("reason", placeholder: "TEXT", help: "Why"),
      ],
      positionals: [.required("entry")]
    ) { arguments, context in
      guard let label = arguments.string("label"), !label.allSatisfy(\.isWhitespace) else {
        throw BeadsError(
          .invalid, "no label was given", hint: "give it with --label, for example --label good")
      }
      var entry = Interaction(kind: "label")
      entry.parentID = arguments.positionals[0]
      entry.label = label
      entry.reason = arguments.string("reason") ?? ""
      let saved = try context.store().record(entry)
      if !context.isJSON { return context.print("\(saved.id)") }
      context.object {
        $0.member("id", saved.id)
        $0.member("parent_id", saved.parentID)
        $0.member("label", saved.label)
      }
    }
  }
}
