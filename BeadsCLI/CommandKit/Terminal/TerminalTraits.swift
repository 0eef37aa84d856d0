/// What an output stream can show.
public struct TerminalTraits: Sendable, Equatable {
  /// Whether a person may be reading: the stream is a terminal.
  public var isTerminal: Bool
  /// The number of columns; 80 when unknown.
  public var width: Int
  /// Whether escape sequences for colours are welcome.
  public var usesColor: Bool

  /// Makes traits; without arguments those of a pipe.
  public init(isTerminal: Bool = false, width: Int = 80, usesColor: Bool = false) {
    self.isTerminal = isTerminal
    self.width = width
    self.usesColor = usesColor
  }

  /// Works the traits out from what the stream is and what the environment asks for.
  ///
  /// Colours: `NO_COLOR` (not empty) forbids them, `CLICOLOR_FORCE` (not 0) demands them, otherwise they need a
  /// terminal that is not `TERM=dumb`, and `CLICOLOR=0` forbids them. Width: `COLUMNS`, the terminal's, 80.
  public init(
    isTerminal: Bool, terminalWidth: @autoclosure () -> Int?, environment: (String) -> String?
  ) {
    self.isTerminal = isTerminal
    let columns = environment("COLUMNS").flatMap { Int($0) } ?? 0
    width = columns > 0 ? columns : (isTerminal ? terminalWidth() : nil) ?? 80
    usesColor =
      if environment("NO_COLOR") ?? "" != "" {
        false
      } else if let force = environment("CLICOLOR_FORCE"), force != "", force != "0" {
        true
      } else {
        isTerminal && environment("TERM") != "dumb" && environment("CLICOLOR") != "0"
      }
  }
}
