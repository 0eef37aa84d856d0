import BeadsKit
import Testing

@Suite("Lines for a shell")
struct ShellWordsTests {
  @Test(
    "are split as a shell splits them",
    arguments: [
      ("", []), ("  make \t lint ", ["make", "lint"]), ("a'b'\"c\"d", ["abcd"]), ("''", [""]),
      ("echo \"a b\" '' 'c\"d'", ["echo", "a b", "", "c\"d"]), (#"a\ b \" \\"#, ["a b", "\"", #"\"#]),
      (#""\d \$x \" \\""#, [#"\d $x " \"#]), ("'\\'", ["\\"]), ("a\\\nb", ["ab"]),
      (#"$'a\tb\'' x$'\n'"#, ["a\tb'", "x\n"]), ("$x '$'", ["$x", "$"]), ("a#b # c '", ["a#b"]),
      ("é\u{301} 'ß x'", ["é\u{301}", "ß x"]),
    ] as [(String, [String])])
  func words(line: String, words: [String]) {
    let split = ShellWords(line)
    #expect(split.words == words)
    #expect(split.unfinished == nil)
  }

  @Test func signsOutsideOfQuotesStandAlone() {
    let split = ShellWords("a|'b|c'\r\n\\|d", signs: "|\n")
    #expect(split.tokens == [.word("a"), .sign("|"), .word("b|c\r"), .sign("\n"), .word("|d")])
  }

  @Test func plainLinesKnowOnlyOneQuote() {
    #expect(ShellWords(#"don't "a \d b" \"x"#, isPlain: true).words == ["don't", "a d b", "\"x"])
  }

  @Test(
    "tell what they lack",
    arguments: [
      ("echo 'x", .quote), ("\"", .quote), ("echo \\", .backslash), ("\"a\\", .backslash),
    ] as [(String, ShellWords.Unfinished)])
  func unfinished(line: String, lacks: ShellWords.Unfinished) {
    #expect(ShellWords(line).unfinished == lacks)
  }
}
