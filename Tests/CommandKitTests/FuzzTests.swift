import CommandKit
import Testing

/// Random command lines, from words that mean something and from noise.
@Suite struct FuzzTests {
  static let vocabulary = [
    "create", "new", "show", "list", "dep", "add", "rm", "tree", "comments", "mail", "help", "completion",
    "bash",
    "ci", "bogus", "crate", "--", "-", "", "--json", "--json=false", "--json=x", "-q", "-h", "--help", "-V",
    "--title", "--title=x", "--title=", "-t", "bug", "-tbug", "-t=bug", "--type=task", "-p", "-p1", "-p=9",
    "3",
    "-1", "--limit", "--limit=5", "-n", "-rqn5", "-rq", "-l", "a,b", "--tag", "--tree", "false", "true",
    "--tree=no",
    "--actor", "-C", "-C=", "--no-daemon", "--mode", "off", "--all", "--doc", "--list", "é", "-é", "--é=x",
    "👩‍👧",
    "\u{301}", "--\u{301}", "-\u{301}", "x=y", "--=", "---", "=", "\u{1B}[2J", "bd-1", "a b", "--body", "\0",
  ]

  private func line(_ random: inout SeededGenerator) -> [String] {
    (0..<Int.random(in: 0...8, using: &random)).map { _ in
      if Int.random(in: 0..<8, using: &random) > 0 {
        return Self.vocabulary.randomElement(using: &random) ?? ""
      }
      let scalars: [Unicode.Scalar] = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        ["-", "-", "=", "j", "q", "n", "5", ",", " ", "é", "\u{202E}", "\u{7F}"].randomElement(using: &random)
          ?? "-"
      }
      return String(String.UnicodeScalarView(scalars))
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func parsingIsTotalAndStable(seed: UInt64) throws {
    let runner = CommandRunner(SampleTool.root)
    var random = SeededGenerator(seed: seed)
    var understood = 0
    var unstable: [[String]] = []
    for _ in 0..<1000 {
      let line = line(&random)
      guard let arguments = try? runner.parse(line) else { continue }
      understood += 1
      let canonical = arguments.commandLine
      let again = try runner.parse(canonical)
      if again.commandLine != canonical || again.commandPath != arguments.commandPath
        || again.positionals != arguments.positionals
      {
        unstable.append(line)
      }
    }
    #expect(unstable.isEmpty)
    #expect(understood > 50)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func everyRunEndsInOrder(seed: UInt64) {
    var random = SeededGenerator(seed: seed &* 7919)
    var disorderly: [[String]] = []
    for _ in 0..<150 {
      let line = line(&random)
      let run = SampleTool.run(line)
      let failed = run.status != 0
      let inOrder =
        (run.status == 0 || run.status == 1) && run.stderr.hasPrefix("Error: ") == failed
        && run.stderr.utf8.filter { $0 == 0x0A }.count <= 2
        && !run.stderr.utf8.contains { $0 < 0x20 && $0 != 0x0A }
        && (!failed || run.stdout.isEmpty || run.stdout.hasPrefix("{\n"))
      if !inOrder { disorderly.append(line) }
    }
    #expect(disorderly.isEmpty)
  }
}
