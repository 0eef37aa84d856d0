import BeadsKit

/// A file that holds one JSON object, such as `mayor/rigs.json`.
///
/// What cannot be understood is an error and is never written over; unknown members are kept.
struct JSONFile {
  let path: String

  /// The object; nil when there is no file.
  /// - Throws: `corrupt` naming the file when it holds something else.
  func read() throws(BeadsError) -> JSONValue? {
    guard let bytes = try FileSystem.readIfPresent(path) else { return nil }
    guard let value = JSONValue(parsing: String(decoding: bytes, as: UTF8.self)), case .object = value else {
      throw BeadsError(
        .corrupt, "\(path) holds no JSON object", hint: "correct it, or move it away; it is left as it is")
    }
    return value
  }

  /// Replaces the content; readers see the old or the new one.
  func write(_ value: JSONValue) throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: JSONEdit.pretty(value) + [UInt8(ascii: "\n")], durable: true)
  }

  /// Changes the object, or makes it; one that stays the same is not written.
  /// - Parameter lock: Held meanwhile, so that no other change is lost.
  func edit(
    _ lock: FileLock, _ change: (inout JSONValue) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    try lock.withLock { () throws(BeadsError) in
      let before = try read()
      var value = before ?? .object([])
      try change(&value)
      if value != before { try write(value) }
    }
  }
}

extension JSONValue {
  /// An object of these members, in order; nil values are left out.
  static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  /// A whole number.
  static func int(_ value: Int) -> JSONValue { .number(String(value)) }

  /// What is at the end of a path of keys.
  subscript(path keys: [String]) -> JSONValue? {
    var value: JSONValue? = self
    for key in keys { value = value?[key] }
    return value
  }

  /// Sets what is at the end of a path of keys, making the objects on the way; nil removes it.
  mutating func set(_ keys: ArraySlice<String>, _ new: JSONValue?) {
    guard let key = keys.first else { return }
    if keys.count == 1 {
      self[key] = new
      return
    }
    var inner = self[key] ?? .object([])
    if case .object = inner {} else { inner = .object([]) }
    inner.set(keys.dropFirst(), new)
    self[key] = inner
  }
}
