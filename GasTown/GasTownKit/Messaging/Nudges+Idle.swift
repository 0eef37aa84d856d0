import BeadsKit

extension Nudges {
  /// What agents show while they work.
  private static let busy = ["esc to interrupt", "ctrl+c to interrupt", "esc to cancel", "esc cancel"]

  /// Waits until the agent has drawn its input line once; what is typed before would be lost in its start.
  func waitUntilReady(_ session: SessionRecord, _ runtime: Runtime?) throws(BeadsError) {
    guard session.readyAt == nil, launcher.sessions.backend == "tmux" else { return }
    let deadline = monotonicNanoseconds() &+ 30_000_000_000
    while try !isReady(session, runtime) {
      guard launcher.liveness(of: [session.address])[session.address]?.isAlive == true else {
        throw BeadsError(.refused, "\(session.address) does not run; nothing was typed")
      }
      guard monotonicNanoseconds() < deadline else {
        throw BeadsError(.io, "\(session.address) has not got ready to be typed to; the message waits")
      }
      pause(nanoseconds: 20_000_000)
    }
    try database.noteReady(session.id)
  }

  /// Whether the agent has drawn its input line once, as far as can be told at once.
  func noteIfReady(_ session: SessionRecord) throws(BeadsError) -> Bool {
    if session.readyAt != nil { return true }
    let runtime = try? RuntimeRegistry.load(town).runtime(named: session.runtime)
    return try launcher.withSessionLock(session.name) { () throws(BeadsError) in
      guard try isReady(session, runtime) else { return false }
      try database.noteReady(session.id)
      return true
    }
  }

  /// Waits until the agent waits for input: twice in a row, so that a moment between two steps does not count.
  func waitUntilIdle(_ target: AgentAddress, for time: Int64) throws(BeadsError) -> Bool {
    if launcher.sessions.backend != "tmux" { return true }
    guard let session = try database.openSession(of: target) else { return true }
    let runtime = try? RuntimeRegistry.load(town).runtime(named: session.runtime)
    guard let prompt = runtime?.readyPrompt else { return true }
    let deadline = monotonicNanoseconds() &+ time
    var count = 0
    while monotonicNanoseconds() < deadline {
      count = try isIdle(session.name, prompt, lines: 5) ? count + 1 : 0
      if count == 2 { return true }
      pause(nanoseconds: count == 0 ? 200_000_000 : 100_000_000)
    }
    return false
  }

  /// Whether the last lines show an input line, and nothing that says that the agent works.
  func isIdle(_ name: String, _ prompt: String, lines: Int) throws(BeadsError) -> Bool {
    let shown = try launcher.sessions.capture(name, lines: lines).split(separator: "\n")
    // Trailing blanks are not shown, and some agents draw theirs without a break.
    let mark = prompt.filter { $0 != " " && $0 != "\u{A0}" }
    guard shown.contains(where: { $0.hasPrefix(mark) }) else { return false }
    return !shown.contains { line in Self.busy.contains { line.lowercased().contains($0) } }
  }
}
