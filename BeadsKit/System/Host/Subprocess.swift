/// A program to run: an argument vector, never a shell line.
///
/// For example, `try Subprocess(["git", "status"], directory: path).run()`. A non-zero exit is a result, not an
/// error; errors are programs that cannot be started.
public struct Subprocess: Sendable {
  /// What the program reads on its standard input.
  public enum Input: Sendable {
    /// The end of file at once.
    case none
    /// These bytes.
    case bytes([UInt8])
    /// What this process reads, as an editor needs.
    case inherited
  }

  /// Where the program's standard output and error go.
  public enum Output: Sendable {
    /// Into the result.
    case captured
    /// Into the result as one stream, in the order in which both were written.
    case combined
    /// Nowhere.
    case discarded
    /// Where this process writes, as an editor or pager needs.
    case inherited
  }

  /// Which part of a stream is kept when it exceeds the limit.
  public enum Kept: Sendable {
    /// What came first, as of an answer that is too long to be one.
    case beginning
    /// What came last, where a failing test says why.
    case end
  }

  /// The program, looked up in `PATH` unless it contains a slash, and its arguments.
  public var arguments: [String]
  /// The file of the program when it is not to be looked up; the first argument still says what it is called.
  public var executable: String?
  /// The directory to run in; nil for this process's own.
  public var directory: String?
  /// The whole environment; nil for this process's own.
  public var variables: [String: String]?
  /// Standard input.
  public var input: Input = .none
  /// Standard output and error.
  public var output: Output = .captured
  /// How many bytes of each stream to keep; what exceeds them is read and dropped.
  public var outputLimit: Int = 64 << 20
  /// Which bytes to keep of a longer stream.
  public var outputKept = Kept.beginning
  /// When to end the program; nil for never.
  public var timeout: Duration?
  /// How long a program that is to end may take after the polite request (SIGTERM) before it is forced (SIGKILL).
  public var grace = Duration.seconds(2)
  /// Whether to run in a process group of its own, all of which the deadline ends.
  ///
  /// Such a program does not get the terminal's interrupts and may not read from it.
  public var ownsGroup = false
  /// Whether what it left running in its own group ends with it, even when it ended by itself.
  public var endsGroup = false

  /// Describes a program; the other properties have the defaults stated above.
  public init(
    _ arguments: [String], directory: String? = nil, variables: [String: String]? = nil,
    timeout: Duration? = nil
  ) {
    self.arguments = arguments
    self.directory = directory
    self.variables = variables
    self.timeout = timeout
  }

  /// How a program ended and what it wrote.
  public struct Result: Sendable, Equatable {
    /// How a program ended.
    public enum Status: Sendable, Equatable {
      /// By itself, with this status.
      case exited(Int32)
      /// By this signal.
      case signaled(Int32)
    }

    /// How it ended.
    public let status: Status
    /// The captured standard output.
    public let output: [UInt8]
    /// The captured standard error.
    public let errorOutput: [UInt8]
    /// Whether a stream exceeded the limit.
    public let isTruncated: Bool
    /// Whether the deadline passed and the program was ended.
    public let timedOut: Bool
    /// Whether the caller had it ended.
    public let wasCancelled: Bool

    /// Whether it exited with status 0.
    public var succeeded: Bool { status == .exited(0) }
    /// The standard output as text without the newlines at its end.
    public var text: String { Self.text(output) }
    /// The standard error as text without the newlines at its end.
    public var errorText: String { Self.text(errorOutput) }

    private static func text(_ bytes: [UInt8]) -> String {
      let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
      return String(decoding: bytes[..<(end.map { $0 + 1 } ?? 0)], as: UTF8.self)
    }
  }

  /// Runs the program to its end.
  ///
  /// Costs about a millisecond. What the program leaves running in the background does not hold up the return.
  /// - Throws: `not_found` when there is no such program, `invalid` for an empty vector or NUL bytes, `io_error`.
  public func run() throws(BeadsError) -> Result { try run(started: { _ in }) }

  /// Runs the program to its end under the eyes of the caller.
  /// - Parameters:
  ///   - started: Told the process ID, which is also the ID of a group of its own; when this throws, the program
  ///     ends at once.
  ///   - isCancelled: Asked every 20 ms; when true, the program ends as it does at the deadline. Nil for never.
  /// - Throws: As `run()`, and what `started` throws.
  public func run(
    started: (Int32) throws(BeadsError) -> Void, isCancelled: (() -> Bool)? = nil
  ) throws(BeadsError) -> Result {
    var child = try ChildProcess(self)
    try started(child.pid)
    return try child.communicate(isCancelled)
  }
}
