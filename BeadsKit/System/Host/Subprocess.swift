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
    /// Nowhere.
    case discarded
    /// Where this process writes, as an editor or pager needs.
    case inherited
  }

  /// The program, looked up in `PATH` unless it contains a slash, and its arguments.
  public var arguments: [String]
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
  /// When to end the program (politely, and two seconds later by force); nil for never.
  public var timeout: Duration?
  /// Whether to run in a process group of its own, all of which the deadline ends.
  ///
  /// Such a program does not get the terminal's interrupts and may not read from it.
  public var ownsGroup = false

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
  public func run() throws(BeadsError) -> Result {
    var child = try ChildProcess(self)
    return try child.communicate()
  }
}
