import CommandKit
import Testing

@Suite struct SanitizerTests {
  static let lines: [(String, String)] = [
    ("", ""),
    ("plain text", "plain text"),
    ("naïve — “quoted” ✓ 📌 中文", "naïve — “quoted” ✓ 📌 中文"),
    ("\u{1B}[31mred\u{1B}[0m", "␛[31mred␛[0m"),
    ("\u{1B}]0;title\u{07}", "␛]0;title␇"),
    ("\u{1B}]8;;http://x\u{1B}\\link", "␛]8;;http://x␛\\link"),
    ("\0\u{08}\u{7F}", "␀␈␡"),
    ("a\nb\tc\r\n", "a␊b␉c␍␊"),
    ("\u{9B}31m", "\\u{9B}31m"),
    ("\u{80}\u{9F}", "\\u{80}\\u{9F}"),
    ("user\u{202E}gpj.exe", "user\\u{202E}gpj.exe"),
    ("\u{202A}\u{202B}\u{202C}\u{202D}", "\\u{202A}\\u{202B}\\u{202C}\\u{202D}"),
    ("\u{2066}\u{2067}\u{2068}\u{2069}", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}"),
    ("\u{200E}\u{200F}\u{61C}", "\\u{200E}\\u{200F}\\u{61C}"),
    ("a\u{200B}b\u{FEFF}c\u{2060}d\u{AD}e", "a\\u{200B}b\\u{FEFF}c\\u{2060}d\\u{AD}e"),
    ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"),
    ("a\u{E0041}b", "a\\u{E0041}b"),
    ("x\u{3164}y\u{115F}z", "x\\u{3164}y\\u{115F}z"),
    // Joiners: kept inside emoji and scripts that need them, shown between ASCII and at the ends.
    ("👩\u{200D}👧", "👩\u{200D}👧"),
    ("می\u{200C}خواهم", "می\u{200C}خواهم"),
    ("ad\u{200D}min", "ad\\u{200D}min"),
    ("\u{200D}", "\\u{200D}"),
    ("é\u{200D}\u{202E}", "é\\u{200D}\\u{202E}"),
    ("e\u{301}", "e\u{301}"),
    ("❤️", "❤️"),
  ]

  @Test(arguments: lines) func makesOneLineHarmless(_ text: String, _ safe: String) {
    #expect(Array(terminalSafe(text).unicodeScalars) == Array(safe.unicodeScalars))
    #expect(terminalSafe(safe) == safe)
  }

  @Test func keepsLineFeedsAndTabsOnlyWhenAsked() {
    #expect(terminalSafe("a\r\nb\tc\rd\n\u{1B}", allowingNewlines: true) == "a\nb\tc␍d\n␛")
    #expect(terminalSafe("a\nb", allowingNewlines: true) == "a\nb")
    #expect(terminalSafe("a\nb") == "a␊b")
  }

  @Test func nothingHarmfulPassesAnywhere() {
    var random = SeededGenerator(seed: 5)
    let pieces: [Unicode.Scalar] = [
      "a", " ", "\n", "\r", "\t", "\u{1B}", "\u{7F}", "\u{85}", "\u{200D}", "\u{200C}", "\u{202E}", "é", "👩",
      "中",
      "\u{2028}", "\u{FEFF}", "\u{E0020}", "\u{AD}", "\u{301}",
    ]
    var harmful: [String] = []
    for _ in 0..<3000 {
      let scalars = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? "a"
      }
      let text = String(String.UnicodeScalarView(scalars))
      let safe = terminalSafe(text)
      let lines = terminalSafe(text, allowingNewlines: true)
      if safe.unicodeScalars.contains(where: isHarmful) || terminalSafe(safe) != safe
        || lines.unicodeScalars.contains(where: { isHarmful($0) && $0 != "\n" && $0 != "\t" })
      {
        harmful.append(text.debugDescription)
      }
    }
    #expect(harmful.isEmpty)
  }

  private func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\u{200D}" || scalar == "\u{200C}" { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}
