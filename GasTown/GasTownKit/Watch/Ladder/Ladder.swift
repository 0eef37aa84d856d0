import BeadsKit

/// What is done about an agent that has work and does not go on, one step after the other: data, read from the
/// settings.
///
/// As a text it is `30s nudge, 30m nudge-urgent, 40m restart`: each step, and how long the agent must have done nothing
/// by then. `none` is a ladder without steps.
public struct Ladder: Sendable, Equatable {
  /// What a step does.
  public enum Action: String, Sendable, CaseIterable {
    /// Reminds the agent of its work.
    case nudge
    /// Reminds it, before anything else that it is told.
    case nudgeUrgently = "nudge-urgent"
    /// Writes down what its session shows.
    case look
    /// Ends its session; the daemon starts another one in the same worktree.
    case restart
    /// Calls for a person.
    case escalate
    /// Takes the work back, so that another agent can have it.
    case release

    /// Whether it is done only once as long as the agent gets nothing done.
    var isStrong: Bool { self == .restart || self == .escalate || self == .release }
  }

  /// One step.
  public struct Rung: Sendable, Equatable {
    /// After how long without a sign of progress, in nanoseconds.
    public let after: Int64
    /// What is done.
    public let action: Action
  }

  /// The steps, in the order in which they are taken.
  public let rungs: [Rung]

  init(_ rungs: [Rung]) { self.rungs = rungs }

  /// Reads a ladder; nil for a text that is none, such as one whose times go back.
  public init?(_ text: String) {
    if text == "none" {
      rungs = []
      return
    }
    var rungs: [Rung] = []
    for part in text.split(separator: ",") {
      let words = part.split(separator: " ")
      guard words.count == 2, let after = try? GoDuration.nanoseconds(String(words[0])),
        let action = Action(rawValue: String(words[1])), after >= rungs.last?.after ?? 0
      else { return nil }
      rungs.append(Rung(after: after, action: action))
    }
    if rungs.isEmpty { return nil }
    self.rungs = rungs
  }

  /// The ladder without what may not be done to agents that a person keeps: their sessions are not ended, and their work
  /// is not taken from them.
  var forKeptAgents: Ladder { Ladder(rungs.filter { $0.action != .restart && $0.action != .release }) }
}

extension Ladder {
  /// The settings that hold the ladders, with what holds without them.
  static let settings: [SettingKey] = [
    SettingKey(
      "ladder.polecat", .ladder,
      "20s nudge, 15m look, 30m nudge-urgent, 40m restart, 50m escalate, 80m release",
      "what is done about a polecat with work that does nothing"),
    SettingKey(
      "ladder.crew", .ladder, "20s nudge, 30m nudge-urgent, 50m escalate",
      "the same for a crew member"),
    SettingKey(
      "ladder.mayor", .ladder, "20s nudge, 30m nudge-urgent, 50m escalate", "the same for the mayor"),
    SettingKey(
      "ladder.question", .ladder, "0s escalate, 1h restart, 2h release",
      "what is done about an agent that asks something and waits for the answer"),
    SettingKey(
      "ladder.exhausted", .ladder, "0s restart, 20m escalate, 1h release",
      "what is done about an agent whose context is full"),
    SettingKey(
      "ladder.error", .ladder, "1m nudge, 10m nudge, 20m restart, 40m escalate, 2h release",
      "what is done about an agent whose model does not answer"),
  ]

  /// The ladder for what was found about an agent of a role.
  static func of(_ finding: Finding, _ role: AgentRole, _ settings: TownSettings) -> Ladder {
    let name =
      switch finding {
      case .idle: "ladder.\(role.rawValue)"
      case .question: "ladder.question"
      case .exhausted: "ladder.exhausted"
      case .failing: "ladder.error"
      case .limited: ""
      }
    guard settings.settings.table[name] != nil, let ladder = settings.string(name).flatMap(Ladder.init) else {
      return Ladder([])
    }
    return finding == .idle || role == .polecat ? ladder : ladder.forKeptAgents
  }
}
