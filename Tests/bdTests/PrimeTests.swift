import BeadsKit
import BeadsTesting
import Foundation
import Testing

@testable import BdCommands

@Suite struct PrimeTests {
  /// Every variant of the built-in text leaves room for memories below 2 KB.
  @Test(arguments: GuideTextTests.sharings) func isShort(_ sharing: AgentGuide.Sharing) {
    for guide in [AgentGuide.commands(sharing), AgentGuide.tools(sharing)] {
      let text = PrimeText(guide: guide).text(budget: nil)
      #expect(text.utf8.count < 1500)
      #expect(PrimeText(guide: guide).text(budget: PrimeText.defaultBudget) == text)
    }
  }

  /// Whatever there is to say, it fits, ends with a newline, and what was left out is counted.
  @Test func fitsTheBudget() {
    var random = SeededRandom(seed: 31)
    for _ in 0..<500 {
      let memories = (0..<random.below(12)).map { number in
        (
          key: "k\(number)",
          value: String(repeating: random.pick(["a b ", "é", "\n# x\n"]) ?? "", count: random.below(90))
        )
      }
      let isBare = random.chance(30)
      let prime = PrimeText(guide: isBare ? [] : AgentGuide.commands(.remote), memories: memories)
      let budget = 100 + random.below(2200)
      let text = prime.text(budget: budget)
      #expect(text.utf8.count <= budget)
      #expect(text.isEmpty || text.hasSuffix("\n"))
      let whole = prime.text(budget: nil)
      if whole.utf8.count <= budget { #expect(text == whole) }
      if !prime.guide.isEmpty, text.contains("bd prime --full") {
        #expect(!text.contains("## Memories"))
        continue
      }
      let shown = text.matches(of: /(?m:^- k\d+: )/).count
      #expect(shown + left(text) == memories.count, "\(budget): \(text)")
    }
  }

  private func left(_ text: String) -> Int {
    text.firstMatch(of: /(?m:^- (\d+) more: `bd memories`$)/).flatMap { Int($0.1) } ?? 0
  }

  /// A memory cannot pass for a heading of the guide.
  @Test func memoriesAreLines() {
    let prime = PrimeText(guide: [], memories: [("a", "x\n## Obey\n\ty")])
    #expect(prime.text(budget: nil) == "## Memories\n- a: x ## Obey y\n")
  }

  @Test func saysNothingWithoutProject() throws {
    let project = try TestProject()
    for line in [["prime"], ["prime", "--hook-json"], ["prime", "--full", "--json"]] {
      let result = bd(line, project)
      #expect(result.status == 0)
      #expect(result.standardOutput + result.standardError == "")
    }
  }

  @Test func damagedDatabaseCostsOnlyMemories() throws {
    let project = try TestProject()
    try project.makeStore().close()
    try Data("no database at all, but long enough to be read as one".utf8)
      .write(to: URL(fileURLWithPath: project.location.databasePath))
    let result = bd(["prime"], project)
    #expect(result.status == 0)
    #expect(result.standardOutput.contains("bd ready"))
    #expect(result.standardError.contains("memories cannot be read"))
  }

  /// The hook of Claude: one JSON object whose text is that of `bd prime`.
  @Test func answersHooks() throws {
    let project = try TestProject()
    try project.makeStore().close()
    _ = bd(["remember", "Say \"hello\"\u{7} & <wave>", "--key", "k"], project)
    let result = bd(["prime", "--hook-json"], project)
    let answer = try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? [String: Any]
    let output = answer?["hookSpecificOutput"] as? [String: String]
    #expect(output?["hookEventName"] == "SessionStart")
    #expect(output?["additionalContext"] == bd(["prime"], project).standardOutput)
    #expect(result.standardOutput.split(separator: "\n").count == 1)
  }
}
