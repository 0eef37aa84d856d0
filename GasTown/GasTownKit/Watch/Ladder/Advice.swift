import BeadsKit
import Synchronization

/// A question to the adviser, a program that the settings name, such as one that asks a model.
///
/// It is asked before a strong step only, gets what is known as JSON on its standard input, and may answer
/// `{"action": "wait", "reason": "..."}` with one of the actions that it was offered. Whatever else it does, also not to
/// answer in time, leaves the ladder as it is. Nobody waits for it: it runs beside the daemon's loop.
final class Advice: Sendable {
  /// What it said.
  struct Answer: Sendable, Equatable {
    /// The step; nil for waiting until the next one is due.
    var action: Ladder.Action?
    /// Why.
    var reason: String
  }

  /// How it went.
  enum State: Sendable, Equatable {
    case asked
    case answered(Answer)
    /// There is no answer, for this reason.
    case none(String)
  }

  /// The step that it is about.
  let due: Ladder.Action
  private let result = Mutex(State.asked)
  var state: State { result.withLock { $0 } }

  static let settings: [SettingKey] = [
    SettingKey(
      "advisor.command", .list, nil,
      "a program that is asked before an agent is restarted, given up or a person is called"),
    SettingKey("advisor.deadline", .duration, "30s", "how long it may take"),
    SettingKey("advisor.per_hour", .whole(0...1000), "10", "how often it is asked at most"),
  ]

  /// What may be answered instead of a step; `wait` comes beside these.
  static func offers(_ role: AgentRole) -> [Ladder.Action] {
    Ladder.Action.allCases.filter { role == .polecat || ($0 != .restart && $0 != .release) }
  }

  init(_ due: Ladder.Action) { self.due = due }

  /// Asks, in a thread of its own.
  func ask(
    _ command: [String], _ question: JSONValue, role: AgentRole, in town: Town, within deadline: Duration
  ) {
    var program = Subprocess(
      command, directory: town.root, variables: town.environment.variables, timeout: deadline)
    program.input = .bytes(Array((question.compactText + "\n").utf8))
    program.outputLimit = 1 << 16
    program.grace = .milliseconds(500)
    program.ownsGroup = true
    program.endsGroup = true
    let (request, offers) = (program, Self.offers(role))
    Threads.startDetached { [self] in
      let state: State
      do throws(BeadsError) {
        let answer = try request.run(started: { _ in }, isCancelled: { StopSignal.isRaised })
        state = answer.timedOut ? .none("it did not answer in time") : Self.read(answer, offers)
      } catch { state = .none(error.message) }
      result.withLock { $0 = state }
    }
  }

  /// What an answer says.
  static func read(_ answer: Subprocess.Result, _ offers: [Ladder.Action]) -> State {
    guard answer.succeeded else { return .none("it failed") }
    guard let json = JSONValue(parsing: answer.text), let word = json["action"]?.stringValue else {
      return .none("its answer is no JSON object with an action")
    }
    let reason = ScreenText.tail(json["reason"]?.stringValue ?? "", 1)
    if word == "wait" { return .answered(Answer(action: nil, reason: reason)) }
    guard let action = Ladder.Action(rawValue: word), offers.contains(action) else {
      return .none("it answered \(quoted(word)), which was not offered")
    }
    return .answered(Answer(action: action, reason: reason))
  }
}

extension Watcher {
  /// What is to be done now.
  enum Advised {
    case step(Ladder.Action)
    /// Nothing, until the next step is due.
    case wait
  }

  /// The step to take after the adviser was heard, if there is one; nil while it thinks.
  func advised(
    _ due: Ladder.Action, _ agent: AgentRecord, _ session: SessionRecord, _ mind: Mind,
    _ settings: TownSettings
  ) -> Advised? {
    if let advice = looks.advice[session.id], advice.due == due {
      switch advice.state {
      case .asked: return nil
      case .none(let problem):
        looks.advice[session.id] = nil
        decide(
          agent.address.text, "the adviser was asked about: \(due.rawValue)", "done without it",
          evidence: problem, bead: agent.bead)
        return .step(due)
      case .answered(let answer):
        looks.advice[session.id] = nil
        decide(
          agent.address.text, "the adviser was asked about: \(due.rawValue)",
          "it said: \(answer.action?.rawValue ?? "wait")", evidence: answer.reason, bead: agent.bead)
        return answer.action.map { .step($0) } ?? .wait
      }
    }
    let command = settings.list("advisor.command")
    looks.askedAt.removeAll { now - $0 >= 3600 * Self.second }
    guard due.isStrong, !command.isEmpty, looks.askedAt.count < settings.int("advisor.per_hour") else {
      return .step(due)
    }
    looks.askedAt.append(now)
    let deadline = settings.duration("advisor.deadline")
    let advice = Advice(due)
    advice.ask(
      command, question(due, agent, session, mind), role: agent.address.role, in: town, within: deadline)
    looks.advice[session.id] = advice
    return nil
  }

  private func question(
    _ due: Ladder.Action, _ agent: AgentRecord, _ session: SessionRecord, _ mind: Mind
  ) -> JSONValue {
    let screen = session.backend == "none" ? nil : try? launcher.sessions.capture(session.name, lines: 40)
    let offers = Advice.offers(agent.address.role).map { JSONValue.string($0.rawValue) }
    return .members([
      ("agent", .string(agent.address.text)), ("role", .string(agent.address.role.rawValue)),
      ("runtime", .string(session.runtime)), ("bead", agent.bead.map { .string($0.rawValue) }),
      ("finding", .string(mind.climb.finding.rawValue)),
      ("seconds_without_progress", .number("\((now - mind.climb.since) / Self.second)")),
      ("seconds_quiet", .number("\((now - mind.activeAt) / Self.second)")),
      ("already_done", .array(mind.climb.taken.map(\.rawValue).sorted().map { .string($0) })),
      ("screen", screen.map { .string(ScreenText.lines($0).joined(separator: "\n")) }),
      ("proposed", .string(due.rawValue)), ("allowed", .array(offers + [.string("wait")])),
    ])
  }
}
