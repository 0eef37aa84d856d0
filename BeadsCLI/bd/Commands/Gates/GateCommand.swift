import BeadsKit
import CommandKit

/// `bd gate`: conditions that work waits for (contract 5.9).
enum GateCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "gate", aliases: ["gates"], summary: "Have work wait for a condition",
      section: CommandTree.Section.coordination,
      discussion: """
        A gate is an issue that another one waits for. Time (timer), runs and pull requests on GitHub (gh:run, gh:pr) and \
        issues of other projects (bead) are looked at by `bd gate check`, which closes the gates whose condition \
        holds; people and mail (human, mail) wait for `bd gate resolve`.
        """,
      examples: [
        "bd gate create --blocks bd-a3f8 --type timer --timeout 1h", "bd gate check",
        "bd gate resolve bd-9zq",
      ],
      subcommands: [
        list, show, GateCreateCommand.command, resolve, GateCheckCommand.command, addWaiter,
        GateDiscoverCommand.command,
      ])
  }

  // MARK: Reading

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", summary: "List open gates", examples: ["bd gate list", "bd gate list --all --json"],
      flags: [
        .bool("all", short: "a", help: "Closed gates too"),
        .int("limit", short: "n", in: 0...Int.max, default: 50, help: "Show at most so many; 0 for all"),
      ]
    ) { arguments, context in
      let limit = try arguments.int("limit").flatMap { $0 == 0 ? nil : $0 }
      let store = try context.store()
      let gates = try store.gates(includingFinished: arguments.bool("all"), limit: limit)
      if context.isJSON { return context.array(gates) }
      if gates.isEmpty { return context.print(arguments.bool("all") ? "No gates" : "No open gates") }
      let waiting = try GateText.waiting(gates, store)
      var table = Table([.init(), .init(), .init(), .init(), .init(isFlexible: true)])
      for gate in gates {
        table.add(
          IssueText.icon(gate.status, store.rules.vocabulary), TerminalText(gate.id.rawValue, .bold),
          "\(gate.awaitType)", GateText.condition(gate), GateText.holdsUp(waiting[gate.id]))
      }
      context.output.print(table)
    }
  }

  private static var show: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "show", summary: "Show one gate", examples: ["bd gate show bd-9zq"], positionals: [.issue()]
    ) { arguments, context in
      let store = try context.store()
      let gate = try store.gate(try context.resolve(arguments.positionals[0]))
      if context.isJSON { return context.object { $0.issueMembers(gate) } }
      let condition = GateCondition(gate)
      context.print(IssueText.line(gate, store.rules.vocabulary))
      context.print("  Waits for  \(GateText.condition(gate))")
      if gate.isClosed {
        context.print("  Closed     \(gate.closeReason)")
      } else if !condition.needsAnswer {
        context.print("  Now        \(condition.outcome(now: store.now, answer: nil).reason)")
      } else {
        context.print("  Now        `bd gate check --dry-run` finds out")
      }
      let waiting = try GateText.waiting([gate], store)[gate.id] ?? []
      if !waiting.isEmpty { context.print("  Holds up   \(waiting.map(\.rawValue).joined(separator: ", "))") }
      if !gate.waiters.isEmpty { context.print("  Waiters    \(gate.waiters.joined(separator: ", "))") }
      if !gate.description.isEmpty { context.print("\n\(multiline: gate.description)") }
    }
  }

  // MARK: Changing

  private static var resolve: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "resolve", aliases: ["close"], summary: "Close a gate by hand",
      discussion: """
        For gates that wait for a person or for mail. A gate that a machine looks at is refused until its condition \
        holds, because `bd gate check` closes it then; --force closes it all the same.
        """,
      examples: ["bd gate resolve bd-9zq --reason \"Reviewed\""],
      flags: [
        .string("reason", short: "r", placeholder: "TEXT", default: "Resolved", help: "Why"),
        .bool("force", short: "f", help: "Close it although its condition does not hold"),
      ],
      positionals: [.issue()]
    ) { arguments, context in
      let id = try context.resolve(arguments.positionals[0])
      let reason = arguments.string("reason") ?? "Resolved"
      if reason.allSatisfy(\.isWhitespace) {
        throw BeadsError(.invalid, "the reason must not be empty", hint: "leave --reason out for the default")
      }
      let wasClosed = try context.store().gate(id).isClosed
      try context.change("gate resolve") { transaction throws(BeadsError) in
        transaction.summary = id.rawValue
        try transaction.resolveGate(id, reason: reason, force: arguments.bool("force"))
      }
      LastTouched.write(id, context)
      try context.printChanged(id) { gate throws(BeadsError) in
        wasClosed
          ? "Gate \(id) is closed already: \(gate.closeReason)" : "✓ Resolved gate \(id): \(gate.closeReason)"
      }
    }
  }

  private static var addWaiter: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "add-waiter", summary: "Have somebody told when a gate clears",
      examples: ["bd gate add-waiter bd-9zq gastown/crew/joe"],
      positionals: [.issue(), .required("waiter")]
    ) { arguments, context in
      let id = try context.resolve(arguments.positionals[0])
      let waiter = arguments.positionals[1]
      let isNew = try context.change("gate add-waiter") { transaction throws(BeadsError) in
        transaction.summary = id.rawValue
        return try transaction.addWaiter(waiter, to: id)
      }
      LastTouched.write(id, context)
      try context.printChanged(id) { _ throws(BeadsError) in
        isNew ? "✓ \(waiter) waits for gate \(id)" : "\(waiter) waits for gate \(id) already"
      }
    }
  }
}
