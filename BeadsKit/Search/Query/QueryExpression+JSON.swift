public import BeadsFormats
import BeadsModel

extension QueryExpression: CustomStringConvertible {
  /// The expression as one would write it, with every parenthesis, list and time spelled out.
  public var description: String {
    switch self {
    case .all(let parts): parts.map(\.nested).joined(separator: " AND ")
    case .any(let parts): parts.map(\.nested).joined(separator: " OR ")
    case .not(let part): "NOT \(part.nested)"
    case .term(let term): "\(term.field.name)\(term.comparison.rawValue)\(term.value)"
    }
  }

  private var nested: String {
    switch self {
    case .all, .any: "(\(description))"
    case .not, .term: description
    }
  }
}

extension QueryValue: CustomStringConvertible {
  /// The value as one would write it.
  public var description: String {
    switch self {
    case .words(let words): words.map(Self.written).joined(separator: ",")
    case .numbers(let numbers): numbers.map(String.init).joined(separator: ",")
    case .moment(let moment): "\(moment)"
    case .day(let start, _): "\(start)"
    case .never: "none"
    case .flag(let isOn): "\(isOn)"
    }
  }

  private static func written(_ word: String) -> String {
    if word.isEmpty { return "none" }
    let isPlain =
      word.lowercased() != "none"
      && word.unicodeScalars.allSatisfy { scalar in
        scalar.value > 0x7F ? !scalar.properties.isWhitespace : plain.contains(scalar)
      }
    if isPlain { return word }
    return "\"" + word.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
      + "\""
  }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/*@+%".unicodeScalars)
}

extension JSONWriter {
  /// Writes an expression as a tree: `{"op":"and","terms":[…]}`, `{"op":"not","term":…}` or
  /// `{"field":…,"op":"=","values":[…]}`.
  public mutating func query(_ expression: QueryExpression) {
    beginObject()
    switch expression {
    case .all(let parts): group("and", parts)
    case .any(let parts): group("or", parts)
    case .not(let part):
      member("op", "not")
      key("term")
      query(part)
    case .term(let term):
      member("field", term.field.name)
      member("op", term.comparison.rawValue)
      key("values")
      strings(term.value.texts)
    }
    endObject()
  }

  private mutating func group(_ name: String, _ parts: [QueryExpression]) {
    member("op", name)
    key("terms")
    beginArray()
    for part in parts { query(part) }
    endArray()
  }
}

extension QueryValue {
  fileprivate var texts: [String] {
    switch self {
    case .words(let words): words
    case .numbers(let numbers): numbers.map(String.init)
    case .day(let start, let end): ["\(start)", "\(end)"]
    case .moment, .flag: [description]
    case .never: [""]
    }
  }
}
