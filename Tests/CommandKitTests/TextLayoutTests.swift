import CommandKit
import Testing

@Suite struct DisplayWidthTests {
  static let widths: [(String, Int)] = [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("○◐●◇❄✓", 6), ("—…“”", 4), ("中文", 4), ("한국", 4),
    ("ｱ", 1), ("Ａ", 2),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("📌", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("❤", 1), ("❤️", 2), ("🇩🇪", 2),
    ("a\u{200B}b", 2),
    ("\u{1B}[1m", 3), ("क्ष", 2), ("ท่า", 2), ("\u{AD}", 1), ("｟ok｠", 6), ("〿", 1), ("䷀", 2), ("𠀀", 2), ("☝🏽", 2),
    ("1\u{200D}2", 2),
  ]

  @Test(arguments: widths) func counts(_ text: String, _ width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test func everyEmojiIsWideAndEveryMarkIsNot() {
    var wrong: [String] = []
    for value in UInt32(0x80)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value), !(0x1F1E6...0x1F1FF).contains(value) else { continue }
      let properties = scalar.properties
      if properties.isEmojiPresentation && !(0x1F3FB...0x1F3FF).contains(value) {
        if String(scalar).displayWidth != 2 { wrong.append(String(value, radix: 16)) }
      } else if properties.generalCategory == .nonspacingMark {
        if String(scalar).displayWidth != 0 { wrong.append(String(value, radix: 16)) }
      }
    }
    #expect(wrong.isEmpty)
  }

  @Test func isTheSumOverCharacters() {
    var random = SeededGenerator(seed: 3)
    let pieces = [
      "a", "é", "中", "👩", "\u{200D}", "👧", "🏽", "\u{FE0F}", "❤", "🇩", "🇪", "\u{301}", "한", "1", "क्", "ष",
    ]
    var wrong: [[String]] = []
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }
      .joined()
      let sum = text.reduce(0) { $0 + String($1).displayWidth }
      if text.displayWidth != sum { wrong.append(text.unicodeScalars.map { String($0.value, radix: 16) }) }
    }
    #expect(wrong.isEmpty)
  }
}

@Suite struct TextLayoutTests {
  static let cuts: [(String, Int, String)] = [
    ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("", 0, ""), ("中文字", 6, "中文字"),
    ("中文字", 5, "中文…"), ("中文字", 4, "中…"), ("中文字", 2, "…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ("👩‍👩‍👧xy", 3, "👩‍👩‍👧…"),
  ]

  @Test(arguments: cuts) func truncates(_ text: String, _ width: Int, _ cut: String) {
    #expect(text.truncated(toWidth: width) == cut)
    #expect(text.truncated(toWidth: width).displayWidth <= width)
    #expect(TerminalText(text).truncated(toWidth: width).plain == cut)
  }

  @Test func pads() {
    #expect("中".padded(toWidth: 4) == "中  ")
    #expect("中".padded(toWidth: 4, alignment: .right) == "  中")
    #expect("abcd".padded(toWidth: 2) == "abcd")
    let text: TerminalText = "\("x", .red)"
    #expect(text.padded(toWidth: 3).rendered(color: true) == "\u{1B}[31mx\u{1B}[0m  ")
  }

  @Test func wrapsAtBlanks() {
    #expect("one two three".wrapped(toWidth: 7) == ["one two", "three"])
    #expect("one  two".wrapped(toWidth: 80) == ["one two"])
    #expect("incomprehensible".wrapped(toWidth: 5) == ["incomprehensible"])
    #expect("a incomprehensible b".wrapped(toWidth: 5) == ["a", "incomprehensible", "b"])
    #expect("中文 中文 x".wrapped(toWidth: 6) == ["中文", "中文 x"])
    #expect("a\n\n  kept   as is\nb c".wrapped(toWidth: 2) == ["a", "", "  kept   as is", "b", "c"])
    #expect("".wrapped(toWidth: 10) == [""])
  }

  @Test func alignsColumns() {
    var table = Table([.init("ID"), .init("P", alignment: .right), .init("TITLE")])
    table.add("bd-1", "2", "Fix login")
    table.add("bd-中文", "10", "x")
    table.add("", "", "no id")
    table.add("short row")
    #expect(
      table.lines().map(\.plain) == [
        "ID          P  TITLE",
        "bd-1        2  Fix login",
        "bd-中文    10  x",
        "               no id",
        "short row",
      ])
    #expect(table.lines()[0].rendered(color: true).hasPrefix("\u{1B}[1mID\u{1B}[0m  "))
  }

  @Test func shrinksOnlyFlexibleColumns() {
    var table = Table([.init(), .init(isFlexible: true), .init(isFlexible: true)])
    table.add("0123456789abcdef", "short", "a title that is far too long for this line")
    #expect(table.lines(width: 45).map(\.plain) == ["0123456789abcdef  short  a title that is far…"])
    #expect(table.lines(width: 10).map(\.plain) == ["0123456789abcdef  short  a title…"])
    #expect(table.lines(width: 200).map(\.plain) == table.lines().map(\.plain))
    var even = Table([.init(isFlexible: true), .init(isFlexible: true)])
    even.add("aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb")
    #expect(even.lines(width: 26).map(\.plain) == ["aaaaaaaaaaa…  bbbbbbbbbbb…"])
  }
}
