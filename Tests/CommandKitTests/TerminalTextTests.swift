import CommandKit
import Testing

@Suite struct TerminalTextTests {
  @Test func whatIsInterpolatedIsMadeSafe() {
    let title = "a\u{1B}[2J\nb"
    let text: TerminalText = "• \(title): \(7) \(multiline: "x\ny\u{07}")"
    #expect(text.plain == "• a␛[2J␊b: 7 x\ny␇")
    #expect(TerminalText(title).plain == "a␛[2J␊b")
    #expect(TerminalText(multiline: title).plain == "a␛[2J\nb")
  }

  @Test func stylesAppearOnlyWithColours() {
    let text: TerminalText = "\("bd-1", .bold) \(Style.red("x")) \(Style.bold.and(.red)("y"))"
    #expect(text.rendered(color: false) == "bd-1 x y")
    #expect(
      text.rendered(color: true) == "\u{1B}[1mbd-1\u{1B}[0m \u{1B}[31mx\u{1B}[0m \u{1B}[1;31my\u{1B}[0m")
    #expect(Style.plain("x").rendered(color: true) == "x")
    #expect(Style.bold("").rendered(color: true) == "")
    #expect(Style.plain.and(.dim) == .dim && Style.dim.and(.plain) == .dim)
  }

  @Test func stylesNest() {
    let inner: TerminalText = "a\("b", .red)"
    #expect(Style.bold(inner).rendered(color: true) == "\u{1B}[1ma\u{1B}[0m\u{1B}[1;31mb\u{1B}[0m")
    #expect((inner + "c").plain == "abc")
    #expect(inner.styled(.plain) == inner)
  }

  @Test func widthIgnoresStyles() {
    let text: TerminalText = "\("中文", .bold)x"
    #expect(text.displayWidth == 5)
    #expect(text.truncated(toWidth: 4).rendered(color: true) == "\u{1B}[1m中…\u{1B}[0m")
  }
}
