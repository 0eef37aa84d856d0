public import BeadsFormats
public import BeadsModel
public import BeadsSystem

extension Issue {
  /// Gives the metadata the members of a JSON object; members it does not name stay.
  /// - Throws: `invalid` when the text, or what is there, is no JSON object.
  public mutating func mergeMetadata(_ json: String) throws(BeadsError) {
    guard case .object(let members)? = JSONValue(parsing: json) else {
      throw BeadsError(.invalid, "metadata must be a JSON object, this is not: \(quoted(json))")
    }
    for member in members { try setMetadata(member.key, member.value) }
  }

  /// Sets one member of the metadata.
  /// - Throws: `invalid` when the metadata that is there is no JSON object.
  public mutating func setMetadata(_ key: String, _ value: JSONValue) throws(BeadsError) {
    var object = try metadataObject()
    // A key that stands there twice would have two values, of which readers take different ones.
    if case .object(let members) = object, members.count(where: { $0.key == key }) > 1 { object[key] = nil }
    object[key] = value
    metadata = object.compactText
  }

  /// Removes one member of the metadata; one that is not there is no error.
  /// - Throws: `invalid` when the metadata that is there is no JSON object.
  public mutating func removeMetadata(_ key: String) throws(BeadsError) {
    var object = try metadataObject()
    if object[key] == nil { return }
    object[key] = nil
    metadata = object == .object([]) ? nil : object.compactText
  }

  private func metadataObject() throws(BeadsError) -> JSONValue {
    guard let metadata else { return .object([]) }
    guard let value = JSONValue(parsing: metadata), case .object = value else {
      throw BeadsError(.invalid, "the metadata of \(id) is no JSON object, so it has no members")
    }
    return value
  }
}

extension JSONValue {
  /// The value a user means by `key=text`: null, true, false, a number, else the text.
  public init(userInput text: String) {
    switch JSONValue(parsing: text) {
    case .null? where text == "null": self = .null
    case .bool(let value)?: self = .bool(value)
    case .number(let number)? where number == text: self = .number(number)
    default: self = .string(text)
    }
  }
}
