import BeadsKit
import CommandKit
import GasTownKit

/// `gt agents fix`, `menu` and `state`.
enum AgentRepairCommands {
  static var fix: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "fix", summary: "Put away sessions that have ended",
      discussion: """
        What `gt agents check` finds of our own is put right; sessions that gt did not start, and those that cannot be \
        seen, are left to you. Exits with 1 when something is left.
        """,
      examples: ["gt agents fix"]
    ) { _, context in
      let launcher = try context.launcher()
      for finding in try SessionAudit(launcher).findings {
        guard ["dead", "gone"].contains(finding.kind), let address = finding.address else { continue }
        try launcher.stop(address, reason: "ended by itself")
        context.print("✓ \(finding.session, .bold): \(finding.message), put away")
      }
      let left = try SessionAudit(launcher).findings
      if context.isJSON {
        context.object { writer in writer.member("left", left.map(\.message)) }
      } else {
        for finding in left { context.print("\(finding.kind, .yellow)  \(finding.message)") }
        if left.isEmpty { context.print("✓ Every session is as it should be") }
      }
      if !left.isEmpty { throw ExitStatus(1) }
    }
  }

  static var menu: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "menu", summary: "Choose an agent whose session to look at",
      discussion: "Without a terminal it lists them, as `gt agents list` does.", examples: ["gt agents menu"],
      flags: [.bool("all", short: "a", help: "Also list those that do not run")]
    ) { arguments, context in
      guard context.output.isTerminal, !context.isJSON else {
        return try AgentsCommand.show(arguments, context)
      }
      let records = try context.database().agents().filter(\.address.role.hasSession)
      let alive = try context.launcher().liveness(of: records.map(\.address))
      let running = records.filter { alive[$0.address]?.isAlive == true }
      if running.isEmpty { return context.print("No agent runs; `gt agents --all` lists all") }
      for (number, record) in running.enumerated() {
        context.print("\(number + 1)  \(record.address, .bold)  \(record.bead?.rawValue ?? "")")
      }
      context.output.note("Which one? [1-\(running.count)]")
      guard let answer = readLine(), !answer.isEmpty else { return }
      guard let number = Int(answer), (1...running.count).contains(number) else {
        throw BeadsError(.invalid, "\(quoted(answer)) is none of them")
      }
      try context.attach(running[number - 1].address)
    }
  }

  static var state: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "state", summary: "Show or change what an agent remembers in values of its own",
      discussion: "Names and values are the agent's affair; gt only keeps them, across its sessions.",
      examples: [
        "gt agents state app/polecats/nux", "gt agents state app/crew/max --set idle=0",
        "gt agents state app/crew/max --incr idle --del note",
      ],
      flags: [
        .list("set", placeholder: "NAME=VALUE", help: "Set a value"),
        .list("incr", placeholder: "NAME", help: "Add 1 to a number, or begin at 1"),
        .list("del", placeholder: "NAME", help: "Forget a value"),
      ], positionals: [.optional("agent")]
    ) { arguments, context in
      let agent = try context.agent(arguments.positionals.first)
      let database = try context.database()
      let changes = try edits(arguments)
      let values = changes.isEmpty ? try database.values(of: agent) : try database.change(changes, of: agent)
      if context.isJSON {
        return context.object { writer in
          writer.member("agent", agent.text)
          writer.key("state")
          writer.object { writer in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
              writer.key(name)
              writer.string(value)
            }
          }
        }
      }
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        context.print("\(name, .bold): \(value)")
      }
      if values.isEmpty { context.print("\(agent) remembers nothing") }
    }
  }

  private static func edits(_ arguments: Arguments) throws(BeadsError) -> [AgentValueChange] {
    var changes: [AgentValueChange] = []
    for text in arguments.values("set") {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw BeadsError(.invalid, "\(quoted(text)) is no NAME=VALUE")
      }
      changes.append(.set(String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    changes += arguments.list("incr").map(AgentValueChange.increment)
    changes += arguments.list("del").map(AgentValueChange.remove)
    return changes
  }
}
