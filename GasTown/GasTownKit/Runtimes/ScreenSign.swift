/// A text on the screen of an agent that tells what keeps it from going on: data, a part of the agent's record.
public struct ScreenSign: Sendable, Equatable {
  /// What a sign means.
  public enum Meaning: String, Sendable, CaseIterable {
    /// It works; whatever else is on the screen is over.
    case working
    /// It is at its rate limit.
    case limited = "rate-limited"
    /// It asks something and waits for the answer.
    case question
    /// Its context is full.
    case exhausted
    /// Its model does not answer.
    case failing = "api-error"
  }

  /// The words, in lower case; where `*` stands there may be other words of the same line.
  public let text: String
  /// What they mean.
  public let meaning: Meaning

  /// Describes a sign.
  public init(_ text: String, _ meaning: Meaning) {
    self.text = text.lowercased()
    self.meaning = meaning
  }

  /// Whether a line in lower case has it.
  func isIn(_ line: String) -> Bool {
    var rest = line[...]
    for part in text.split(separator: "*") {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}

/// What the end of a screen tells about an agent.
public struct ScreenReading: Sendable, Equatable {
  /// What it means.
  public let meaning: ScreenSign.Meaning
  /// The line that tells it.
  public let line: String
  /// The lines about it, for people.
  public let excerpt: String

  /// How many of the last lines count: what is above is over.
  ///
  /// Questions come with their answers below.
  private static func depth(_ meaning: ScreenSign.Meaning) -> Int { meaning == .question ? 16 : 8 }

  /// Reads a screen; nil when no sign is on it.
  ///
  /// The sign that stands lowest counts, and of signs of one line the first of the list.
  /// - Parameter signs: What to look for.
  public init?(_ screen: String, _ signs: [ScreenSign]) {
    let lines = ScreenText.lines(screen)
    for index in lines.indices.suffix(Self.depth(.question)).reversed() {
      let line = lines[index].lowercased()
      let height = lines.count - index
      guard let sign = signs.first(where: { height <= Self.depth($0.meaning) && $0.isIn(line) }) else {
        continue
      }
      meaning = sign.meaning
      self.line = lines[index]
      excerpt = lines[max(lines.startIndex, index - 4)..<min(lines.endIndex, index + 6)].joined(
        separator: "\n")
      return
    }
    return nil
  }
}

extension Runtime {
  /// What to look for on its screen: its own signs, then those that many agents share.
  public var allSigns: [ScreenSign] { signs + Self.commonSigns }

  /// What many agents print.
  static let commonSigns: [ScreenSign] = [
    ScreenSign("esc to interrupt", .working),
    ScreenSign("ctrl+c to interrupt", .working),
    ScreenSign("esc to cancel)", .working),
    ScreenSign("context limit reached", .exhausted),
    ScreenSign("context window exceeded", .exhausted),
    ScreenSign("prompt is too long", .exhausted),
    ScreenSign("conversation is too long", .exhausted),
    ScreenSign("maximum context length", .exhausted),
    ScreenSign("limit reached", .limited),
    ScreenSign("you've hit your*limit", .limited),
    ScreenSign("you have hit your*limit", .limited),
    ScreenSign("rate limit exceeded", .limited),
    ScreenSign("rate_limit_error", .limited),
    ScreenSign("quota exceeded", .limited),
    ScreenSign("exceeded your current quota", .limited),
    ScreenSign("resource_exhausted", .limited),
    ScreenSign("429 too many requests", .limited),
    ScreenSign("api error", .failing),
    ScreenSign("overloaded_error", .failing),
    ScreenSign("connection error", .failing),
    ScreenSign("stream disconnected", .failing),
    ScreenSign("stream error", .failing),
    ScreenSign("(y/n)", .question),
    ScreenSign("[y/n]", .question),
    ScreenSign("do you want to proceed?", .question),
    ScreenSign("press enter to continue", .question),
    ScreenSign("enter to confirm", .question),
    ScreenSign("please run /login", .question),
  ]
}
