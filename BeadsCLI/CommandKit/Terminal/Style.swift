/// How text looks on a terminal that shows colours; without colours it changes nothing.
///
///     output.print("\(Style.bold(issue.id)) \(issue.title, .dim)")
public struct Style: Sendable, Hashable {
  /// The parameters between `ESC [` and `m`, empty for plain text.
  let codes: String

  /// Text as the terminal shows it by default.
  public static let plain = Style(codes: "")
  /// Heavy type.
  public static let bold = Style(codes: "1")
  /// Faint type.
  public static let dim = Style(codes: "2")
  /// Underlined.
  public static let underline = Style(codes: "4")
  /// Red, for errors.
  public static let red = Style(codes: "31")
  /// Green, for success.
  public static let green = Style(codes: "32")
  /// Yellow, for warnings.
  public static let yellow = Style(codes: "33")
  /// Blue.
  public static let blue = Style(codes: "34")
  /// Magenta.
  public static let magenta = Style(codes: "35")
  /// Cyan.
  public static let cyan = Style(codes: "36")
  /// Gray.
  public static let gray = Style(codes: "90")

  /// Both styles at once.
  public func and(_ other: Style) -> Style {
    if codes.isEmpty { return other }
    return other.codes.isEmpty ? self : Style(codes: codes + ";" + other.codes)
  }

  /// Text from data, made safe, in this style.
  public func callAsFunction(_ text: String) -> TerminalText { TerminalText(text, self) }

  /// The text with this style added to all of it.
  public func callAsFunction(_ text: TerminalText) -> TerminalText { text.styled(self) }
}
