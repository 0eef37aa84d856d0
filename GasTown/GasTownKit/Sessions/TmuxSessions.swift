public import BeadsKit

/// Sessions in the tmux server of the town.
///
/// A pane outlives its program, so that how it ended can be seen; it goes when the session is stopped.
public final class TmuxSessions: Sessions {
  /// `tmux`.
  public let backend = "tmux"
  let tmux: Tmux
  /// How long a new program is watched for ending at once.
  private let settling: Duration
  /// The file of the program `gt`, which waits in each pane for its agent; nil to start agents as the panes' own.
  private let program: String?

  /// The sessions of a town.
  /// - Parameter program: The file of the program `gt`; without it agents in panes cannot be frozen.
  public init(_ town: Town, program: String? = nil, settling: Duration = .milliseconds(120)) {
    tmux = Tmux(town)
    self.program = program
    self.settling = settling
  }

  private static let format = [
    "session_name", "pane_id", "pane_pid", "pane_dead", "pane_dead_status", "pane_dead_signal",
    "session_created", "window_activity", "session_attached",
  ].map { "#{\($0)}" }.joined(separator: "|")

  /// Every session of the town: one call of tmux.
  public func inventory() throws(BeadsError) -> [SessionSnapshot] {
    let answer = try tmux.ask(["list-panes", "-a", "-F", Self.format])
    if answer.hasNoServer || answer.lostServer { return [] }
    if let failure = answer.failure {
      throw BeadsError(.io, "tmux could not list the sessions: \(failure)")
    }
    var found: [String: SessionSnapshot] = [:]
    for line in answer.text.split(separator: "\n") {
      guard let pane = Self.snapshot(line) else {
        throw BeadsError(.io, "tmux listed a session in a way that gt does not understand: \(line)")
      }
      // The pane we made is the oldest; others are a person's.
      if let known = found[pane.name], Self.number(known.pane) < Self.number(pane.pane) { continue }
      found[pane.name] = pane
    }
    return found.values.sorted { $0.name < $1.name }
  }

  private static func number(_ pane: String?) -> Int { Int(pane?.dropFirst() ?? "") ?? .max }

  private static func snapshot(_ line: Substring) -> SessionSnapshot? {
    let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    // A person may have made a session with any name.
    let fields = [parts.dropLast(8).joined(separator: "|")] + parts.suffix(8)
    guard parts.count > 8, fields[1].hasPrefix("%"), let created = Int64(fields[6]) else { return nil }
    let isDead = fields[3] == "1"
    let process = isDead ? nil : Int32(fields[2]).flatMap { ProcessIdentity($0) }
    return SessionSnapshot(
      name: fields[0], pid: process?.pid, processStart: process?.start, pane: fields[1],
      isDead: isDead, exitStatus: Int32(fields[4]) ?? Int32(fields[5]).map { 128 + $0 }, createdAt: created,
      lastActivity: Int64(fields[7]), attachedCount: Int(fields[8]) ?? 0)
  }

  /// Finds a session; one call of tmux.
  func find(_ name: String) throws(BeadsError) -> SessionSnapshot? {
    try inventory().first { $0.name == name }
  }

  func existing(_ name: String) throws(BeadsError) -> SessionSnapshot {
    if let found = try find(name) { return found }
    throw BeadsError(.notFound, "there is no session \(name)", hint: "`gt session list` shows the sessions")
  }

  /// Ends a session; see `Sessions`.
  public func stop(_ name: String, nonce: String?, grace: Duration) throws(BeadsError) {
    let found = try find(name)
    ProcessEnding(leader: found?.process, nonce: nonce).run(grace: grace)
    if found == nil { return }
    let answer = try tmux.ask(["kill-session", "-t", "=" + name])
    if answer.succeeded || answer.hasNoServer || answer.lostServer { return }
    if try find(name) != nil {
      throw BeadsError(.io, "tmux could not close the session \(name): \(answer.failure ?? "")")
    }
  }

  /// The last lines that the session shows, with what scrolled away.
  public func capture(_ name: String, lines: Int) throws(BeadsError) -> String {
    let session = try existing(name)
    let text = try tmux.run(
      ["capture-pane", "-p", "-J", "-t", session.pane ?? "", "-S", "-\(max(0, lines))"],
      to: "show the session \(name)")
    var shown = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.lastIndex { $0 != " " }.map { line[...$0] } ?? ""
    }
    // tmux writes a note about the end of the program at the bottom of the screen.
    if session.isDead, shown.last?.hasPrefix("Pane is dead") == true { shown.removeLast() }
    let end = shown.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
    return shown[..<end].suffix(lines).joined(separator: "\n")
  }

  /// Presses a key.
  public func press(_ key: String, in name: String) throws(BeadsError) {
    let session = try existing(name)
    try tmux.run(["send-keys", "-t", session.pane ?? "", key], to: "press \(key) in \(name)")
  }
}

// MARK: - Starting

extension TmuxSessions {
  /// Starts a session; see `Sessions`.
  public func start(_ request: SessionRequest) throws(BeadsError) -> SessionSnapshot {
    let more = try strangers(to: request.variables)
    var arguments = [
      "set-option", "-g", "remain-on-exit", "on", ";", "set-option", "-g", "history-limit", "10000", ";",
      "set-option", "-g", "update-environment", "", ";",
      "new-session", "-d", "-P", "-F", "#{pane_id}", "-s", request.name, "-x", "200", "-y", "50",
      "-c", request.directory,
    ]
    for (name, value) in request.variables.sorted(by: { $0.key < $1.key }) {
      arguments += ["-e", Tmux.literal("\(name)=\(value)")]
    }
    arguments.append("/usr/bin/env")
    for name in more { arguments += ["-u", name] }
    if let program { arguments += [program, PaneAgent.verb] }
    arguments += request.arguments.map(Tmux.literal)
    guard arguments.reduce(0, { $0 + $1.utf8.count + 1 }) < 16_000 else {
      throw BeadsError(
        .invalid, "variables and arguments of \(request.name) are longer than the 16 kB that tmux takes",
        hint: "put long instructions into the issue, where `gt prime` finds them")
    }
    var answer = try tmux.ask(arguments)
    // The server may be about to end, because its last session has; the next one is ours.
    for _ in 0..<20 where answer.lostServer || answer.hasNoServer {
      pause(nanoseconds: 10_000_000)
      answer = try tmux.ask(arguments)
    }
    if let failure = answer.failure {
      if failure.hasPrefix("duplicate session") {
        throw BeadsError(
          .exists, "there is a session \(request.name) already", hint: "`gt session list` shows the sessions")
      }
      throw BeadsError(.io, "tmux could not start \(request.name): \(failure)")
    }
    return try settle(request, pane: answer.text)
  }

  /// Variables of the server that the agent is not to see: those that a server got which a person started.
  private func strangers(to wanted: [String: String]) throws(BeadsError) -> [String] {
    let answer = try tmux.ask(["show-environment", "-g"])
    if answer.hasNoServer || answer.lostServer { return [] }
    if let failure = answer.failure { throw BeadsError(.io, "tmux does not answer: \(failure)") }
    let names = answer.text.split(separator: "\n").compactMap { line -> String? in
      guard !line.hasPrefix("-"), let end = line.firstIndex(of: "=") else { return nil }
      return String(line[..<end])
    }
    let harmless = VariableFilter.basic.adding(names: ["PWD", "SHLVL"])
    return names.filter { name in
      let isName = name.utf8.allSatisfy { ($0 | 0x20) >= 0x61 || (0x30...0x39).contains($0) || $0 == 0x5F }
      return isName && wanted[name] == nil && harmless.filter([name: ""]).isEmpty
    }
  }

  /// Watches the new program for a moment; one that cannot start ends at once.
  private func settle(_ request: SessionRequest, pane: String) throws(BeadsError) -> SessionSnapshot {
    let found = try existing(request.name)
    let end = monotonicNanoseconds() &+ nanoseconds(settling)
    while let process = found.process, process.isAlive, monotonicNanoseconds() < end {
      pause(nanoseconds: 5_000_000)
    }
    if let process = found.process, process.isAlive { return found }
    // tmux hears of the end a moment after the system does, and of the status later still.
    var last = try existing(request.name)
    while !last.isDead || last.exitStatus == nil, monotonicNanoseconds() < end &+ 1_000_000_000 {
      pause(nanoseconds: 5_000_000)
      last = try existing(request.name)
    }
    let shown = (try? capture(request.name, lines: 20)) ?? ""
    _ = try tmux.ask(["kill-session", "-t", "=" + request.name])
    throw BeadsError(
      .io,
      "\(request.arguments.first ?? "") ended at once\(last.exitStatus.map { " with status \($0)" } ?? "")",
      details: shown.split(separator: "\n").map(String.init),
      hint: "it was to run as \(request.name) in \(request.directory)")
  }
}
