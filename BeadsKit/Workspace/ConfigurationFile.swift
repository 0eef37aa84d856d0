import BeadsFormats
import BeadsSystem

/// One YAML file of settings.
struct ConfigurationFile: Sendable {
  let path: String
  private(set) var document: YAMLDocument

  /// Reads a file; nil when there is none.
  init?(_ path: String) throws(BeadsError) {
    let bytes: [UInt8]
    do throws(BeadsError) { bytes = try FileSystem.read(path) } catch {
      if error.code == .notFound { return nil }
      throw error
    }
    try self.init(path, bytes)
  }

  /// Reads a file; one that does not exist is empty until it is written.
  init(creating path: String) throws(BeadsError) {
    if let file = try ConfigurationFile(path) { self = file } else { try self.init(path, []) }
  }

  /// A file that is still to be written.
  init(template text: String) throws(BeadsError) { try self.init("config.yaml", Array(text.utf8)) }

  private init(_ path: String, _ bytes: [UInt8]) throws(BeadsError) {
    self.path = path
    document = try Self.translating(path) { () throws(YAMLError) in try YAMLDocument(bytes) }
  }

  /// The text of a setting; the entries of a list are joined.
  func text(_ key: String) -> String? { document[key].flatMap(Self.text) }

  /// Every setting by its dotted name, in the order of the file.
  var settings: [(key: String, text: String)] {
    document.leaves.compactMap { leaf in Self.text(leaf.value).map { (leaf.key, $0) } }
  }

  private static func text(_ node: YAMLNode) -> String? {
    switch node {
    case .scalar(let text): text
    case .list(let items): ConfigurationList.join(items.compactMap(\.text))
    case .null, .map: nil
    }
  }

  mutating func set(_ key: String, to text: String, isList: Bool) throws(BeadsError) {
    var copy = document
    try Self.translating(path) { () throws(YAMLError) in
      if isList { try copy.set(key, to: ConfigurationList.parse(text)) } else { try copy.set(key, to: text) }
    }
    document = copy
  }

  /// Removes a setting and returns whether it was there.
  mutating func unset(_ key: String) throws(BeadsError) -> Bool {
    var copy = document
    let wasThere = try Self.translating(path) { () throws(YAMLError) in try copy.unset(key) }
    document = copy
    return wasThere
  }

  /// Replaces the file; a new one is for its owner only, an existing one keeps its mode.
  func write() throws(BeadsError) {
    try FileSystem.replace(path, with: document.bytes, mode: FileSystem.exists(path) ? nil : 0o600)
  }

  private static func translating<R>(
    _ path: String, _ body: () throws(YAMLError) -> R
  ) throws(BeadsError) -> R {
    do throws(YAMLError) { return try body() } catch {
      throw BeadsError(.invalid, "\(path), \(error)")
    }
  }
}
