public import BeadsKit

/// Where agents run: tmux, or plain processes of ours.
///
/// Every implementation works on sessions of one town alone. An error is never to be read as "there is no session":
/// whoever cannot tell does nothing.
public protocol Sessions: AnyObject {
  /// `tmux` or `headless`.
  var backend: String { get }

  /// Every session of the town that exists now, dead panes included; one look, whatever their number.
  func inventory() throws(BeadsError) -> [SessionSnapshot]

  /// Starts a session and returns what runs in it.
  /// - Throws: `exists` when a live session has the name; `io_error` with what the program printed when it ended
  ///   at once.
  func start(_ request: SessionRequest) throws(BeadsError) -> SessionSnapshot

  /// Ends a session and every process of it that we started: politely, then by force.
  ///
  /// A session that does not exist is no error.
  func stop(_ name: String, grace: Duration) throws(BeadsError)

  /// Types a text as one message and submits it, without interpreting anything in it.
  ///
  /// - Returns: Whether the text was seen to be taken.
  /// - Throws: `not_found` when there is no such session; `refused` when its agent is not alive, because a shell
  ///   would run what is typed.
  func send(_ text: String, to name: String) throws(BeadsError) -> Bool

  /// The last lines that the session shows.
  func capture(_ name: String, lines: Int) throws(BeadsError) -> String
}

/// What to start, and where.
public struct SessionRequest: Sendable {
  /// The session's name; see `AgentAddress.sessionName`.
  public var name: String
  /// The working directory.
  public var directory: String
  /// The program and its arguments.
  public var arguments: [String]
  /// Its whole environment; nothing of ours is inherited.
  public var variables: [String: String]
  /// Names of processes that mean the agent is alive.
  public var processNames: [String]
  /// Where a headless session reads its script or prompt from and writes what it prints.
  public var logPath: String?

  /// Describes a session.
  public init(
    name: String, directory: String, arguments: [String], variables: [String: String], processNames: [String]
  ) {
    self.name = name
    self.directory = directory
    self.arguments = arguments
    self.variables = variables
    self.processNames = processNames
  }
}

/// A session as it was found.
public struct SessionSnapshot: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// The process that was started in it; nil when it has ended.
  public var pid: Int32?
  /// When that process started, as the system tells it; with the pid it names one process for good.
  public var processStart: String?
  /// The tmux pane.
  public var pane: String?
  /// Whether the process has ended and only its pane is left.
  public var isDead: Bool
  /// What it ended with.
  public var exitStatus: Int32?
  /// When the session was made, in seconds since 1970.
  public var createdAt: Int64
  /// When something was last printed in it, in seconds since 1970, where that is known.
  public var lastActivity: Int64?
  /// How many clients look at it.
  public var attachedCount: Int

  /// Describes a session.
  public init(
    name: String, pid: Int32?, processStart: String? = nil, pane: String? = nil, isDead: Bool = false,
    exitStatus: Int32? = nil, createdAt: Int64, lastActivity: Int64? = nil, attachedCount: Int = 0
  ) {
    self.name = name
    self.pid = pid
    self.processStart = processStart
    self.pane = pane
    self.isDead = isDead
    self.exitStatus = exitStatus
    self.createdAt = createdAt
    self.lastActivity = lastActivity
    self.attachedCount = attachedCount
  }
}
