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
  /// - Parameter nonce: What `GT_RUN` says in the environment of its processes; finds those that left its group.
  func stop(_ name: String, nonce: String?, grace: Duration) throws(BeadsError)

  /// Types a text as one message and submits it, without interpreting anything in it.
  ///
  /// - Returns: Whether the text was seen to be taken.
  /// - Throws: `not_found` when there is no such session; `refused` when its agent is not alive, because a shell
  ///   would run what is typed; then nothing was typed.
  func send(_ message: TypedMessage, to name: String) throws(BeadsError) -> Bool

  /// Presses a key, such as `Escape` or `C-c`, named as tmux names it.
  func press(_ key: String, in name: String) throws(BeadsError)

  /// The last lines that the session shows.
  func capture(_ name: String, lines: Int) throws(BeadsError) -> String
}

/// A text for an agent, and for which one it is meant.
public struct TypedMessage: Sendable {
  /// The text, with whatever is in it.
  public var text: String
  /// The process that must still run in the session; nil for any that is alive.
  public var process: ProcessIdentity?
  /// What the agent's input line starts with, where that is known.
  public var prompt: String?

  /// Describes a message.
  public init(_ text: String, process: ProcessIdentity? = nil, prompt: String? = nil) {
    self.text = text
    self.process = process
    self.prompt = prompt
  }
}

/// How an agent takes messages on its standard input.
public enum MessageForm: String, Sendable {
  /// As a terminal pastes text: between the marks of a bracketed paste, submitted by a carriage return.
  case pasted
  /// A JSON line `{"type":"user","message":{"role":"user","content":...}}` each.
  case streamJSON = "stream-json"
  /// Not at all; it gets what it is to do when it starts.
  case none
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
  /// How the agent takes messages where there is no terminal.
  public var messageForm = MessageForm.pasted

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
  /// What the person types to run the agent, where the town only keeps track of it.
  public var commandLine: String?

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

extension SessionSnapshot {
  /// The process that was started, if it is known and has not ended.
  public var process: ProcessIdentity? {
    guard let pid, let processStart else { return nil }
    return ProcessIdentity(pid: pid, start: processStart)
  }
}
