import BeadsFormats
package import BeadsSystem

/// Writes an object as TOML: values first, then tables, then lists of tables.
struct TOMLWriter {
  private(set) var text = ""
  /// Keys whose tables hold data of others and keep their order: they are written on one line.
  private static let dataKeys: Set<String> = ["metadata", "args"]

  /// - Throws: `unsupported` when there is a `null`, which TOML cannot say.
  mutating func write(_ object: JSONValue) throws(BeadsError) {
    if case .object(let members) = object { try table(members, path: []) }
  }

  private mutating func table(_ members: [JSONValue.Member], path: [String]) throws(BeadsError) {
    for member in members where !isTable(member) {
      text += Self.key(member.key) + " = "
      try value(member.value, allowsLines: true)
      text += "\n"
    }
    for member in members where isTable(member) {
      let path = path + [Self.key(member.key)]
      let name = path.joined(separator: ".")
      switch member.value {
      case .object(let inner):
        // A table that holds tables only needs no header of its own.
        if inner.isEmpty || !inner.allSatisfy(isTable) { header("[\(name)]") }
        try table(inner, path: path)
      case .array(let items):
        for case .object(let inner) in items {
          header("[[\(name)]]")
          try table(inner, path: path)
        }
      default: break
      }
    }
  }

  private mutating func header(_ line: String) { text += (text.isEmpty ? "" : "\n") + line + "\n" }

  private func isTable(_ member: JSONValue.Member) -> Bool {
    if Self.dataKeys.contains(member.key) { return false }
    switch member.value {
    case .object: return true
    case .array(let items):
      return !items.isEmpty && items.allSatisfy { if case .object = $0 { true } else { false } }
    default: return false
    }
  }

  private mutating func value(_ value: JSONValue, allowsLines: Bool = false) throws(BeadsError) {
    switch value {
    case .null: throw BeadsError(.unsupported, "TOML has no null, and the formula holds one in its metadata")
    case .bool(let flag): text += flag ? "true" : "false"
    case .number(let number): text += number
    case .string(let string): self.string(string, allowsLines: allowsLines)
    case .array(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += ", " }
        try self.value(item)
      }
      text += "]"
    case .object(let members):
      text += members.isEmpty ? "{" : "{ "
      for (index, member) in members.enumerated() {
        text += (index > 0 ? ", " : "") + Self.key(member.key) + " = "
        try self.value(member.value)
      }
      text += members.isEmpty ? "}" : " }"
    }
  }

  private mutating func string(_ value: String, allowsLines: Bool) {
    let isLong = allowsLines && value.utf8.contains(0x0A)
    text += isLong ? "\"\"\"\n" : "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\n" where isLong: text += "\n"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\u{00}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += isLong ? "\"\"\"" : "\""
  }

  private static func key(_ key: String) -> String {
    let isBare = !key.isEmpty && key.utf8.allSatisfy { FormulaText.isNameByte($0) || $0 == UInt8(ascii: "-") }
    if isBare { return key }
    var writer = TOMLWriter()
    writer.string(key, allowsLines: false)
    return writer.text
  }
}

extension Formula {
  /// The formula as the text of a `.formula.toml` file, which is read as an equal formula.
  ///
  /// - Throws: `unsupported` for a `null` in metadata.
  package func toml() throws(BeadsError) -> String {
    var copy = self
    copy.source = nil
    var writer = TOMLWriter()
    try writer.write(copy.json)
    return writer.text
  }
}
