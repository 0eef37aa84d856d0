public import BeadsFormats

/// Where something of a formula was written; no part of what makes two formulas equal.
public struct FormulaOrigin: Sendable, Equatable, CustomStringConvertible {
  private let text: FormulaText?
  let offset: Int

  /// The origin of what no file wrote.
  public init() {
    text = nil
    offset = 0
  }

  init(_ text: FormulaText, offset: Int) {
    self.text = text
    self.offset = offset
  }

  /// The file, or nil for what no file wrote.
  public var source: String? { text?.source }

  /// Line and column, in time linear in the file; nil for what no file wrote.
  public var position: TextPosition? { text.map { TextPosition(of: offset, in: $0.bytes) } }

  /// `FILE:LINE:COLUMN`; empty for what no file wrote.
  public var description: String {
    guard let text, let position else { return "" }
    return "\(text.source):\(position.line):\(position.column)"
  }

  /// Always true.
  public static func == (a: FormulaOrigin, b: FormulaOrigin) -> Bool { true }
}

/// The bytes of a formula file, kept for as long as something may have to tell where it was written.
final class FormulaText: Sendable {
  let source: String
  let bytes: [UInt8]

  init(_ bytes: [UInt8], source: String) {
    self.bytes = bytes
    self.source = source
  }
}
