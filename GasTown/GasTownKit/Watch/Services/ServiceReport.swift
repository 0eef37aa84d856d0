import BeadsKit

/// What became of one service of a town when it was started or stopped.
public struct ServiceReport: Sendable, Equatable {
  /// What kind of service it is.
  public enum Kind: String, Sendable {
    /// A tracker.
    case beads
    /// The one process that runs all the time.
    case daemon
    /// What looks after the town; a loop of the daemon.
    case deacon
    /// The agent a person talks to.
    case mayor
    /// What looks after a rig's polecats; a loop of the daemon.
    case witness
    /// What merges a rig's work; started by the daemon.
    case refinery
    /// A session of a crew member.
    case crew
    /// A session of a polecat.
    case polecat
    /// Processes whose session has ended.
    case leftover
  }

  /// Its name: an address, or `daemon`.
  public let name: String
  /// Its kind.
  public let kind: Kind
  /// Its rig.
  public var rig: RigName?
  /// Whether it is as it was to be.
  public var isOK = true
  /// Whether something was changed for that.
  public var hasChanged = false
  /// How it is, in a few words.
  public var detail: String

  init(_ name: String, _ kind: Kind, rig: RigName? = nil, _ detail: String) {
    self.name = name
    self.kind = kind
    self.rig = rig
    self.detail = detail
  }

  /// The report about an agent's session.
  init(_ agent: AgentAddress, _ detail: String) {
    let kind: Kind =
      switch agent.role {
      case .mayor: .mayor
      case .crew: .crew
      default: .polecat
      }
    self.init(agent.text, kind, rig: agent.rig, detail)
  }

  /// The report about the worktree of a polecat.
  public init(worktreeOf agent: AgentAddress, _ detail: String, isOK: Bool = true, hasChanged: Bool = false) {
    self.init(agent.text, .polecat, rig: agent.rig, detail)
    self.isOK = isOK
    self.hasChanged = hasChanged
  }

  /// The same service, changed.
  func changed(_ detail: String) -> ServiceReport {
    var report = self
    report.hasChanged = true
    report.detail = detail
    return report
  }

  /// The same service, not as it was to be.
  func failed(_ error: BeadsError) -> ServiceReport {
    var report = self
    report.isOK = false
    report.detail = error.message
    return report
  }

  /// The loops of the daemon: the deacon, and witness and refinery of each rig that is to work.
  static func loops(of rigs: [Rig], _ detail: String) -> [ServiceReport] {
    [ServiceReport("deacon", .deacon, detail)]
      + rigs.flatMap { rig in
        [
          ServiceReport("\(rig.name)/witness", .witness, rig: rig.name, detail),
          ServiceReport("\(rig.name)/refinery", .refinery, rig: rig.name, detail),
        ]
      }
  }
}
