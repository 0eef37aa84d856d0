import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// The day of three agents in README.md: what they type and what they read, run with a fixed clock.
///
/// `ann$ bd ...` is a command of the agent ann; what follows is its output. At a line that begins with `#`, eleven
/// minutes pass. UPDATE_TRANSCRIPTS=1 writes what is printed now.
@Suite struct ReadmeDayTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("README.md")

  @Test func threeAgentsShareAStore() throws {
    let readme = try String(contentsOf: Self.file, encoding: .utf8)
    let parts = readme.components(separatedBy: "```console\n")
    try #require(parts.count == 2)
    let golden = try #require(parts[1].components(separatedBy: "```").first)
    let project = try TestProject(step: 0)
    var printed: [String] = []
    for line in golden.split(separator: "\n").map(String.init) {
      if line.hasPrefix("#") {
        project.advance(seconds: 660)
        printed.append(line)
      }
      guard let prompt = line.range(of: "$ bd "), !line[..<prompt.lowerBound].contains(" ") else { continue }
      project.environment.variables["BD_ACTOR"] = String(line[..<prompt.lowerBound])
      printed.append(line)
      printed += Transcript.run(Transcript.words(line[prompt.lowerBound...].dropFirst(2)), project)
    }
    let text = printed.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      let rest = parts[1].dropFirst(golden.count)
      try (parts[0] + "```console\n" + text + rest).write(to: Self.file, atomically: true, encoding: .utf8)
    } else {
      #expect(text == golden, "the day in README.md differs; UPDATE_TRANSCRIPTS=1 shows how")
    }
  }
}
