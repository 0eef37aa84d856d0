public import BeadsKit

/// The settings of a town or a rig as they hold: what the file says, else a floor, else the defaults.
public struct Settings: Sendable {
  /// The file; it may not exist.
  public let path: String
  let table: SettingTable
  /// What holds for the time being, before the file.
  let passing: PassingSettings
  /// The file's content.
  private let content: JSONValue?
  /// What holds where the file says nothing.
  private let floor: JSONValue?

  init(
    _ table: SettingTable, path: String, floor: JSONValue? = nil, passing: PassingSettings = PassingSettings()
  ) throws(BeadsError) {
    self.path = path
    self.table = table
    self.passing = passing
    content = try table.read(path)
    self.floor = floor
  }

  /// What holds without a file.
  init(defaultsOf table: SettingTable) {
    path = ""
    self.table = table
    passing = PassingSettings()
    content = nil
    floor = nil
  }

  /// What is set under a name, also under one that is no setting; nil when nothing is.
  public func value(_ name: String) -> JSONValue? {
    if let value = passing.values[name] { return value }
    if passing.blocked.contains(name) { return nil }
    return Self.value(name, content) ?? Self.value(name, floor)
  }

  private static func value(_ name: String, _ document: JSONValue?) -> JSONValue? {
    let value = document?[path: name.split(separator: ".").map(String.init)]
    // An empty text says nothing, so that the floor holds.
    return value == .null || value == .string("") ? nil : value
  }

  /// Where a value comes from.
  public enum Layer: String, Sendable {
    /// Set for the time being on this machine.
    case passing = "time being"
    /// The settings file.
    case file
    /// The project's own file.
    case project
    /// Nobody set it.
    case standard = "default"
  }

  /// Where the value of a setting comes from.
  public func layer(of name: String) -> Layer {
    if passing.values[name] != nil { return .passing }
    if value(name) == nil { return .standard }
    return Self.value(name, content) == nil ? .project : .file
  }

  /// The text of a setting; nil when there is none and no default.
  public func string(_ name: String) -> String? {
    value(name)?.stringValue ?? key(name)?.defaultValue
  }

  /// The number of a setting.
  public func int(_ name: String) -> Int {
    value(name)?.intValue ?? key(name)?.defaultValue.flatMap(Int.init) ?? 0
  }

  /// Whether a setting is on.
  public func bool(_ name: String) -> Bool {
    if case .bool(let value)? = value(name) { return value }
    return key(name)?.defaultValue == "true"
  }

  /// The time span of a setting.
  public func duration(_ name: String) -> Duration {
    (string(name)).flatMap(SettingTable.duration) ?? .zero
  }

  /// The texts of a setting.
  public func list(_ name: String) -> [String] { value(name)?.arrayValue?.compactMap(\.stringValue) ?? [] }

  private func key(_ name: String) -> SettingKey? {
    let key = table[name]
    assert(key != nil, "\(name) is no setting of \(table.type)")
    return key
  }

  /// One setting with its value, for people.
  public struct Entry: Sendable {
    /// The setting.
    public let key: SettingKey
    /// What holds; nil for nothing.
    public let value: JSONValue?
    /// Whether the file says so.
    public let isSet: Bool
  }

  /// Every setting in order, secrets masked.
  public func entries() -> [Entry] { table.keys.map(entry) }

  /// One setting that a user names.
  /// - Throws: `invalid` when there is none of that name.
  public func entry(_ name: String) throws(BeadsError) -> Entry {
    let key = try table.find(name)
    return entry(key.name == name ? key : SettingKey(name, .text))
  }

  private func entry(_ key: SettingKey) -> Entry {
    let set = value(key.name)
    let last = key.name.split(separator: ".").last.map(String.init) ?? key.name
    let standing = key.defaultValue.flatMap { try? SettingTable.value($0, for: key) }
    return Entry(key: key, value: Self.masked(set ?? standing, last), isSet: set != nil)
  }

  /// The value without secrets; a reference such as `$TOKEN` is none.
  static func masked(_ value: JSONValue?, _ name: String) -> JSONValue? {
    switch value {
    case .object(let members)?:
      .object(members.map { .init(key: $0.key, value: masked($0.value, $0.key) ?? .null) })
    case .array(let items)?: .array(items.map { masked($0, "") ?? .null })
    case .string(let text)? where Configuration.isSecret(name) && !text.hasPrefix("$") && !text.isEmpty:
      .string("********")
    default: value
    }
  }

  /// Changes a setting in the file; nil takes it out.
  /// - Throws: `invalid`, `corrupt`, `io_error`; then the file is as it was.
  static func set(
    _ name: String, to text: String?, _ table: SettingTable, path: String, lock: FileLock
  ) throws(BeadsError) {
    let key = try table.find(name)
    let value = try text.map { text throws(BeadsError) in
      key.name == name ? try SettingTable.value(text, for: key) : SettingTable.guess(text)
    }
    if let value, masked(value, name.split(separator: ".").last.map(String.init) ?? name) != value {
      throw BeadsError(
        .invalid, "\(name) would keep a secret in \(path)",
        hint: "name the variable that holds it instead, such as $TOKEN")
    }
    _ = try table.read(path)
    try JSONFile(path: path).edit(lock) { document throws(BeadsError) in
      if document == .object([]) {
        document = .members([("type", .string(table.type)), ("version", .int(1))])
      }
      document.set(name.split(separator: ".").map(String.init)[...], value)
    }
    _ = try table.read(path)
  }
}
