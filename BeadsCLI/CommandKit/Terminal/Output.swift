/// Where a command's results and remarks go: stdout for the result, stderr for everything else.
///
/// One `Output` belongs to one run and is used from one thread.
public final class Output {
  /// For whom the result is written.
  public enum Format: Sendable {
    /// Text for people.
    case text
    /// One JSON document for programs; errors are printed as JSON too.
    case json
  }

  /// The stream of the result.
  public let standardOutput: OutputChannel
  /// The stream of remarks, warnings and errors.
  public let standardError: OutputChannel
  /// The format of the result; ``CommandRunner`` sets it from the JSON flag and a command may change it.
  public var format: Format = .text

  /// Makes an output of two streams.
  public init(standardOutput: OutputChannel, standardError: OutputChannel) {
    self.standardOutput = standardOutput
    self.standardError = standardError
  }

  /// The streams of this process, which a closed pipe no longer kills from then on.
  public static func process() -> Output {
    Platform.ignoreBrokenPipes()
    return Output(
      standardOutput: OutputChannel(descriptor: Platform.standardOutput),
      standardError: OutputChannel(descriptor: Platform.standardError))
  }

  /// Streams into memory, for tests that run whole commands in process.
  public static func captured(_ traits: TerminalTraits = TerminalTraits()) -> Output {
    Output(standardOutput: OutputChannel(traits: traits), standardError: OutputChannel(traits: traits))
  }

  /// Whether the result is JSON.
  public var isJSON: Bool { format == .json }
  /// The number of columns of the result.
  public var width: Int { standardOutput.traits.width }
  /// Whether a person may be reading the result.
  public var isTerminal: Bool { standardOutput.traits.isTerminal }

  /// Writes a part of the result as it is.
  public func write(_ text: String) { standardOutput.write(text) }

  /// Writes a part of the result as it is.
  public func write(_ bytes: [UInt8]) { standardOutput.write(bytes) }

  /// Writes a part of the result as it is.
  public func write(_ bytes: UnsafeRawBufferPointer) { standardOutput.write(bytes) }

  /// Writes a part of the result for people, without a line feed.
  public func write(_ text: TerminalText) { standardOutput.write(text) }

  /// Writes a line of the result for people.
  public func print(_ line: TerminalText = "") {
    standardOutput.write(line)
    standardOutput.write("\n")
  }

  /// Writes lines of the result for people.
  public func print(_ lines: [TerminalText]) { for line in lines { print(line) } }

  /// Writes the rows of a table, fitted to the terminal if there is one.
  public func print(_ table: Table) { print(table.lines(width: isTerminal ? width : nil)) }

  /// Writes a remark, one line on stderr.
  public func note(_ line: TerminalText) {
    // What was said before appears before, wherever the two streams lead.
    if !isJSON { standardOutput.flush() }
    standardError.write(line + "\n")
    standardError.flush()
  }

  /// Writes a warning, one line on stderr.
  public func warn(_ message: TerminalText) { note("\(Style.yellow("Warning:")) \(message)") }

  /// Writes an error's message and hint on stderr, and nothing on stdout; returns its exit status.
  ///
  /// For a command that goes on after an error; one that cannot go on throws it instead.
  @discardableResult
  public func report(_ error: any Error) -> Int32 {
    let report = ErrorReport(error)
    for line in report.lines { note(line) }
    return report.exitStatus
  }

  /// Hands everything buffered to the system.
  public func flush() {
    standardOutput.flush()
    standardError.flush()
  }
}
