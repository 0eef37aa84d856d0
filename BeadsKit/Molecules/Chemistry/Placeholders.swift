/// The `{{name}}` in a text.
///
/// A name is a letter or underscore, then letters, digits and underscores; anything else stays as it is, and so do
/// the control words of older templates.
enum Placeholders {
  private static let controlWords: Set<String> = ["else", "this", "root", "index", "key", "first", "last"]

  /// The text with placeholders replaced by their values; unknown ones stay, and values are not looked into.
  static func substitute(_ text: String, _ values: [String: String]) -> String {
    rewrite(text) { values[$0] }
  }

  /// The names in a text, in the order they appear, each as often as it does.
  static func names(in text: String) -> [String] {
    var names: [String] = []
    _ = rewrite(text) { name in
      names.append(name)
      return nil
    }
    return names
  }

  private static func rewrite(_ text: String, _ value: (String) -> String?) -> String {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "{")) else { return text }
    var out: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if let end = nameEnd(bytes, place) {
        let name = String(decoding: bytes[(place + 2)..<end], as: UTF8.self)
        if !controlWords.contains(name), let value = value(name) {
          out += value.utf8
        } else {
          out += bytes[place..<(end + 2)]
        }
        place = end + 2
      } else {
        out.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Where the name of the placeholder that starts here ends, or nil when none does.
  private static func nameEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    guard bytes[start] == UInt8(ascii: "{"), start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "{")
    else { return nil }
    var end = start + 2
    while end < bytes.count, isNamePart(bytes[end], isFirst: end == start + 2) { end += 1 }
    guard end > start + 2, end + 1 < bytes.count, bytes[end] == UInt8(ascii: "}"),
      bytes[end + 1] == UInt8(ascii: "}")
    else { return nil }
    return end
  }

  private static func isNamePart(_ byte: UInt8, isFirst: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
    default: false
    }
  }
}
