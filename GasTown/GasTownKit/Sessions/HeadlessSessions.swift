public import BeadsKit

/// Sessions as plain processes, for machines without tmux and agents that need no terminal.
///
/// Each has a folder in `.runtime/sessions`: `output.log` with everything it printed, `input`, a pipe that messages
/// are written to, `session.json` about its process, and `exit` once it has ended. The program `gt run-agent` starts
/// the agent in a session of its own and writes down how it ended; both live on when this process ends.
public final class HeadlessSessions: Sessions {
  /// `headless`.
  public let backend = "headless"
  private let folder: String
  private let program: String?
  private let environment: Environment

  /// The sessions of a town.
  /// - Parameter program: The file of the program `gt`.
  public init(_ town: Town, program: String?) {
    folder = town.path(".runtime/sessions")
    self.program = program
    environment = town.environment
  }

  private func place(_ name: String) -> HeadlessPlace { HeadlessPlace(Path.join(folder, name)) }

  /// Every session that was started and not stopped.
  public func inventory() throws(BeadsError) -> [SessionSnapshot] {
    if !FileSystem.isDirectory(folder) {
      if try FileSystem.status(folder) == nil { return [] }
      throw BeadsError(.io, "\(folder) is not a directory")
    }
    var found: [SessionSnapshot] = []
    for name in try FileSystem.list(folder) {
      if let session = try place(name).snapshot(name) { found.append(session) }
    }
    return found
  }

  /// Starts a session; see `Sessions`.
  public func start(_ request: SessionRequest) throws(BeadsError) -> SessionSnapshot {
    guard let program else {
      throw BeadsError(
        .unsupported, "headless sessions need the program gt, whose file is not known",
        hint: "call gt by its path")
    }
    let place = place(request.name)
    if let known = try place.snapshot(request.name) {
      if !known.isDead { throw exists(request.name) }
      try place.clear()
    }
    try place.prepare(request)
    let variables = VariableFilter.basic.filter(environment.variables)
      .merging(request.variables.filter { $0.key == "GT_RUN" }) { $1 }
    let child = try Subprocess(
      [program, "run-agent", place.folder], directory: request.directory, variables: variables
    ).startDetached()
    let deadline = monotonicNanoseconds() &+ 10_000_000_000
    while monotonicNanoseconds() < deadline {
      if let session = try place.snapshot(request.name) { return try settled(session, request, place) }
      if hasEnded(child) { break }
      pause(nanoseconds: 2_000_000)
    }
    let words = place.lastLines(20)
    try place.clear()
    throw BeadsError(
      .io, "\(request.arguments.first ?? "") could not be started as \(request.name)",
      details: words.split(separator: "\n").map(String.init))
  }

  private func exists(_ name: String) -> BeadsError {
    BeadsError(
      .exists, "there is a session \(name) already", hint: "`gt session list` shows the sessions")
  }

  /// Watches the new program for a moment; one that cannot start ends at once.
  private func settled(
    _ session: SessionSnapshot, _ request: SessionRequest, _ place: HeadlessPlace
  ) throws(BeadsError) -> SessionSnapshot {
    let end = monotonicNanoseconds() &+ 100_000_000
    while let process = session.process, process.isAlive, monotonicNanoseconds() < end {
      pause(nanoseconds: 5_000_000)
    }
    if session.process?.isAlive == true { return session }
    // Its status is written down a moment after its end.
    var last = try place.snapshot(request.name)
    while last?.exitStatus == nil, monotonicNanoseconds() < end &+ 1_000_000_000 {
      pause(nanoseconds: 5_000_000)
      last = try place.snapshot(request.name)
    }
    guard let last, last.exitStatus != 0 else { return session }
    let words = place.lastLines(20)
    try place.clear()
    throw BeadsError(
      .io,
      "\(request.arguments.first ?? "") ended at once\(last.exitStatus.map { " with status \($0)" } ?? "")",
      details: words.split(separator: "\n").map(String.init),
      hint: "it was to run as \(request.name) in \(request.directory)")
  }

  private func existing(_ name: String) throws(BeadsError) -> SessionSnapshot {
    if let found = try place(name).snapshot(name) { return found }
    throw BeadsError(.notFound, "there is no session \(name)", hint: "`gt session list` shows the sessions")
  }

  /// Ends a session; what it printed stays.
  public func stop(_ name: String, nonce: String?, grace: Duration) throws(BeadsError) {
    let found = try place(name).snapshot(name)
    ProcessEnding(leader: found?.process, nonce: nonce).run(grace: grace)
    if found != nil { try place(name).clear() }
  }

  /// Writes a message to the agent's input and looks whether it is read; see `Sessions`.
  public func send(_ message: TypedMessage, to name: String) throws(BeadsError) -> Bool {
    let session = try existing(name)
    guard !session.isDead, let process = session.process else {
      throw BeadsError(
        .refused, "the agent of \(name) has ended; nothing was written",
        hint: "`gt session restart` starts it again")
    }
    if let expected = message.process, expected != process {
      throw BeadsError(.refused, "what runs as \(name) is not the agent that gt started")
    }
    return try place(name).write(message)
  }

  /// There are no keys without a terminal.
  public func press(_ key: String, in name: String) throws(BeadsError) {
    throw BeadsError(.unsupported, "\(name) has no terminal, so no key can be pressed in it")
  }

  /// The last lines that it printed.
  public func capture(_ name: String, lines: Int) throws(BeadsError) -> String {
    _ = try existing(name)
    return place(name).lastLines(lines)
  }
}
