import BeadsKit
import Testing

@testable import GasTownKit

@Suite("What screens tell")
struct ScreenTests {
  private static let claude = Runtime.presets[0].allSigns
  /// What claude draws below its messages.
  private static let input = """

    ╭──────────────────────────────────────────────╮
    │ ❯                                            │
    ╰──────────────────────────────────────────────╯
      ? for shortcuts
    """

  @Test(
    arguments: [
      ("● Done. The tests pass.", nil),
      ("  ⎿  5-hour limit reached ∙ resets 3pm\n     /upgrade to increase your usage limit.", .limited),
      ("You've hit your limit · resets 5pm (UTC)", .limited),
      ("Claude usage limit reached. Your limit will reset at 3pm (America/Santiago).", .limited),
      ("■ You've hit your usage limit. Upgrade to Pro or try again in 3 days 5 hours.", .limited),
      ("● Context limit reached · /compact or /clear to continue", .exhausted),
      ("  Context low (0% remaining) · Run /compact to compact & continue", .exhausted),
      ("  ⎿ API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}", .failing),
      ("  Do you want to proceed?\n  ❯ 1. Yes\n    2. No, and tell Claude what to do differently", .question),
      (
        "  ⎿ API Error (Connection error.) · Retrying in 4 seconds… (attempt 3/10)\n✻ Thinking… (esc to interrupt)",
        .working
      ),
      (
        "You've hit your limit · resets 5pm (UTC)\n" + (1...9).map { "● line \($0)" }.joined(separator: "\n"),
        nil
      ),
    ] as [(String, ScreenSign.Meaning?)])
  func theirEndIsUnderstood(_ text: String, _ meaning: ScreenSign.Meaning?) {
    #expect(ScreenReading(text + Self.input, Self.claude)?.meaning == meaning)
    #expect(ScreenReading("$ ls\nfile\n" + text, Self.claude)?.meaning == meaning)
  }

  @Test func aLineIsShownWithoutItsFrame() {
    let screen = "│ Do you want to proceed? │\n│ ❯ 1. Yes │\n│   2. No  │"
    let reading = ScreenReading(screen, Self.claude)
    #expect(reading?.line == "❯ 1. Yes")
    #expect(reading?.excerpt == "Do you want to proceed?\n❯ 1. Yes\n2. No")
  }

  @Test func everySignOfEveryAgentFindsItself() {
    for runtime in Runtime.presets {
      for sign in runtime.signs {
        let line = sign.text.split(separator: "*").joined(separator: " more ")
        #expect(ScreenReading(line.uppercased(), runtime.allSigns)?.meaning == sign.meaning, "\(sign.text)")
      }
    }
  }

  @Test(
    arguments: [
      ("Your limit resets at 5pm (UTC).", "2026-03-04T17:00:00Z"),
      ("resets 11am (UTC)", "2026-03-05T11:00:00Z"),
      ("resets Mar 9, 10:30am (UTC)", "2026-03-09T10:30:00Z"),
      ("resets Jan 2 at 8am (UTC)", "2027-01-02T08:00:00Z"),
      ("try again at 19:31 UTC", "2026-03-04T19:31:00Z"),
      ("resets 12am (UTC)", "2026-03-05T00:00:00Z"),
      ("Please try again in 20s.", "2026-03-04T12:00:20Z"),
      ("try again in 3 days 5 hours 12 minutes", "2026-03-07T17:12:00Z"),
      ("Please wait for your limit to reset in 22 minutes", "2026-03-04T12:22:00Z"),
      ("retry after 30 seconds", "2026-03-04T12:00:30Z"),
      ("retry-after: 120s", "2026-03-04T12:02:00Z"),
      ("your limit was reset", nil), ("limit reached at 5pm", nil), ("resets soon", nil),
      ("resets 25:00 (UTC)", nil), ("resets 17", nil),
    ] as [(String, String?)])
  func theEndOfALimitIsRead(_ text: String, _ expected: String?) throws {
    let now = try #require(Timestamp("2026-03-04T12:00:00Z"))
    #expect(ResetTime.find(in: text, now: now) == expected.flatMap { Timestamp($0) })
  }

  /// A limit whose end is over is still on the screen of an agent that does nothing.
  @Test func aLimitThatIsOverIsNotTakenForThatOfTheNextDay() throws {
    let reading = try #require(ScreenReading("limit reached ∙ resets 5pm (UTC)", Self.claude))
    var climb = Climb(bead: try IssueID("app-1"), since: 0)
    climb.limit(reading, at: try #require(Timestamp("2026-03-04T12:00:00Z")), standard: 1)
    #expect(climb.finding == .limited)
    let end = try #require(climb.until)
    climb.find(.idle, since: end)
    climb.until = end
    climb.limit(reading, at: Timestamp(unixNanoseconds: end), standard: 1)
    #expect(climb.finding == .idle)
    climb.limit(
      try #require(ScreenReading("limit reached ∙ resets 10pm (UTC)", Self.claude)),
      at: Timestamp(unixNanoseconds: end), standard: 1)
    #expect(climb.finding == .limited)
  }
}
