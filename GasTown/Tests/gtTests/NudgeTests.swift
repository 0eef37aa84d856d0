import BeadsKit
import GasTownKit
import Synchronization
import Testing

/// Scenario 14 of the contract's appendix D, nothing is lost or changed; Scenario 15, nothing is typed to the dead.
@Suite("Nudges", .serialized)
struct NudgeTests {
  /// Everything that is hard to type.
  private static let texts = [
    "plain", "two\nlines\n\nand a last one", "  blanks at both ends  ",
    "tab\tand $(touch x) `y` ; && | > \\ '\"",
    "umlaut äöü, 猫, 👩‍👩‍👧‍👦, e\u{301}", "control \u{1B}[31m \u{1B}[201~ \u{07}\u{00}\u{03}\u{15}\r\r\n\u{7F}\u{85}",
    "\u{2410}\u{241B}[literal pictures", ";", "-x", "#{pane_id} %1 =",
    String(repeating: "0123456789abcdef", count: 640),
    String(repeating: "line of a long text, ä\n", count: 400),
  ]

  @Test("arrive unmodified", arguments: ["tmux", "headless"])
  func unmodified(backend: String) throws {
    let live = try LiveTown(backend)
    defer { withExtendedLifetime(live) {} }
    let nudges = try live.nudges()
    try nudges.launcher.start(.mayor)
    for text in Self.texts {
      let nudge = try nudges.send(to: .mayor, from: .overseer, text: text, mode: .immediate)
      #expect(nudge.state == .observed, "\(text.prefix(20))")
    }
    try eventually("all have arrived") { live.received("hq-mayor").count >= Self.texts.count }
    let expected = Self.texts.enumerated().map { "[from overseer #\($0 + 1)] \($1)" }
    #expect(live.received("hq-mayor") == expected)
  }

  @Test func twoHundredFromTenProcessesArriveOnceAndInOrder() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    try live.launcher().start(.mayor)
    let program = try LiveTown.program()
    let (variables, root) = (live.town.environment.variables, live.town.root)
    let failures = Mutex<[String]>([])
    let (senders, count) = (10, 20)
    inThreads(senders) { sender in
      for number in 0..<count {
        var environment = variables
        environment["GT_ROLE"] = "app\(sender)/witness"
        let text = "\(sender)/\(number) " + Self.texts[(sender + number) % Self.texts.count]
        var request = Subprocess(
          [program, "nudge", "mayor", "--stdin", "--mode", "immediate"], directory: root,
          variables: environment,
          timeout: .seconds(120))
        request.input = .bytes(Array((text + "\n").utf8))
        let result = try? request.run()
        if result?.succeeded != true { failures.withLock { $0.append(result?.errorText ?? "not started") } }
      }
    }
    #expect(failures.withLock { $0 } == [])
    try eventually("all have arrived") { live.received("hq-mayor").count >= senders * count }
    let received = live.received("hq-mayor")
    #expect(received.count == senders * count)
    for sender in 0..<senders {
      let mine = received.filter { $0.hasPrefix("[from app\(sender)/") }.map { text in
        String(text[text.index(text.firstIndex(of: "]")!, offsetBy: 2)...])
      }
      let expected = (0..<count).map { "\(sender)/\($0) " + Self.texts[(sender + $0) % Self.texts.count] }
      #expect(mine == expected)
    }
  }

  @Test("are refused when the agent is dead, and never run", arguments: ["tmux", "headless"])
  func dead(backend: String) throws {
    let live = try LiveTown(backend)
    defer { withExtendedLifetime(live) {} }
    let nudges = try live.nudges()
    let none = #expect(throws: BeadsError.self) {
      try nudges.send(to: .mayor, from: .overseer, text: "hello", mode: .immediate)
    }
    #expect(none?.code == .refused)
    let session = try nudges.launcher.start(.mayor)
    ProcessIdentity.end(try #require(session.pid))
    try eventually("the mayor is dead") {
      if case .dead = nudges.launcher.liveness(of: [.mayor])[.mayor] { true } else { false }
    }
    for mode in [Nudge.Mode.immediate, .waitIdle] {
      let failure = #expect(throws: BeadsError.self) {
        try nudges.send(to: .mayor, from: .overseer, text: "touch \(live.town.root)/typed", mode: mode)
      }
      #expect(failure?.code == .refused)
    }
    // What was queued for it reaches its next session.
    try nudges.send(to: .mayor, from: .overseer, text: "later", mode: .queue)
    try nudges.launcher.start(.mayor)
    #expect(try nudges.deliver(to: .mayor).map(\.body) == ["later"])
    try eventually("it arrives") { live.received("hq-mayor") == ["[from overseer #1] later"] }
    #expect(!live.town.exists("typed"))
  }

  @Test func anEnterThatIsSwallowedIsPressedAgain() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    let nudges = try scripted(live, "swallow 2")
    #expect(try nudges.send(to: .mayor, from: .overseer, text: "one", mode: .immediate).state == .observed)
    #expect(try nudges.send(to: .mayor, from: .overseer, text: "two", mode: .immediate).state == .observed)
    try eventually("both arrive apart") {
      live.received("hq-mayor") == ["[from overseer #1] one", "[from overseer #2] two"]
    }
  }

  @Test func anAgentThatIgnoresThemIsNotSaidToHaveTakenThem() throws {
    let live = try LiveTown()
    defer { withExtendedLifetime(live) {} }
    let nudges = try scripted(live, "ignore")
    #expect(try nudges.send(to: .mayor, from: .overseer, text: "one", mode: .immediate).state == .typed)
  }

  @Test func agentsFetchThemAtATurn() throws {
    let live = try LiveTown("none")
    defer { withExtendedLifetime(live) {} }
    let nudges = try live.nudges()
    try nudges.send(to: .mayor, from: .overseer, text: "one\u{1B}[2J", mode: .queue)
    try nudges.send(to: .mayor, from: .overseer, text: "two", urgent: true, mode: .queue)
    let fetched = try nudges.drain(for: .mayor)
    #expect(fetched.map(\.body) == ["one\u{1B}[2J", "two"])
    #expect(try nudges.drain(for: .mayor).isEmpty && Nudges.injection([]) == nil)
    let text = try #require(Nudges.injection(fetched))
    #expect(text.hasPrefix("<system-reminder>\nUrgent") && text.hasSuffix("</system-reminder>\n"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test func theyExpireAndQueuesAreBounded() throws {
    let live = try LiveTown("none")
    defer { withExtendedLifetime(live) {} }
    var time: Int64 = 1_000_000_000_000
    let clock = Mutex(time)
    live.town.environment.clock = { clock.withLock { $0 } }
    let nudges = try live.nudges()
    for number in 0..<50 { try nudges.send(to: .mayor, from: .overseer, text: "\(number)", mode: .queue) }
    let full = #expect(throws: BeadsError.self) {
      try nudges.send(to: .mayor, from: .overseer, text: "one too many", mode: .queue)
    }
    #expect(full?.code == .conflict)
    time += 1_800_000_000_000
    clock.withLock { $0 = time }
    #expect(try nudges.drain(for: .mayor).isEmpty)
    try nudges.send(to: .mayor, from: .overseer, text: "fits", mode: .queue)
    #expect(try nudges.drain(for: .mayor).map(\.body) == ["fits"])
  }

  @Test func whoDoesNotWantToBeDisturbedIsNot() throws {
    let live = try LiveTown("none")
    defer { withExtendedLifetime(live) {} }
    let nudges = try live.nudges()
    var record = AgentRecord(.mayor)
    record.notifications = "muted"
    try nudges.database.save(record)
    let failure = #expect(throws: BeadsError.self) {
      try nudges.send(to: .mayor, from: .overseer, text: "hello", mode: .queue)
    }
    #expect(failure?.code == .refused)
    try nudges.send(to: .mayor, from: .overseer, text: "hello", mode: .queue, force: true)
  }

  /// A mayor that first follows a script.
  private func scripted(_ live: LiveTown, _ script: String) throws -> Nudges {
    try live.town.write("script.txt", script + "\nsay begun\n")
    let nudges = try live.nudges()
    var record = AgentRecord(.mayor)
    record.runtimeArguments = [live.town.root + "/script.txt"]
    try nudges.database.save(record)
    try nudges.launcher.start(.mayor)
    try eventually("the script has begun") {
      try nudges.launcher.sessions.capture("hq-mayor", lines: 50).contains("begun")
    }
    return nudges
  }
}
