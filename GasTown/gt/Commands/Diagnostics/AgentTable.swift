import BeadsKit
import CommandKit
import GasTownKit

/// Agents as lines: a mark, the name, the state, what they work on.
struct AgentTable {
  private let agents: [AgentOverview]
  private let now: Int64

  init(_ agents: [AgentOverview], now: Int64) {
    self.agents = agents
    self.now = now
  }

  var lines: [TerminalText] {
    let names = agents.map { $0.address.role == .crew ? "crew \($0.name)" : $0.name }
    let width = names.map(\.displayWidth).max() ?? 0
    return zip(agents, names).map { agent, name in
      var line: TerminalText = "  \(Self.mark(agent)) \(name, .bold)"
      line += "\(String(repeating: " ", count: width - name.displayWidth + 2))"
      let word = Self.word(agent)
      var rest: TerminalText = ""
      if let bead = agent.record.bead { rest += "\(bead, .bold)\(agent.workTitle.map { "  " + $0 } ?? "")" }
      if agent.hasWork, let seen = agent.seenAt { rest += "  \(TownOverview.duration(now - seen), .dim)" }
      if agent.unreadCount > 0 { rest += "  \("✉ \(agent.unreadCount)", .yellow)" }
      line += "\(word)"
      if !rest.isEmpty { line += "\(String(repeating: " ", count: max(1, 10 - word.displayWidth)))\(rest)" }
      return line
    }
  }

  private static func mark(_ agent: AgentOverview) -> TerminalText {
    switch agent.presence {
    case .running: "\("●", .green)"
    case .ended: "\("✗", .red)"
    case .unknown: "\("?", .yellow)"
    case .absent: "○"
    }
  }

  private static func word(_ agent: AgentOverview) -> String {
    switch agent.presence {
    case .ended: return "ended"
    case .unknown: return "unknown"
    case .running where agent.record.state == .idle && !agent.hasWork: return "running"
    default: return agent.address.role == .polecat || agent.hasWork ? agent.record.state.rawValue : "stopped"
    }
  }
}

extension JSONWriter {
  /// Writes an agent as status documents show it.
  mutating func agent(_ agent: AgentOverview) {
    object { writer in
      writer.member("name", agent.name)
      writer.member("address", agent.address.text)
      writer.member("session", agent.session)
      writer.member("role", agent.address.role.rawValue)
      writer.member("running", agent.isRunning)
      writer.member("acp", false)
      writer.member("has_work", agent.hasWork)
      writer.member("work_title", agent.workTitle ?? "")
      writer.member("hook_bead", agent.record.bead?.rawValue ?? "")
      writer.member("state", agent.record.state.rawValue)
      writer.member("notification_level", agent.record.notifications)
      writer.member("unread_mail", agent.unreadCount)
      writer.member("first_subject", agent.firstSubject ?? "")
      writer.member("agent_alias", agent.record.runtime ?? "")
      writer.member("agent_info", agent.record.branch?.rawValue ?? "")
    }
  }
}
