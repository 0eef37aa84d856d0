import BeadsKit
import CommandKit
import GasTownKit

/// `gt agents`: who there is.
enum AgentsCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "agents", aliases: ["ag"], summary: "List the agents of the town", section: CommandTree.Section.agents,
      examples: ["gt agents", "gt agents list --all --json"], flags: [all],
      subcommands: [
        list, check, AgentRepairCommands.fix, AgentRepairCommands.menu, AgentRepairCommands.state,
      ],
      run: show)
  }

  private static let all = Flag.bool("all", short: "a", help: "Also those that do not run")

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand("list", summary: "List the agents", flags: [all], run: show)
  }

  @Sendable static func show(_ arguments: Arguments, _ context: GtContext) throws {
    var records = try context.database().agents()
    if !records.contains(where: { $0.address == .mayor }) { records.insert(AgentRecord(.mayor), at: 0) }
    let alive = try context.launcher().liveness(of: records.filter(\.address.role.hasSession).map(\.address))
    if !arguments.bool("all") {
      records = records.filter { record in
        if case .none? = alive[record.address] { return record.isWanted }
        return alive[record.address] != nil
      }
    }
    if context.isJSON {
      return context.json { writer in
        writer.array(records) { $0.agent($1, alive[$1.address] ?? .none) }
      }
    }
    if records.isEmpty { return context.print("No agent runs; `gt agents --all` lists all") }
    var table = Table([.init("AGENT"), .init("SESSION"), .init("STATE"), .init("WORK")])
    for record in records {
      table.add(
        "\(record.address, .bold)", SessionCommand.state(alive[record.address] ?? .none),
        "\(record.state.rawValue)",
        "\(record.bead?.rawValue ?? "-")")
    }
    context.output.print(table)
  }

  private static var check: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "check", summary: "Look for sessions that are not what they should be",
      discussion: "Exits with 1 when something does not fit."
    ) { _, context in
      let audit = try SessionAudit(try context.launcher())
      if context.isJSON {
        context.object { writer in
          writer.member("total_sessions", audit.sessionCount)
          writer.member("total_locks", 0)
          writer.member("collisions", audit.findings.filter { $0.kind == "unknown" }.count)
          writer.member("stale_locks", 0)
          writer.key("issues")
          writer.array(audit.findings) { $0.finding($1) }
          writer.key("locks")
          writer.object { _ in }
        }
      } else {
        context.show(audit.findings, of: audit)
      }
      if !audit.findings.isEmpty { throw ExitStatus(1) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func agent(_ record: AgentRecord, _ liveness: Liveness) {
    object { writer in
      writer.member("agent", record.address.text)
      writer.member("role", record.address.role.rawValue)
      writer.member(optional: "rig", record.address.rig?.rawValue)
      writer.member(optional: "name", record.address.name?.rawValue)
      writer.member("state", record.state.rawValue)
      writer.member("running", liveness.isAlive)
      writer.member("wanted", record.isWanted)
      writer.member(optional: "runtime", record.runtime)
      writer.member(optional: "issue", record.bead?.rawValue)
      writer.member(optional: "branch", record.branch?.rawValue)
    }
  }
}
