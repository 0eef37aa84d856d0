import BeadsModel
public import BeadsSystem

/// A setting that this library knows: where it is kept, what it may hold, what it is for.
public struct ConfigurationKey: Sendable, Equatable {
  /// Where a setting is kept.
  public enum Storage: String, Sendable {
    /// In `config.yaml`, shared through git, or `config.local.yaml`, of this machine.
    case yaml
    /// In the database of this clone.
    case database
    /// In git's own configuration.
    case git
  }

  /// What a setting may hold.
  public enum Kind: Sendable, Equatable {
    /// `true` or `false`.
    case boolean
    /// A whole number.
    case integer
    /// A number.
    case number
    /// A time such as `30s` or `1h30m`.
    case duration
    /// Any text.
    case text
    /// Several words.
    case list
    /// Words by name.
    case map
    /// One of these words.
    case choice([String])
  }

  /// The name; one that ends in `.` stands for all that begin with it.
  public let name: String
  /// Where it is kept.
  public let storage: Storage
  /// What it may hold.
  public let kind: Kind
  /// What holds when nothing is set.
  public let defaultValue: String?
  /// What it is for, in a few words; empty for settings that are accepted and have no effect.
  public let summary: String
  /// Other names it is found under.
  let aliases: [String]
  /// Environment variables that set it, before the one made from its name.
  let variables: [String]

  init(
    _ name: String, _ summary: String, _ kind: Kind = .text, default defaultValue: String? = nil,
    in storage: Storage = .yaml, aliases: [String] = [], variables: [String] = []
  ) {
    self.name = name
    self.storage = storage
    self.kind = kind
    self.defaultValue = defaultValue
    self.summary = summary
    self.aliases = aliases
    self.variables = variables
  }

  /// Whether the setting does something in this version, so that users are told about it.
  public var isInEffect: Bool { !summary.isEmpty && !Self.dormant.contains(name) }

  /// Whether the name stands for a whole family of settings.
  public var isFamily: Bool { name.hasSuffix(".") }

  /// Checks a value that someone wants to set.
  /// - Throws: `invalid` saying what is accepted.
  public func check(_ value: String) throws(BeadsError) {
    let isValid =
      switch kind {
      case .boolean: Self.boolean(value) != nil
      case .integer: Int(value) != nil
      case .number: Double(value) != nil
      case .duration: Self.duration(value) != nil
      case .choice(let words): words.contains(value)
      case .text, .list, .map: true
      }
    guard !isValid else { return }
    throw BeadsError(.invalid, "\(name) cannot be '\(value)'", hint: "it takes \(accepted)")
  }

  private var accepted: String {
    switch kind {
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .duration: "a time such as 30s or 1h30m"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .text, .list, .map: "text"
    }
  }

  static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "yes", "on", "t", "y": true
    case "false", "0", "no", "off", "f", "n", "": false
    default: nil
    }
  }

  /// A number without a unit means seconds.
  static func duration(_ text: String) -> Duration? {
    if let seconds = Int64(text) { return .seconds(seconds) }
    return (try? GoDuration.nanoseconds(text)).map { .nanoseconds($0) }
  }
}
