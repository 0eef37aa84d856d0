/// The placeholders of a text: `{{name}}` is filled when variables are known, `{name}` while a formula is cooked.
///
/// Both are one pass over the bytes: what is put in is not looked at again.
package enum Placeholders {
  /// The text with every `{{name}}` that has a value filled in.
  package static func fill(_ text: String, _ values: [String: String]) -> String {
    replace(text) { name in name.isDouble ? values[String(name.text)] : nil }
  }

  /// The text with every `{name}` that has a value filled in; `{{name}}` stays.
  static func fillSingle(_ text: String, _ values: [String: String]) -> String {
    replace(text) { name in name.isDouble ? nil : values[String(name.text)] }
  }

  /// Adds the names in `{{name}}` that may be variables, in their order.
  package static func collect(_ text: String, into names: inout [String]) {
    guard text.utf8.contains(brace) else { return }
    _ = replace(text) { name in
      if name.isDouble {
        let text = String(name.text)
        if FormulaText.isVariableName(text), !FormulaText.controlWords.contains(text) { names.append(text) }
      }
      return nil
    }
  }

  private static let brace = UInt8(ascii: "{")

  struct Name {
    let text: Substring
    let isDouble: Bool
  }

  /// The text with every name in braces replaced for which the closure has something else.
  static func replace(_ text: String, _ value: (Name) -> String?) -> String {
    guard text.utf8.contains(brace) else { return text }
    let bytes = text.utf8
    var result = ""
    var start = bytes.startIndex
    var index = start
    while let open = bytes[index...].firstIndex(of: brace) {
      let afterOpen = bytes.index(after: open)
      let isDouble = afterOpen < bytes.endIndex && bytes[afterOpen] == brace
      let nameStart = isDouble ? bytes.index(after: afterOpen) : afterOpen
      let nameEnd = bytes[nameStart...].firstIndex { !isNameByte($0) } ?? bytes.endIndex
      guard nameEnd < bytes.endIndex, nameEnd > nameStart, let end = close(bytes, nameEnd, isDouble) else {
        // Of `{{{x}}}` the inner braces count.
        index = isDouble && nameStart < bytes.endIndex && bytes[nameStart] != brace ? nameStart : afterOpen
        continue
      }
      if let replacement = value(Name(text: text[nameStart..<nameEnd], isDouble: isDouble)) {
        result += text[start..<open]
        result += replacement
        start = end
      }
      index = end
    }
    if start == bytes.startIndex { return text }
    return result + text[start...]
  }

  /// The end of the closing braces that stand at a place, or nil.
  private static func close(
    _ bytes: String.UTF8View, _ place: String.Index, _ isDouble: Bool
  ) -> String.Index? {
    guard bytes[place] == UInt8(ascii: "}") else { return nil }
    let next = bytes.index(after: place)
    if !isDouble { return next }
    guard next < bytes.endIndex, bytes[next] == UInt8(ascii: "}") else { return nil }
    return bytes.index(after: next)
  }

  /// Dots are part of `target.title` and of `.input` in convoys.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    FormulaText.isNameByte(byte) || byte == UInt8(ascii: ".")
  }
}
