import BeadsKit
import BeadsTesting
import GasTownKit
import Synchronization
import Testing

@Suite("gt mol await-signal, await-event, emit-event, attach-from-mail")
struct WaitingTests {
  let small: SmallTown

  init() throws { small = try SmallTown() }

  private func emit(_ type: String, _ payload: String...) -> JSONValue {
    JSONValue(
      parsing: small.run(
        nil,
        ["mol", "emit-event", "--channel", "ops", "--type", type, "--json"]
          + payload.flatMap { ["--payload", $0] }
      ).standardOutput) ?? .null
  }

  @Test func eventsOfAChannelComeOnceAndInOrder() throws {
    let first = emit("deployed", "to=test", "note=a=b")
    #expect(first["path"]?.stringValue?.hasSuffix(".event") == true)
    _ = emit("tested")
    try small.write("events/ops/1-1-1.event", "torn")
    let seen = small.json("mol", "await-event", "--channel", "ops", "--timeout", "10s")
    #expect(seen["reason"]?.stringValue == "event")
    #expect(seen["effort"]?.stringValue == "full")
    #expect(seen["events"]?.arrayValue?.map { $0["type"]?.stringValue } == ["deployed", "tested"])
    #expect(seen["events"]?[0]?["payload"] == JSONValue(parsing: #"{"to":"test","note":"a=b"}"#))
    // They stay until somebody takes them.
    let taken = small.json("mol", "await-event", "--channel", "ops", "--timeout", "10s", "--cleanup")
    #expect(taken["events"]?.arrayValue?.count == 2)
    let none = small.json("mol", "step", "await-event", "--channel", "ops", "--timeout", "1ms")
    #expect(none["reason"]?.stringValue == "timeout")
    #expect(none["effort"]?.stringValue == "reduced")
    #expect(none["events"] == .array([]))
    #expect(try FileSystem.list(small.town.path("events/ops")) == ["1-1-1.event"])
  }

  @Test func theNextEventOfTheTownEndsTheWait() throws {
    let town = small.town
    let environment = small.project.environment
    let begun = monotonicNanoseconds()
    let answer = Answer()
    inThreads(2) { number in
      if number == 0 {
        answer.set(gt(["mol", "await-signal", "--timeout", "30s", "--json"], environment))
      } else {
        // Whoever waits begins with what comes after it.
        while answer.value == nil {
          EventLog(town).append("done", actor: "app/polecats/nux", [("bead", "ap-1")])
          pause(nanoseconds: 20_000_000)
        }
      }
    }
    let result = try #require(answer.value)
    let json = try #require(JSONValue(parsing: result.standardOutput))
    #expect(json["reason"]?.stringValue == "signal")
    #expect(json["signal"]?["payload"]?["bead"]?.stringValue == "ap-1")
    #expect(monotonicNanoseconds() - begun < 20_000_000_000)
  }

  private final class Answer: Sendable {
    private let stored = Mutex<GtResult?>(nil)
    var value: GtResult? { stored.withLock { $0 } }
    func set(_ result: GtResult) { stored.withLock { $0 = result } }
  }

  @Test func waitsGrowWhileNothingComes() throws {
    func wait(_ more: String...) -> JSONValue {
      let words = [
        "mol", "await-signal", "--backoff-base", "2ms", "--backoff-mult", "3", "--backoff-max", "20ms",
      ]
      return JSONValue(parsing: small.run("app/crew/max", words + more + ["--json"]).standardOutput) ?? .null
    }
    #expect((0..<4).map { _ in wait()["timeout_ms"]?.intValue } == [2, 6, 18, 20])
    #expect(wait()["idle_cycles"]?.intValue == 5)
    // Of another agent nothing is known.
    #expect(small.json("mol", "await-signal", "--backoff-base", "2ms")["idle_cycles"]?.intValue == 1)
    // An issue remembers in its labels.
    let bead = try small.issue("ap", "Agent max")
    #expect(wait("--agent-bead", bead.rawValue)["timeout_ms"]?.intValue == 2)
    #expect(wait("--agent-bead", bead.rawValue)["timeout_ms"]?.intValue == 6)
    #expect(try small.issue(bead)?.labels == ["idle:2"])
    let channel = try ChannelEvents("ops", in: small.town)
    try channel.emit("go", [])
    let event = small.json(
      "mol", "await-event", "--channel", "ops", "--backoff-base", "2ms", "--agent-bead", bead.rawValue)
    #expect(event["idle_cycles"]?.intValue == 0)
    #expect(try small.issue(bead)?.labels == [])
  }

  @Test func aWaitThatWasBrokenOffGoesOnForTheRestOfItsTime() throws {
    let bead = try small.issue("ap", "Agent max") { draft in
      draft.labels = ["idle:3", "backoff-until:\(small.town.now.adding(seconds: 1))"]
    }
    let result = small.json(
      "mol", "await-signal", "--backoff-base", "1h", "--backoff-max", "9h", "--agent-bead", bead.rawValue)
    #expect((1...1000).contains(try #require(result["timeout_ms"]?.intValue)))
    #expect(result["idle_cycles"]?.intValue == 4)
  }

  @Test(
    "bad input changes nothing",
    arguments: [
      ["await-event", "--timeout", "1ms"], ["await-event", "--channel", "../x", "--timeout", "1ms"],
      ["await-event", "--channel", ".x"], ["await-signal", "--timeout", "soon"],
      ["await-signal", "--timeout", "0s"],
      ["await-signal", "--backoff-base", "-1s"], ["emit-event", "--channel", "ops"],
      ["emit-event", "--type", "x"],
      ["emit-event", "--channel", "ops", "--type", "x", "--payload", "=1"],
      ["emit-event", "--channel", "ops", "--type", ""], ["await-signal", "--agent-bead", "ap-none"],
    ])
  func badInput(words: [String]) throws {
    let result = small.run(nil, ["mol"] + words)
    #expect(result.status != 0)
    #expect(result.standardError.split(separator: "\n").count <= 2, "\(result.standardError)")
    #expect(!FileSystem.exists(small.town.path("events")))
  }

  @Test func aMessageTellsWhichStepsToFollow() throws {
    let work = try small.issue("ap", "Work")
    #expect(small.gt(as: "app/crew/max", "hook", work.rawValue).status == 0)
    func send(_ body: String) throws -> String {
      let sent = small.json("mail", "send", "app/crew/max", "-s", "Steps", "-m", body)
      return try #require(sent["id"]?.stringValue ?? sent[0]?["id"]?.stringValue, "\(sent)")
    }
    let plain = try send("Please hurry.")
    #expect(small.gt(as: "app/crew/max", "mol", "attach-from-mail", plain).status == 1)
    let good = try send("As agreed:\nattached_formula: mol-bug-fix\nattached_vars: severity=high, bug=ap-1")
    let done = small.gt(as: "app/crew/max", "mol", "attach-from-mail", good)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(Attachment(try #require(try small.issue(work))).formula == "mol-bug-fix")
    // Without work the message becomes the assignment, unless it cannot.
    #expect(small.gt(as: "app/crew/max", "unsling", work.rawValue, "--force").status == 0)
    let wrong = try send("attached_formula: no-such")
    #expect(small.gt(as: "app/crew/max", "mol", "attach-from-mail", wrong).status == 1)
    #expect(small.json(as: "app/crew/max", "hook", "show")["has_work"] == .bool(false))
    #expect(small.json(as: "app/crew/max", "mail", "inbox").arrayValue?.count == 3)
    let alone = small.gt(as: "app/crew/max", "mol", "attach-from-mail", good)
    #expect(alone.status == 0, "\(alone.standardError)")
    #expect(small.json(as: "app/crew/max", "mol", "status")["formula"]?.stringValue == "mol-bug-fix")
  }
}
