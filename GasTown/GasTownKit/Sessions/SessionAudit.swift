public import BeadsKit

/// Whether the sessions that run are those that are on record.
public struct SessionAudit: Sendable {
  /// Something that does not fit.
  public struct Finding: Sendable, Equatable {
    /// What kind it is: `dead`, `gone`, `unknown`, `stranger`.
    public let kind: String
    /// The session.
    public let session: String
    /// Whose it is, if that is known.
    public let address: AgentAddress?
    /// The process.
    public let pid: Int32?
    /// One sentence.
    public let message: String
  }

  /// How many sessions there are, dead ones included.
  public let sessionCount: Int
  /// What does not fit, ordered by session.
  public let findings: [Finding]

  /// Compares what runs with what is on record.
  /// - Throws: `io_error` when it cannot be told what runs.
  public init(_ launcher: AgentLauncher) throws(BeadsError) {
    let open = try launcher.database.openSessions()
    let running = launcher.sessions.backend == "none" ? [] : try launcher.sessions.inventory()
    let found = Dictionary(running.map { ($0.name, $0) }) { $1 }
    sessionCount = running.count
    var findings: [Finding] = []
    for record in open where record.backend != "none" {
      let session = found[record.name]
      let (kind, message): (String, String)
      switch AgentLauncher.liveness(session, record) {
      case .alive: continue
      case .dead(let exit):
        kind = session == nil ? "gone" : "dead"
        message = "\(record.address) has ended\(exit.map { " with status \($0)" } ?? "")"
      case .unknown(let reason): (kind, message) = ("unknown", "\(record.address): \(reason)")
      case .none: continue
      }
      findings.append(
        Finding(
          kind: kind, session: record.name, address: record.address, pid: record.process?.pid,
          message: message))
    }
    let known = Set(open.map(\.name))
    for session in running where !known.contains(session.name) {
      findings.append(
        Finding(
          kind: "stranger", session: session.name, address: nil, pid: session.pid,
          message: "gt did not start the session \(session.name)"))
    }
    self.findings = findings.sorted { $0.session < $1.session }
  }
}
