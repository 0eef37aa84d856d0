import BeadsKit
import Foundation
import GasTownKit
import Testing

/// The town in README.md: what is typed and what is read, run with the real program and scripted agents in tmux.
///
/// At a line that begins with `#` the agents that run are waited for. IDs, times and commits differ with each run and
/// are not compared. UPDATE_TRANSCRIPTS=1 writes what is printed now.
@Suite("The town of the README") struct ReadmeTownTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("README.md")

  /// The issue whose agent dies half-way.
  private static let scripts = [
    "printer.txt": """
    write printer.txt half
    commit Half a printer
    checkpoint implement half of it
    leave rest.txt the other half
    sleep 2s
    once crash
    commit The other half
    done
    """
  ]

  @Test func threeAgentsOneOfWhichDies() throws {
    let readme = try String(contentsOf: Self.file, encoding: .utf8)
    let parts = readme.components(separatedBy: "```shell-session\n")
    try #require(parts.count == 2)
    let golden = try #require(parts[1].components(separatedBy: "```").first)
    let live = try LiveTown("tmux")
    try live.town.makeOrigin("app", files: ["test.sh": "true\n"])
    var ids: [String: String] = [:]
    var printed: [String] = []
    for line in golden.split(separator: "\n").map(String.init) {
      if line.hasPrefix("#") {
        try waitForAgents(live)
        printed.append(line)
      }
      guard line.hasPrefix("$ ") else { continue }
      // The IDs of this run in place of those in the text.
      let typed = ids.reduce(line) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
      printed.append(typed)
      let words = ShellWords(typed.dropFirst(2)).words
      let output = try words[0] == "bd" ? create(words, live) : run(words, live)
      printed += output.split(separator: "\n").map(String.init)
      if words.dropFirst().prefix(2).contains("create") {
        for id in Self.ids(in: output) where !ids.values.contains(id) {
          if let known = Self.ids(in: golden).first(where: {
            ids[$0] == nil && Self.kind($0) == Self.kind(id)
          }) {
            ids[known] = id
          }
        }
      }
    }
    let text = printed.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      let rest = parts[1].dropFirst(golden.count)
      try (parts[0] + "```shell-session\n" + text + rest).write(
        to: Self.file, atomically: true, encoding: .utf8)
    } else {
      #expect(Self.comparable(text) == Self.comparable(golden), "UPDATE_TRANSCRIPTS=1 shows how it differs")
    }
  }

  private func create(_ words: [String], _ live: LiveTown) throws -> String {
    try #require(words.starts(with: ["bd", "create"]))
    let id = try live.town.makeIssue(words[2])
    if let file = words.last, let script = Self.scripts[file] {
      let lines = script.split(separator: "\n").map { "scripted: \($0)" }.joined(separator: "\n")
      let ledgers = live.town.ledgers()
      defer { ledgers.close() }
      try ledgers.store(for: id).write("update") { tx throws(BeadsError) in
        try tx.update(id) { $0.description = lines }
      }
    }
    return id.rawValue
  }

  private func run(_ words: [String], _ live: LiveTown) throws -> String {
    let result = try Subprocess(
      [LiveTown.program()] + words.dropFirst(), directory: live.town.root,
      variables: live.town.environment.variables, timeout: .seconds(60)
    ).run()
    let above = Path.directory(of: live.town.root)
    try #require(result.succeeded, "\(words): \(result.errorText)")
    return result.text.replacingOccurrences(of: above, with: "/home/ann")
  }

  private func waitForAgents(_ live: LiveTown) throws {
    try eventually(within: 60, "the agents finish or die") {
      try live.town.database().openSessions().allSatisfy { $0.process?.isAlive == false }
        && live.launcher().sessions.inventory().allSatisfy(\.isDead)
    }
  }

  /// The issues and convoys that a text names, in order.
  private static func ids(in text: String) -> [String] {
    var found: [String] = []
    for match in text.matches(of: /\b(app|hq-cv)-[a-z0-9]{3,5}\b/) where !found.contains(String(match.0)) {
      found.append(String(match.0))
    }
    return found
  }

  private static func kind(_ id: String) -> String {
    String(id.split(separator: "-").dropLast().joined(separator: "-"))
  }

  private static func comparable(_ text: String) -> String {
    var text = text
    for (pattern, sign) in [
      (#"\b(app|hq)(-cv|-wisp)?-[a-z0-9]{3,5}\b"#, "ID"), (#"@[0-9a-z]+"#, "@T"),
      (#"\b[0-9a-f]{7}\b"#, "COMMIT"),
      (#"\b[0-9]+s\b"#, "AGE"), (#"\b[0-9-]{10} [0-9:]{8}\b"#, "TIME"), (#" +"#, " "),
    ] {
      text = text.replacingOccurrences(of: pattern, with: sign, options: .regularExpression)
    }
    return text
  }
}
