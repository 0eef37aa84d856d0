/// An error that a command may end with: what the user sees of it, and what programs match on.
public protocol RenderableError: Error {
  /// One sentence that names the thing.
  var message: String { get }
  /// What is wrong one by one, a line each, when the message is about several things.
  var details: [String] { get }
  /// The suggested next step, if there is one.
  var hint: String? { get }
  /// The stable, machine-readable name.
  var codeName: String { get }
  /// The status the process exits with.
  var exitStatus: Int32 { get }
  /// Whether the same call may succeed later.
  var isRetryable: Bool { get }
}

extension RenderableError {
  /// The message says all.
  public var details: [String] { [] }
  /// No hint.
  public var hint: String? { nil }
  /// The status of an ordinary failure.
  public var exitStatus: Int32 { 1 }
  /// Not worth trying again.
  public var isRetryable: Bool { false }
}

/// Thrown by a command that has said all there is to say and ends with this status.
public struct ExitStatus: Error, Equatable, Sendable {
  /// The status the process exits with.
  public let code: Int32

  /// Makes a silent end.
  public init(_ code: Int32) { self.code = code }
}

/// Thrown by a command that wants its own help shown as its result.
public struct HelpRequest: Error, Equatable, Sendable {
  /// Asks for help.
  public init() {}
}
