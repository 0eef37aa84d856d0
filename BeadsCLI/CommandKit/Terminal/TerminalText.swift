/// Text that is safe to send to a terminal: whatever is interpolated into it passes ``terminalSafe(_:allowingNewlines:)``.
///
/// Literal parts are the program's own and stay as they are. Styles are kept apart from the characters, so
/// width is exact and a terminal without colours sees none.
///
///     let line: TerminalText = "\(id, .bold) \(title)"
///     output.print("Description\n\(multiline: issue.description)")
public struct TerminalText: Sendable, Equatable {
  struct Run: Sendable, Equatable {
    var text: String
    var style: Style
  }

  private(set) var runs: [Run] = []

  /// Empty text.
  public init() {}

  /// One line from data, made safe.
  public init(_ data: String, _ style: Style = .plain) {
    append(safe: terminalSafe(data), style)
  }

  /// Text from data in which line feeds and tabs stay.
  public init(multiline data: String, _ style: Style = .plain) {
    append(safe: terminalSafe(data, allowingNewlines: true), style)
  }

  /// Whether there is nothing to show.
  public var isEmpty: Bool { runs.isEmpty }

  /// The characters without their styles.
  public var plain: String {
    if runs.count == 1 { return runs[0].text }
    return runs.reduce(into: "") { $0 += $1.text }
  }

  /// The number of terminal columns it fills.
  public var displayWidth: Int { plain.displayWidth }

  /// Adds text after this.
  public mutating func append(_ other: TerminalText) {
    for run in other.runs { append(safe: run.text, run.style) }
  }

  /// One text after the other.
  public static func + (left: TerminalText, right: TerminalText) -> TerminalText {
    var result = left
    result.append(right)
    return result
  }

  /// Adds text after this.
  public static func += (left: inout TerminalText, right: TerminalText) { left.append(right) }

  /// The text with `style` added to all of it.
  public func styled(_ style: Style) -> TerminalText {
    guard style != .plain else { return self }
    var result = self
    for index in result.runs.indices { result.runs[index].style = style.and(result.runs[index].style) }
    return result
  }

  /// The bytes for the terminal, with escape sequences for the styles when `color` is set.
  public func rendered(color: Bool) -> String {
    guard color, runs.contains(where: { $0.style != .plain }) else { return plain }
    return runs.reduce(into: "") { result, run in
      if run.style == .plain {
        result += run.text
      } else {
        result += "\u{1B}[" + run.style.codes + "m" + run.text + "\u{1B}[0m"
      }
    }
  }

  /// Adds characters that are known to be harmless.
  mutating func append(safe text: String, _ style: Style) {
    if text.isEmpty { return }
    if let last = runs.indices.last, runs[last].style == style {
      runs[last].text += text
    } else {
      runs.append(Run(text: text, style: style))
    }
  }
}

extension TerminalText: ExpressibleByStringInterpolation {
  /// Makes text from the program's own characters.
  public init(stringLiteral value: String) { append(safe: value, .plain) }

  /// Makes text from literal and interpolated parts.
  public init(stringInterpolation interpolation: Interpolation) { self = interpolation.text }

  /// Collects the parts of an interpolated ``TerminalText``.
  public struct Interpolation: StringInterpolationProtocol {
    var text = TerminalText()

    /// Starts empty.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Adds the program's own characters.
    public mutating func appendLiteral(_ literal: String) { text.append(safe: literal, .plain) }

    /// Adds one line from data, made safe.
    public mutating func appendInterpolation(_ data: String, _ style: Style = .plain) {
      text.append(safe: terminalSafe(data), style)
    }

    /// Adds text from data, made safe; line feeds and tabs stay.
    public mutating func appendInterpolation(multiline data: String, _ style: Style = .plain) {
      text.append(safe: terminalSafe(data, allowingNewlines: true), style)
    }

    /// Adds text that is safe already.
    public mutating func appendInterpolation(_ part: TerminalText, _ style: Style = .plain) {
      text.append(part.styled(style))
    }

    /// Adds a value's description, made safe.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible, _ style: Style = .plain) {
      text.append(safe: terminalSafe(value.description), style)
    }
  }
}
