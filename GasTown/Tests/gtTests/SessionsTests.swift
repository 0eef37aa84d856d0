import BeadsKit
import GasTownKit
import Testing

/// What tmux and headless sessions have in common.
@Suite("Sessions", .serialized)
struct SessionsTests {
  /// Of this run alone: whatever carries it is ended, wherever it runs on this machine.
  private let nonce = "nonce-\(UInt64.random(in: .min ... .max))"

  private func request(_ live: LiveTown, _ name: String, _ arguments: String...) -> SessionRequest {
    SessionRequest(
      name: name, directory: live.town.root, arguments: arguments,
      variables: ["PATH": live.town.environment["PATH"] ?? "", "GT_RUN": "\(nonce)-\(name)", "WHO": name],
      processNames: [])
  }

  @Test("run a program with its variables and no others", arguments: ["tmux", "headless"])
  func runs(backend: String) throws {
    let live = try LiveTown(backend, rig: false)
    live.town.environment.variables["SECRET"] = "do not tell"
    let sessions = try live.launcher().sessions
    #expect(try sessions.inventory().isEmpty)
    let started = try sessions.start(request(live, "ap-nux", "sh", "-c", "exec sleep 1000;"))
    defer { try? sessions.stop("ap-nux", nonce: "\(nonce)-ap-nux", grace: .zero) }
    let process = try #require(started.process)
    #expect(process.isAlive && process.nonce == "\(nonce)-ap-nux")
    let names = try FileSystem.read("/proc/\(process.pid)/environ").split(separator: 0)
      .map { String(decoding: $0.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self) }
    let expected = Set(["PATH", "GT_RUN", "WHO"])
    let harmless = Set([
      "TERM", "TMUX", "TMUX_PANE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "HOME", "PWD", "SHELL", "TZ",
      "SHLVL", "OLDPWD", "_", "TMUX_TMPDIR",
    ])
    #expect(Set(names).isSuperset(of: expected))
    #expect(Set(names).subtracting(expected).subtracting(harmless).isEmpty)
    #expect(try sessions.inventory().map(\.name) == ["ap-nux"])
  }

  @Test("have exact names, each once", arguments: ["tmux", "headless"])
  func names(backend: String) throws {
    let live = try LiveTown(backend)
    let sessions = try live.launcher().sessions
    _ = try sessions.start(request(live, "ap-nux-2", "sleep", "1000"))
    defer { try? sessions.stop("ap-nux-2", nonce: "\(nonce)-ap-nux-2", grace: .zero) }
    // The beginning of a name is not the name.
    try sessions.stop("ap-nux", nonce: nil, grace: .zero)
    #expect(try sessions.inventory().first?.isDead == false)
    #expect(throws: BeadsError.self) { try sessions.capture("ap-nux", lines: 1) }
    let failure = #expect(throws: BeadsError.self) {
      try sessions.start(request(live, "ap-nux-2", "sleep", "1000"))
    }
    #expect(failure?.code == .exists)
  }

  @Test("tell what a program said that ended at once", arguments: ["tmux", "headless"])
  func endsAtOnce(backend: String) throws {
    let live = try LiveTown(backend)
    let sessions = try live.launcher().sessions
    // tmux 3.3 can drop what is printed in the very moment of the end.
    let script = "echo no such model; sleep 0.03; exit 7"
    let failure = #expect(throws: BeadsError.self) {
      try sessions.start(request(live, "ap-nux", "sh", "-c", script))
    }
    // tmux 3.3 forgets the status at times, too.
    #expect(failure?.message.contains("status 7") == true || backend == "tmux")
    #expect(failure?.details == ["no such model"])
    #expect(try sessions.inventory().isEmpty)
  }

  @Test("end with everything that was started in them, and nothing else", arguments: ["tmux", "headless"])
  func stop(backend: String) throws {
    let live = try LiveTown(backend)
    let sessions = try live.launcher().sessions
    let other = try Subprocess(["sleep", "1000"], variables: ["GT_RUN": "another"]).startDetached()
    defer { ProcessIdentity.end(other) }
    let script = "setsid sleep 1001 & sleep 1002 & trap '' TERM; echo ready; while :; do sleep 1003; done"
    _ = try sessions.start(request(live, "ap-nux", "sh", "-c", script))
    try eventually("the shell is ready") { try sessions.capture("ap-nux", lines: 5).contains("ready") }
    #expect(ProcessIdentity.all(nonce: "\(nonce)-ap-nux").count >= 4)
    try sessions.stop("ap-nux", nonce: "\(nonce)-ap-nux", grace: .milliseconds(50))
    #expect(ProcessIdentity.all(nonce: "\(nonce)-ap-nux").isEmpty)
    #expect(try sessions.inventory().isEmpty)
    #expect(ProcessIdentity(other)?.isAlive == true)
    try sessions.stop("ap-nux", nonce: "\(nonce)-ap-nux", grace: .zero)
  }

  @Test("are never typed into when the program is dead", arguments: ["tmux", "headless"])
  func deadPane(backend: String) throws {
    let live = try LiveTown(backend)
    let sessions = try live.launcher().sessions
    let process = try #require(try sessions.start(request(live, "ap-nux", "sleep", "1000")).process)
    ProcessIdentity.end(process.pid)
    try eventually("the pane is dead") { try sessions.inventory().first?.isDead == true }
    let file = Path.join(live.town.root, "typed")
    let failure = #expect(throws: BeadsError.self) {
      try sessions.send(TypedMessage("touch \(file)"), to: "ap-nux")
    }
    #expect(failure?.code == .refused)
    #expect(try sessions.inventory().first?.exitStatus == 137)
    try sessions.stop("ap-nux", nonce: nil, grace: .zero)
  }

  @Test func aShellInTheAgentsPlaceIsNotTypedInto() throws {
    let live = try LiveTown()
    let sessions = try live.launcher().sessions
    let process = try #require(try sessions.start(request(live, "ap-nux", "sleep", "1000")).process)
    let tmux = Tmux(live.town.town)
    let pane = try #require(try sessions.inventory().first?.pane)
    _ = try Subprocess(
      ["tmux", "-L", tmux.socket, "respawn-pane", "-k", "-t", pane, "sh"],
      variables: live.town.environment.variables
    ).run()
    let failure = #expect(throws: BeadsError.self) {
      try sessions.send(TypedMessage("exit", process: process), to: "ap-nux")
    }
    #expect(failure?.code == .refused)
  }

  @Test func anErrorIsNotAbsence() throws {
    let live = try LiveTown()
    let bin = Path.join(live.town.root, "bin")
    try live.town.write(
      "bin/tmux", "#!/bin/sh\necho 'protocol version mismatch (client 8, server 7)' >&2\nexit 1\n")
    try FileSystem.setMode(Path.join(bin, "tmux"), 0o755)
    live.town.environment.variables["PATH"] = bin + ":/usr/bin:/bin"
    let launcher = try live.launcher()
    #expect(throws: BeadsError.self) { try launcher.sessions.inventory() }
    guard case .unknown(let reason) = launcher.liveness(of: [.mayor])[.mayor] else {
      Testing.Issue.record("an error was read as an answer")
      return
    }
    #expect(reason.contains("protocol version mismatch"))
  }

  @Test func socketsAreNamedAfterTheWholePath() {
    let a = Tmux.socketName(root: "/home/a/gt")
    #expect(a.hasPrefix("gt-") && a.utf8.count == 9)
    #expect(a != Tmux.socketName(root: "/home/b/gt"))
    #expect(Tmux.socketName(root: "/tmp/a b;$(x)").hasPrefix("a_b___x_-"))
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ProcessIdentity {
  /// Ends a process of a test at once.
  static func end(_ pid: Int32) {
    _ = kill(pid, SIGKILL)
    _ = waitpid(pid, nil, WNOHANG)
  }
}
