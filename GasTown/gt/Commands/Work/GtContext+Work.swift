import BeadsKit
import CommandKit
import GasTownKit

extension GtContext {
  /// The assignments of the town.
  func hook() throws(BeadsError) -> Hook {
    Hook(town: try town(), database: try database(), ledgers: try ledgers())
  }

  /// The agent that an argument names, or the caller when there is none.
  func agent(_ text: String?) throws(BeadsError) -> AgentAddress {
    guard let text, text != ".", text != "self" else { return try me() }
    let agent = try town().address(text)
    try town().requireAgent(agent, try database())
    return agent
  }

  /// An issue in brief: `○ ap-3fk  Title`.
  func named(_ issue: Issue) -> TerminalText { "\(issue.id, .bold)  \(issue.title)" }

  /// Writes an issue as a member.
  static func member(_ name: String, _ issue: Issue, _ writer: inout JSONWriter) {
    writer.key(name)
    writer.object { $0.issueMembers(issue) }
  }
}

extension JSONWriter {
  /// Writes a text member unless it is nil.
  mutating func member(optional name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }
}
