public import BeadsKit

/// No sessions: the town keeps track of the work, and people run the agents where they like.
public final class ManualSessions: Sessions {
  /// `none`.
  public let backend = "none"

  /// Starts nothing, ever.
  public init() {}

  /// None.
  public func inventory() -> [SessionSnapshot] { [] }

  /// Tells what a person types to run the agent.
  public func start(_ request: SessionRequest) -> SessionSnapshot {
    var session = SessionSnapshot(
      name: request.name, pid: nil, createdAt: Environment.systemClock() / 1_000_000_000)
    let shown = request.variables.filter { name, _ in Self.shown.contains { name.hasPrefix($0) } }
    let variables = shown.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let words = ["cd", request.directory, "&&", "env"] + variables + request.arguments
    session.commandLine = words.map { $0 == "&&" ? $0 : Self.quoted($0) }.joined(separator: " ")
    return session
  }

  /// Who the agent is; the rest of its variables a person has anyway.
  private static let shown = ["GT_", "BD_ACTOR", "BEADS_", "GIT_"]

  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_./=:@%+,".utf8.contains(byte)
    }
    return isPlain && !word.isEmpty
      ? word
      : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// There is nothing to end.
  public func stop(_ name: String, nonce: String?, grace: Duration) {}

  /// Nothing can be typed.
  public func send(_ message: TypedMessage, to name: String) throws(BeadsError) -> Bool { throw absent(name) }

  /// Nothing can be pressed.
  public func press(_ key: String, in name: String) throws(BeadsError) { throw absent(name) }

  /// Nothing can be seen.
  public func capture(_ name: String, lines: Int) throws(BeadsError) -> String { throw absent(name) }

  private func absent(_ name: String) -> BeadsError {
    BeadsError(
      .notFound, "gt runs no sessions here, so it cannot see \(name)",
      hint: "with tmux installed, or `gt config set sessions.backend headless`, it does")
  }
}
