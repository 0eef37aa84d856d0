/// A line split into words the way a POSIX shell splits it, with nothing expanded and nothing run.
///
/// Blanks separate words; `'...'`, `"..."` and a backslash keep what they cover together; `$'...'` may hold `\n`, `\t`,
/// `\r`, `\e` and `\a`. `#` at the start of a word begins a remark that goes to the end of the line. Linear in its length.
public struct ShellWords: Sendable, Equatable {
  /// A part of the line.
  public enum Token: Sendable, Equatable {
    /// A word, without its quotes.
    case word(String)
    /// A character outside of quotes that stands for itself, such as `|`.
    case sign(Character)
  }

  /// What the line lacks.
  public enum Unfinished: Sendable, Equatable {
    /// The quote at the end of a word.
    case quote
    /// What the backslash at its end stands before.
    case backslash
  }

  /// The parts in their order.
  public private(set) var tokens: [Token] = []
  /// What is missing at the end; nil in a whole line.
  public private(set) var unfinished: Unfinished?

  /// The words alone.
  public var words: [String] {
    tokens.compactMap { if case .word(let word) = $0 { word } else { nil } }
  }

  /// Splits a line.
  /// - Parameters:
  ///   - line: The line.
  ///   - signs: The ASCII characters that are tokens of their own outside of quotes.
  ///   - isPlain: Whether it is a simpler language: `"` is the only quote, and a backslash always takes the next
  ///     character as it is.
  public init(_ line: some StringProtocol, signs: String = "", isPlain: Bool = false) {
    var word: [UInt8]?
    var quote = Quote.none
    var isEscaped = false
    var isRemark = false
    let signs = Array(signs.utf8)
    func add(_ byte: UInt8) { word = (word ?? []) + [byte] }
    func end(_ tokens: inout [Token]) {
      if let word { tokens.append(.word(String(decoding: word, as: UTF8.self))) }
      word = nil
    }
    for byte in line.utf8 {
      if isRemark, byte != 10 { continue }
      isRemark = false
      if isEscaped {
        isEscaped = false
        for escaped in Self.escaped(byte, in: quote, isPlain) { add(escaped) }
      } else if byte == UInt8(ascii: "\\"), quote != .single {
        isEscaped = true
      } else if quote != .none {
        if byte == quote.end { quote = .none } else { add(byte) }
      } else if byte == UInt8(ascii: "\"") {
        (quote, word) = (.double, word ?? [])
      } else if byte == UInt8(ascii: "'"), !isPlain {
        let isANSI = word?.last == UInt8(ascii: "$")
        quote = isANSI ? .ansi : .single
        word = isANSI ? word?.dropLast() : word ?? []
      } else if signs.contains(byte) {
        end(&tokens)
        tokens.append(.sign(Character(Unicode.Scalar(byte))))
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        end(&tokens)
      } else if byte == UInt8(ascii: "#"), word == nil {
        isRemark = true
      } else {
        add(byte)
      }
    }
    end(&tokens)
    unfinished = isEscaped ? .backslash : quote == .none ? nil : .quote
  }

  private enum Quote {
    case none, single, double, ansi

    var end: UInt8 { self == .double ? UInt8(ascii: "\"") : UInt8(ascii: "'") }
  }

  /// What a backslash before a byte gives.
  private static func escaped(_ byte: UInt8, in quote: Quote, _ isPlain: Bool) -> [UInt8] {
    if isPlain { return [byte] }
    switch (quote, byte) {
    case (.ansi, UInt8(ascii: "n")): return [10]
    case (.ansi, UInt8(ascii: "t")): return [9]
    case (.ansi, UInt8(ascii: "r")): return [13]
    case (.ansi, UInt8(ascii: "e")): return [27]
    case (.ansi, UInt8(ascii: "a")): return [7]
    case (.double, _) where !"$`\"\\\n".utf8.contains(byte): return [UInt8(ascii: "\\"), byte]
    case (.none, 10), (.double, 10): return []
    default: return [byte]
    }
  }
}
