import BeadsFormats

/// The spellings of a list in one setting: `a, b`, `["a","b"]`, or one entry a line as a YAML list is kept.
public enum ConfigurationList {
  /// The entries without white space around them; empty ones are dropped.
  public static func parse(_ text: String) -> [String] {
    if text.utf8.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "["),
      let items = JSONValue(parsing: text)?.arrayValue
    {
      return items.compactMap { item in item.stringValue.map { String($0.trimmingBlanks) } }.filter {
        !$0.isEmpty
      }
    }
    return text.split(whereSeparator: { $0 == "," || $0.isNewline }).map { String($0.trimmingBlanks) }
      .filter { !$0.isEmpty }
  }

  /// The comma form, or the JSON form when an entry holds a comma or newline.
  public static func join(_ entries: [String]) -> String {
    if entries.allSatisfy({ !$0.contains { $0 == "," || $0.isNewline } }) {
      return entries.joined(separator: ",")
    }
    return JSONValue.array(entries.map(JSONValue.string)).compactText
  }
}
