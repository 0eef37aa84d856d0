/// A program of the user's that may be missing, hang, fail or say too much: a model's CLI, `gh`, a gate of tests.
///
/// It gets an argument vector and never a shell line, only the variables it is given, no input unless there is some,
/// and runs in a process group of its own. When its time is over the group is asked to end (SIGTERM) and forced
/// after the grace (SIGKILL); what it leaves running in its group ends with it. For example, a gate:
///
///     var gate = HostProgram(
///       ["make", "test"], directory: worktree, variables: VariableFilter.basic.filter(environment.variables),
///       timeout: .seconds(600))
///     gate.output = .combined
///     gate.outputKept = .end
///     let result = try gate.run()
///     print(result.outcome)
public struct HostProgram: Sendable {
  /// The program, looked up in the `PATH` of its variables unless it contains a slash, and its first arguments.
  public let arguments: [String]
  /// The absolute path of the directory to run in.
  public let directory: String
  /// Its whole environment.
  public let variables: [String: String]
  /// When to end it.
  public let timeout: Duration
  /// How long it may take to end when asked to.
  public var grace = Duration.seconds(2)
  /// Whether its output and error are kept apart or as one.
  public var output = Subprocess.Output.captured
  /// How many bytes of each stream to keep.
  public var outputLimit = 1 << 20
  /// Which bytes to keep of a longer stream.
  public var outputKept = Subprocess.Kept.beginning

  /// Describes a program; nothing is looked up yet.
  public init(
    _ arguments: [String], directory: String, variables: [String: String], timeout: Duration
  ) {
    self.arguments = arguments
    self.directory = directory
    self.variables = variables
    self.timeout = timeout
  }

  /// What it is called in messages.
  public var name: String { arguments.first ?? "" }

  /// The absolute path of its file; nil when there is none that may be run.
  public var path: String? {
    if name.utf8.contains(UInt8(ascii: "/")) {
      let path = Path.absolute(name, in: directory)
      return Self.isRunnable(path) ? path : nil
    }
    if name.isEmpty { return nil }
    let directories = (variables["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    return directories.lazy.map { Path.join(String($0), name) }.first(where: Self.isRunnable)
  }

  private static func isRunnable(_ path: String) -> Bool {
    guard let status = try? FileSystem.status(path) else { return false }
    return status.kind == .regular && status.mode & 0o111 != 0
  }

  /// Runs the program to its end, whatever that is: a status, a signal, the deadline.
  /// - Parameters:
  ///   - more: Arguments after the first ones.
  ///   - input: What it reads on standard input.
  ///   - adding: Variables besides its own.
  ///   - started: Told the ID of its process and group; when this throws, the program ends at once.
  ///   - isCancelled: Asked every 20 ms; when true, the program ends as it does at the deadline. Nil for never.
  /// - Throws: `not_found` without the program or the directory, `invalid` for NUL bytes, `io_error`, and what
  ///   `started` throws.
  public func run(
    _ more: [String] = [], input: [UInt8] = [], adding: [String: String] = [:],
    started: (Int32) throws(BeadsError) -> Void = { _ in }, isCancelled: (() -> Bool)? = nil
  ) throws(BeadsError) -> Subprocess.Result {
    guard let path else { throw BeadsError(.notFound, missing) }
    var request = Subprocess(
      arguments + more, directory: directory, variables: variables.merging(adding) { $1 }, timeout: timeout)
    request.executable = path
    if !input.isEmpty { request.input = .bytes(input) }
    request.output = output
    request.outputLimit = outputLimit
    request.outputKept = outputKept
    request.grace = grace
    request.ownsGroup = true
    request.endsGroup = true
    return try request.run(started: started, isCancelled: isCancelled)
  }

  /// What the program says in time; a status other than 0 is an answer too.
  /// - Throws: As `run`, and `io_error` when it does not end in time.
  public func ask(
    _ more: [String] = [], input: [UInt8] = [], adding: [String: String] = [:]
  ) throws(BeadsError) -> Subprocess.Result {
    let result = try run(more, input: input, adding: adding)
    if result.timedOut { throw BeadsError(.io, "\(name) did not answer within \(timeout)") }
    return result
  }

  private var missing: String {
    name.utf8.contains(UInt8(ascii: "/"))
      ? "there is no program \(name)" : "\(name) is not installed, or not in PATH"
  }
}

extension Subprocess.Result {
  /// How it ended in a few words, such as `exit status 2` or `ended by signal 9`; `succeeded` for status 0.
  public var outcome: String {
    if timedOut { return "ended because it took too long" }
    if wasCancelled { return "cancelled" }
    return switch status {
    case .exited(0): "succeeded"
    case .exited(let status): "exit status \(status)"
    case .signaled(let signal): "ended by signal \(signal)"
    }
  }
}
