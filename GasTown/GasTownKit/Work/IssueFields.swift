package import BeadsKit

/// What Gas Town keeps on an issue: members of its metadata. What people shall see without asking is also a line
/// `key: value` of the description; such lines are read where the metadata has no such member, because other tools
/// write only them.
extension Issue {
  /// A field, or nil when it is unset or empty.
  package func townField(_ key: String) -> String? {
    let text = townMetadata[key]?.stringValue ?? FieldLines.value(of: key, in: description)
    return text?.isEmpty == false ? text : nil
  }

  /// A field with several values.
  package func townList(_ key: String) -> [String] {
    if let items = townMetadata[key]?.arrayValue { return items.compactMap(\.stringValue) }
    let line = FieldLines.value(of: key, in: description) ?? ""
    return line.split(separator: ",").map { FieldLines.trimmed($0) }.filter { !$0.isEmpty }
  }

  /// The metadata as an object; anything else counts as empty.
  package var townMetadata: JSONValue { metadata.flatMap(JSONValue.init(parsing:)) ?? .object([]) }

  /// Sets a field, and the line of the description that shows it; nil and empty text remove both.
  package mutating func setTownField(_ key: String, _ value: String?) throws(BeadsError) {
    let value = value?.isEmpty == false ? value : nil
    if let value { try setMetadata(key, .string(value)) } else { try removeMetadata(key) }
    description = FieldLines.setting(key, to: value, in: description)
  }

  /// Sets a field with several values, and the line that shows it; none removes both.
  package mutating func setTownList(_ key: String, _ values: [String]) throws(BeadsError) {
    if values.isEmpty {
      try removeMetadata(key)
    } else {
      try setMetadata(key, .array(values.map { .string($0) }))
    }
    let line = values.isEmpty ? nil : values.joined(separator: ", ")
    description = FieldLines.setting(key, to: line, in: description)
  }
}

/// Lines `key: value` among the prose of a description; `base_branch`, `Base-Branch` and `baseBranch` are one key.
enum FieldLines {
  static func value(of key: String, in text: String) -> String? {
    let wanted = folded(key)
    for line in text.utf8.split(separator: 0x0A) {
      if let found = parts(Substring(line)), folded(found.key) == wanted {
        return trimmed(found.value)
      }
    }
    return nil
  }

  /// The text with that line changed, removed (nil) or added at the end; everything else stays as it is.
  static func setting(_ key: String, to value: String?, in text: String) -> String {
    let wanted = folded(key)
    let shown = value.map { "\(key): \($0.split(whereSeparator: \.isNewline).joined(separator: " "))" }
    var lines = text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false)
    let place = lines.firstIndex { parts($0).map { folded($0.key) == wanted } ?? false }
    switch (place, shown) {
    case (let place?, let shown?): lines[place] = shown[...]
    case (let place?, nil): lines.remove(at: place)
    case (nil, let shown?): lines.append(shown[...])
    case (nil, nil): break
    }
    return lines.joined(separator: "\n")
  }

  private static func parts(_ line: Substring) -> (key: Substring, value: Substring)? {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let key = line[..<colon]
    guard (1...40).contains(key.utf8.count),
      key.allSatisfy({ ($0.isASCII && $0.isLetter) || "_-".contains($0) })
    else { return nil }
    return (key, line[line.utf8.index(after: colon)...])
  }

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }

  private static func folded(_ key: some StringProtocol) -> String {
    key.lowercased().filter { $0 != "_" && $0 != "-" }
  }
}
