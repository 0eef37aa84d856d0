public import BeadsKit

/// The program tmux, talking to the one server of a town.
///
/// Every town has a server of its own, so that towns on one machine do not see each other. Sessions are named
/// exactly, panes by their number: tmux on its own takes the beginning of a name for the name.
public struct Tmux: Sendable {
  /// The name of the town's socket.
  public let socket: String
  private let variables: [String: String]
  private let program: String?

  /// Describes the server of a town; nothing is started.
  public init(_ town: Town) {
    socket = Self.socketName(root: town.root)
    // The server hands its own variables to every pane: only what anybody may know gets there.
    variables = VariableFilter.basic.adding(names: ["TMUX_TMPDIR"]).filter(town.environment.variables)
    program = HostProgram(["tmux"], directory: "/", variables: variables, timeout: .zero).path
  }

  /// The socket of the town at a root: its folder's name and six digits of a hash of its path.
  public static func socketName(root: String) -> String {
    var hash = SHA256()
    hash.update(root)
    let name = Path.name(of: root).utf8.map { byte -> UInt8 in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
      return isPlain ? byte : UInt8(ascii: "_")
    }
    return String(decoding: name.prefix(40), as: UTF8.self) + "-" + hash.digest.hex.prefix(6)
  }

  /// Whether tmux is installed.
  public var isInstalled: Bool { program != nil }

  /// What a person types to see a session.
  public func attachCommand(_ session: String) -> [String] {
    [program ?? "tmux", "-u", "-L", socket, "attach-session", "-t", "=" + session]
  }

  /// What tmux answers.
  struct Answer {
    let text: String
    /// Nil when it did what was asked.
    let failure: String?

    var succeeded: Bool { failure == nil }
    /// Whether it says that no server runs, which means that there are no sessions.
    ///
    /// Any other failure means that nothing is known.
    var hasNoServer: Bool {
      guard let failure else { return false }
      // A server that is about to end, because its last session has, has no current target.
      return failure.hasPrefix("no server running on ") || failure == "no current target"
        || failure.hasPrefix("error connecting to ")
          && (failure.hasSuffix("(No such file or directory)") || failure.hasSuffix("(Connection refused)"))
    }
    /// Whether the server went away in the middle, because its last session was being closed.
    var lostServer: Bool {
      guard let failure else { return false }
      return failure.contains("server exited") || failure.contains("lost server")
    }
  }

  /// Runs tmux commands in one call; `;` as an argument of its own separates them.
  /// - Throws: `missing_program` without tmux, `io_error` when it does not answer.
  func ask(_ arguments: [String], input: [UInt8]? = nil) throws(BeadsError) -> Answer {
    guard let program else {
      throw BeadsError(
        .missingProgram, "tmux is not installed, or not in PATH",
        hint: "install it, or run agents without a terminal: `gt config set sessions.backend headless`")
    }
    var request = Subprocess(
      [program, "-u", "-L", socket] + arguments, directory: "/", variables: variables, timeout: .seconds(10))
    if let input { request.input = .bytes(input) }
    let result = try request.run()
    if result.timedOut { throw BeadsError(.io, "tmux did not answer within 10 seconds (server \(socket))") }
    if result.succeeded { return Answer(text: result.text, failure: nil) }
    let said = result.errorText.split(separator: "\n").first.map(String.init)
    return Answer(text: result.text, failure: said ?? result.outcome)
  }

  /// Runs tmux commands for their effect.
  /// - Throws: `io_error` with tmux's words when it refuses.
  @discardableResult
  func run(_ arguments: [String], to purpose: String, input: [UInt8]? = nil) throws(BeadsError) -> String {
    let answer = try ask(arguments, input: input)
    guard let failure = answer.failure else { return answer.text }
    throw BeadsError(.io, "tmux could not \(purpose): \(failure)")
  }

  /// An argument that tmux takes as it is; a semicolon at the end would separate commands.
  static func literal(_ argument: String) -> String {
    argument.hasSuffix(";") ? argument.dropLast() + "\\;" : argument
  }

  /// Ends the server and with it every session of the town.
  public func killServer() throws(BeadsError) {
    let answer = try ask(["kill-server"])
    if let failure = answer.failure, !answer.hasNoServer {
      throw BeadsError(.io, "tmux could not end the town's server: \(failure)")
    }
  }
}
