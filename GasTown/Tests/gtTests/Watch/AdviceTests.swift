import BeadsKit
import Testing

@testable import GasTownKit

/// A program that is asked before a strong step.
@Suite("The adviser", .serialized)
struct AdviceTests {
  private let watched: WatchTown

  init() throws { watched = try WatchTown() }

  /// Ticks until somebody was asked and has answered.
  private func steps(_ script: String, ladder: String = "1m restart, 2m escalate", seconds: Int64 = 150)
    throws
    -> [Decision]
  {
    let town = watched.town
    try town.write("adviser", "#!/bin/sh\n\(script)\n")
    try FileSystem.setMode(town.town.path("adviser"), 0o755)
    try town.write(
      "settings/config.json",
      """
      {"default_agent": "scripted", "ladder": {"polecat": "\(ladder)"},
       "advisor": {"command": ["\(town.town.path("adviser"))"], "deadline": "1s", "per_hour": 2}}
      """)
    let (_, agent) = try watched.give(["wait for ever"])
    let watcher = try watched.watcher()
    for _ in 0..<(seconds / 11) {
      watched.forward(seconds: 11)
      watcher.tick()
      try eventually(within: 20, "the adviser has answered or was given up") {
        watcher.looks.advice.values.allSatisfy { $0.state != .asked }
      }
    }
    return try watched.decisions(agent).reversed()
  }

  @Test func mayWait() throws {
    let found = try steps(
      #"cat > question.json; echo '{"action": "wait", "reason": "it compiles"}'"#, seconds: 100)
    #expect(found.map(\.action).first == "it said: wait")
    #expect(found.first?.evidence == "it compiles")
    #expect(!found.contains { $0.action == "session ended, to be started again" })
    let question = try #require(JSONValue(parsing: try watched.town.text("question.json")))
    #expect(question["proposed"]?.stringValue == "restart" && question["screen"]?.stringValue != nil)
    #expect(question["allowed"]?.arrayValue?.count == Ladder.Action.allCases.count + 1)
  }

  @Test func mayChooseAnotherStep() throws {
    let found = try steps(#"echo '{"action": "nudge", "reason": "ask it first"}'"#, seconds: 100)
    #expect(found.map(\.action) == ["it said: nudge", "nudged"])
  }

  @Test(arguments: [
    "exit 3", "echo hello", #"echo '{"action": "rm -rf"}'"#, "sleep 60", #"echo '{"action": 7}'"#,
  ]) func whateverElseItDoesTheLadderGoesOn(_ script: String) throws {
    let found = try steps(script, seconds: 100).map(\.action)
    #expect(found.first == "done without it")
    #expect(found.contains("session ended, to be started again"))
  }

  @Test func isAskedSoOftenAndNoMore() throws {
    let found = try steps(
      #"echo x >> asked; echo '{"action": "wait"}'"#,
      ladder: "1m escalate, 2m restart, 3m release", seconds: 280)
    #expect(try watched.town.text("asked") == "x\nx\n")
    #expect(
      found.last?.action == "its work was taken back"
        || found.contains { $0.action == "its work was taken back" })
  }
}
