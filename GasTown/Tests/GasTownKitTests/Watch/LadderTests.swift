import BeadsKit
import Testing

@testable import GasTownKit

/// An agent in imagined time: the watcher looks every ten seconds, and the agent does what the case says.
private struct Imagined {
  static let second: Int64 = 1_000_000_000
  static let start: Int64 = 1_800_000_000 * second
  static let nux = AgentAddress("app/polecats/nux")

  var ladder = Ladder("20s nudge, 15m look, 30m nudge-urgent, 40m restart, 50m escalate, 80m release")
  /// What it does in the ten seconds before a look, given the second and that of the last step.
  var does: (_ second: Int64, _ sinceStep: Int64?) -> Evidence.Signs = { _, _ in Evidence.Signs() }
  /// When the daemon ends, and when the next one starts.
  var outages: [Range<Int64>] = []

  /// The steps that are taken, with the minute (or second, for the first minute) of each.
  func steps(hours: Int64) throws -> [String] {
    let ladder = try #require(ladder)
    let nux = try #require(Self.nux)
    let session = SessionRecord.imagined(of: nux, at: Self.start)
    var mind: Mind?
    var saved: Climb?
    var evidence = Evidence()
    var steps: [String] = []
    var lastStep: Int64?
    for second in stride(from: Int64(0), through: hours * 3600, by: 10) {
      let now = Self.start + second * Self.second
      let signs = does(second, lastStep.map { second - $0 })
      if !signs.words.isEmpty { evidence.output = now }
      if signs.isCertain { evidence.heartbeat = now }
      if signs.isResult { evidence.commit = now }
      if outages.contains(where: { $0.contains(second) }) {
        mind = nil
        continue
      }
      var present = try mind ?? Mind(evidence, session, saved, bead: try IssueID("app-1"), at: now)
      present.look(evidence, at: now)
      if let action = present.climb.due(on: ladder, at: now, activeAt: present.activeAt) {
        steps.append("\(second < 60 ? "\(second)s" : "\(second / 60)m") \(action.rawValue)")
        lastStep = second
      }
      // What is kept is what a next daemon reads.
      saved = present.climb.isUntouched ? nil : present.climb
      mind = present
    }
    return steps
  }
}

extension SessionRecord {
  fileprivate static func imagined(of address: AgentAddress, at time: Int64) -> SessionRecord {
    SessionRecord(
      id: 1, address: address, name: "app-nux", backend: "tmux", runtime: "scripted", process: nil,
      nonce: "n",
      bead: "app-1", startedAt: time, endedAt: nil, ending: nil, exitStatus: nil, readyAt: nil)
  }
}

@Suite("The ladder")
struct LadderTests {
  private static let printed = Evidence.Signs(words: ["printed something"])
  private static let called = Evidence.Signs(words: ["called gt"], isCertain: true)
  private static let committed = Evidence.Signs(words: ["committed"], isCertain: true, isResult: true)
  private static let whole = [
    "20s nudge", "15m look", "30m nudge-urgent", "40m restart", "50m escalate", "80m release",
  ]

  @Test func whoDoesNothingIsTakenThroughTheWholeLadderOnce() throws {
    #expect(try Imagined().steps(hours: 6) == Self.whole)
  }

  /// What a reminder or a restart brings about is no progress.
  @Test func answersToStepsAreNoProgress() throws {
    let agent = Imagined(does: { _, sinceStep in
      sinceStep.map { $0 <= 100 } ?? false ? Self.called : Evidence.Signs()
    })
    #expect(try agent.steps(hours: 6) == Self.whole)
  }

  @Test(
    arguments: [
      [60..<120], [60..<70, 930..<990, 1790..<1850, 2410..<2470], [0..<10, 2000..<2100, 2990..<3010],
    ] as [[Range<Int64>]])
  func theEndOfADaemonChangesNothing(_ outages: [Range<Int64>]) throws {
    let steps = try Imagined(outages: outages).steps(hours: 6)
    #expect(steps.map { $0.split(separator: " ")[1] } == Self.whole.map { $0.split(separator: " ")[1] })
    #expect(steps.last == "80m release" || steps.last == "81m release")
  }

  /// A daemon that did not run for a night does not take all steps at once.
  @Test func stepsKeepTheirDistance() throws {
    let steps = try Imagined(outages: [100..<28_800]).steps(hours: 12)
    #expect(
      steps == [
        "20s nudge", "480m look", "495m nudge-urgent", "505m restart", "515m escalate", "545m release",
      ])
  }

  @Test func whoWorksIsLeftAlone() throws {
    let steps = try Imagined(does: { second, _ in second % 20 == 0 ? Self.printed : Evidence.Signs() })
      .steps(hours: 10)
    #expect(steps.isEmpty)
  }

  @Test func aResultBeginsTheLadderAnew() throws {
    let agent = Imagined(does: { second, _ in second == 45 * 60 ? Self.committed : Evidence.Signs() })
    #expect(
      try agent.steps(hours: 4) == [
        "20s nudge", "15m look", "30m nudge-urgent", "40m restart", "45m nudge", "60m look",
        "75m nudge-urgent", "85m restart", "95m escalate", "125m release",
      ])
  }

  /// An agent that reads and prints for ten minutes after each session's start and gets nothing done is restarted once.
  @Test func activityWithoutResultForgetsNoStrongStep() throws {
    let agent = Imagined(does: { second, sinceStep in
      (2410..<3010).contains(second) ? Self.printed : Evidence.Signs()
    })
    let steps = try agent.steps(hours: 4)
    #expect(
      steps == [
        "20s nudge", "15m look", "30m nudge-urgent", "40m restart", "50m nudge", "65m look",
        "80m nudge-urgent", "100m escalate", "130m release",
      ])
  }

  /// An agent that answers each reminder with minutes of talk is not reminded for ever.
  @Test func talkDoesNotKeepTheLadderDown() throws {
    let agent = Imagined(does: { _, sinceStep in
      sinceStep.map { $0 <= 240 } ?? false ? Self.printed : Evidence.Signs()
    })
    let steps = try agent.steps(hours: 6)
    #expect(steps.count { $0.hasSuffix("nudge") } == Climb.revivalLimit + 1)
    #expect(steps.last?.hasSuffix("release") == true)
  }

  @Test func remindersAreAtLeastTwentySecondsOfSilenceAway() throws {
    #expect(
      try Imagined(does: { second, _ in second < 3600 ? Self.printed : Evidence.Signs() })
        .steps(hours: 1).isEmpty)
    #expect(try Imagined(ladder: Ladder("none")).steps(hours: 6).isEmpty)
    #expect(
      try Imagined(ladder: Ladder("0s escalate, 1h release")).steps(hours: 2) == [
        "0s escalate", "60m release",
      ])
  }

  @Test(arguments: [
    ("none", 0), ("30s nudge", 1), ("30s nudge, 30m nudge-urgent,1h release", 3), ("1h30m look", 1),
  ]) func isReadFromText(_ text: String, _ count: Int) { #expect(Ladder(text)?.rungs.count == count) }

  @Test(arguments: [
    "", "nudge", "30s", "30s jump", "30s nudge 40s look", "40m restart, 30m nudge", "-1s nudge",
  ])
  func otherTextsAreRefused(_ text: String) { #expect(Ladder(text) == nil) }

  @Test func everyLadderOfTheSettingsCanBeRead() {
    for key in Ladder.settings { #expect(Ladder(key.defaultValue ?? "") != nil, "\(key.name)") }
  }

  @Test func whoAPersonKeepsIsNotEnded() throws {
    let ladder = try #require(Ladder("0s restart, 20m escalate, 1h release")).forKeptAgents
    #expect(ladder.rungs.map(\.action) == [.escalate])
  }
}
