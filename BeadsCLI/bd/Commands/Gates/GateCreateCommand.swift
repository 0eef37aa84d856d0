import BeadsKit
import CommandKit

/// `bd gate create`: makes a gate that an issue waits for.
enum GateCreateCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "create", summary: "Make a gate that an issue waits for",
      discussion: """
        What --await-id holds depends on the type: the number of a run, or the name or file of a workflow (gh:run); the \
        number of a pull request (gh:pr); RIG:ID of an issue (bead). A gh:run gate may be made without it and gets its \
        run from `bd gate discover`.
        """,
      examples: [
        "bd gate create --blocks bd-a3f8 --reason \"Legal has to agree\"",
        "bd gate create --blocks bd-a3f8 --type timer --timeout 1h30m",
        "bd gate create --blocks bd-a3f8 --type gh:pr --await-id 128",
      ],
      flags: [
        .string("blocks", placeholder: "ID", help: "The issue that waits").namingSubject,
        .string(
          "type", short: "t", values: AwaitType.allCases.map(\.rawValue), default: "human",
          help: "What it waits for"),
        .string("reason", short: "r", placeholder: "TEXT", help: "Why; becomes the description"),
        .string("await-id", placeholder: "ID", help: "The run, workflow, pull request or issue it waits for"),
        .string("timeout", placeholder: "DURATION", help: "How long a timer waits, for example 1h30m"),
      ]
    ) { arguments, context in
      guard let word = arguments.string("blocks"), !word.isEmpty else {
        throw BeadsError(
          .invalid, "no issue was named that waits for the gate", hint: "name it with --blocks ID")
      }
      var draft = GateDraft(try AwaitType(userInput: arguments.string("type") ?? "human"))
      draft.awaitID = arguments.string("await-id") ?? ""
      draft.reason = arguments.string("reason") ?? ""
      if let text = arguments.string("timeout") {
        draft.timeout = try GoDuration.nanoseconds(text)
        if draft.timeout <= 0 {
          throw BeadsError(
            .invalid, "--timeout: \(quoted(text)) is no time to wait", hint: "for example 1h30m")
        }
      }
      let (blocked, made) = (try context.resolve(word), draft)
      let id = try context.change("gate create") { transaction throws(BeadsError) in
        let gate = try transaction.createGate(made, blocking: blocked)
        transaction.summary = "\(gate.id) blocks \(blocked)"
        return gate.id
      }
      LastTouched.write(id, context)
      try context.printChanged(id) { gate throws(BeadsError) in
        "✓ Created gate \(id, .bold): \(blocked) waits for \(GateText.condition(gate))"
      }
    }
  }
}
