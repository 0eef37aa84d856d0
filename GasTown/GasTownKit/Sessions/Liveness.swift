import BeadsKit

/// Whether an agent's session lives, as far as it can be told.
public enum Liveness: Sendable, Equatable {
  /// The process that we started runs.
  case alive(SessionSnapshot)
  /// It has ended, with this status if that is known.
  case dead(exit: Int32?)
  /// It has no session, and none was left behind.
  case none
  /// Nobody can tell, for this reason: whoever asks does nothing.
  case unknown(String)

  /// Whether it is known to run.
  public var isAlive: Bool { if case .alive = self { true } else { false } }
}

extension AgentLauncher {
  /// Which of these agents live: one look at the sessions, whatever their number.
  public func liveness(of addresses: [AgentAddress]) -> [AgentAddress: Liveness] {
    if addresses.isEmpty { return [:] }
    do throws(BeadsError) {
      let open = Dictionary(try database.openSessions().map { ($0.address, $0) }) { $1 }
      if sessions.backend == "none" {
        return Dictionary(
          addresses.map { ($0, open[$0] == nil ? .none : .unknown("a person runs it")) }
        ) { $1 }
      }
      let found = Dictionary(try sessions.inventory().map { ($0.name, $0) }) { $1 }
      // Read once: the registry does not change with the agent.
      let prefixes = Dictionary(try town.rigs().map { ($0.name, $0.prefix) }) { $1 }
      var result: [AgentAddress: Liveness] = [:]
      for address in addresses {
        let name = address.sessionName(prefix: address.rig.flatMap { prefixes[$0] })
        result[address] = Self.liveness(found[name], open[address])
      }
      return result
    } catch {
      return Dictionary(addresses.map { ($0, .unknown(error.message)) }) { $1 }
    }
  }

  static func liveness(_ session: SessionSnapshot?, _ record: SessionRecord?) -> Liveness {
    switch (session, record) {
    case (nil, nil): return .none
    case (nil, let record?):
      if record.process?.isAlive == true { return .unknown("its process runs, but its session is gone") }
      return .dead(exit: nil)
    case (let session?, nil):
      return session.isDead ? .dead(exit: session.exitStatus) : .unknown("gt did not start what runs there")
    case (let session?, let record?):
      if session.isDead { return .dead(exit: session.exitStatus) }
      guard let expected = record.process, expected != session.process else { return .alive(session) }
      return .unknown("another process than the one that gt started runs there")
    }
  }
}
