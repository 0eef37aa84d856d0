import BeadsKit

/// An agent as the status shows it.
public struct AgentOverview: Sendable {
  /// Whether a session of it runs.
  public enum Presence: Sendable, Equatable {
    /// It runs.
    case running
    /// It has ended, and nobody ended it on purpose.
    case ended
    /// There is none.
    case absent
    /// That could not be found out, and why.
    case unknown(String)
  }

  /// The agent as the town knows it.
  public let record: AgentRecord
  /// The name of its session.
  public let session: String
  /// Whether a session of it runs.
  public var presence = Presence.absent
  /// When something was last seen of it, in nanoseconds since 1970.
  public var seenAt: Int64?
  /// What keeps it from going on, by what the daemon found.
  public var trouble: String?
  /// Until when it waits for the end of its rate limit, in nanoseconds since 1970.
  public var waitsUntil: Int64?
  /// The title of its assignment.
  public var workTitle: String?
  /// How many messages it has not read.
  public var unreadCount = 0
  /// The subject of the most urgent of them.
  public var firstSubject: String?

  init(_ record: AgentRecord, session: String) {
    self.record = record
    self.session = session
  }

  /// Who it is.
  public var address: AgentAddress { record.address }
  /// Its own name, or that of its role.
  public var name: String { address.name?.rawValue ?? address.role.rawValue }
  /// Whether it has an assignment.
  public var hasWork: Bool { record.bead != nil }
  /// Whether a session of it runs.
  public var isRunning: Bool { presence == .running }
}

/// A rig as the status shows it.
public struct RigOverview: Sendable {
  /// The rig.
  public let rig: Rig
  /// Whether agents may be started in it.
  public let state: RigState
  /// Its crew members and polecats.
  public var agents: [AgentOverview] = []
  /// How many finished branches wait to be merged; nil when that was not looked up.
  public var waitingMerges: Int?
  /// How many of these wait for a person's approval.
  public var mergesToApprove = 0
  /// Why none of them is merged just now.
  public var queueStop: QueueStop?

  /// Its polecats.
  public var polecats: [AgentOverview] { agents.filter { $0.address.role == .polecat } }
  /// Its crew members.
  public var crew: [AgentOverview] { agents.filter { $0.address.role == .crew } }
  /// How many of its polecats are at work, as `Admission` counts them.
  public var workingCount: Int { polecats.count { $0.record.bead != nil && $0.record.state.isAtWork } }
}

/// Something that needs a person, or at least a look.
public struct TownProblem: Sendable, Equatable {
  /// Whom it concerns: the address of an agent, the name of a rig, or the town.
  public let subject: String
  /// What it is, in a few words.
  public let finding: String
  /// What to do next, as a command line.
  public let advice: String?
}
