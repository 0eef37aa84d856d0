/// A JSON value as a tree, for small documents whose shape is not known; object members keep their order.
public indirect enum JSONValue: Sendable, Equatable {
  /// The value `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number as it was written, so that nothing is rounded.
  case number(String)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// The members of an object in order.
  case object([Member])

  /// A key and its value.
  public struct Member: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Makes a member.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Parses a whole text, or returns nil when it is not one JSON value.
  public init?(parsing text: String) {
    var copy = text
    let value = copy.withUTF8 { buffer -> JSONValue? in
      var reader = JSONReader(buffer)
      guard let value = try? JSONValue(from: &reader), reader.peek() == nil else { return nil }
      return value
    }
    guard let value else { return nil }
    self = value
  }

  /// Takes the next value from a reader; nesting is limited to 60, which `JSONWriter` can write.
  package init(from reader: inout JSONReader, depth: Int = 0) throws(JSONError) {
    guard depth < 60 else { throw reader.failure("nested too deeply") }
    var isFirst = true
    switch reader.peek() {
    case UInt8(ascii: "{"):
      try reader.beginObject()
      var members: [Member] = []
      while let name = try reader.nextKey(isFirst: &isFirst) {
        let key = try Self.decodeKey(name)
        members.append(Member(key: key, value: try JSONValue(from: &reader, depth: depth + 1)))
      }
      self = .object(members)
    case UInt8(ascii: "["):
      try reader.beginArray()
      var items: [JSONValue] = []
      while try reader.nextElement(isFirst: &isFirst) {
        items.append(try JSONValue(from: &reader, depth: depth + 1))
      }
      self = .array(items)
    case UInt8(ascii: "\""): self = .string(try reader.string())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool(try reader.bool())
    case UInt8(ascii: "n"):
      guard try reader.null() else { throw reader.failure("expected null") }
      self = .null
    default:
      let range = try reader.scanNumber()
      self = .number(String(decoding: reader.bytes[range], as: UTF8.self))
    }
  }

  /// The text of a key as `JSONReader.nextKey` returns it.
  package static func decodeKey(_ name: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String {
    guard name.contains(UInt8(ascii: "\\")) else { return String(decoding: name, as: UTF8.self) }
    var text = "\"" + String(decoding: name, as: UTF8.self) + "\""
    let result = text.withUTF8 { buffer -> Result<String, JSONError> in
      var reader = JSONReader(buffer)
      do throws(JSONError) { return .success(try reader.string()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Writes this value.
  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .number(let text): writer.raw(text)
    case .string(let text): writer.string(text)
    case .array(let items): writer.array(items) { $1.write(to: &$0) }
    case .object(let members):
      writer.object { writer in
        for member in members {
          writer.key(member.key)
          member.value.write(to: &writer)
        }
      }
    }
  }

  /// The compact text of this value.
  public var compactText: String {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.text
  }

  /// The member of that name when this is an object.
  public subscript(key: String) -> JSONValue? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.last { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      members.removeAll { $0.key == key && newValue == nil }
      if let newValue {
        if let index = members.lastIndex(where: { $0.key == key }) {
          members[index].value = newValue
        } else {
          members.append(Member(key: key, value: newValue))
        }
      }
      self = .object(members)
    }
  }

  /// The text when this is a string.
  public var stringValue: String? { if case .string(let text) = self { text } else { nil } }

  /// The elements when this is an array.
  public var arrayValue: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  /// The whole number when this is one.
  public var intValue: Int? { if case .number(let text) = self { Int(text) } else { nil } }
}
