/// One setting of a town or a rig: its name, what values it takes, and what holds without one.
public struct SettingKey: Sendable, Equatable {
  /// What values a setting takes.
  public enum Kind: Sendable, Equatable {
    /// Any text.
    case text
    /// One of these words.
    case choice([String])
    /// `true` or `false`.
    case flag
    /// A whole number in a range.
    case whole(ClosedRange<Int>)
    /// A time span such as `30s` or `1h30m`.
    case duration
    /// Texts in an order.
    case list
    /// Steps with times; see `Ladder`.
    case ladder
    /// An object whose members have a meaning of their own, such as custom agents.
    case object
  }

  /// The name: the keys on the way to it, with dots between them.
  public let name: String
  /// What values it takes.
  public let kind: Kind
  /// What holds when nothing is set, as it would be written; nil for nothing.
  public let defaultValue: String?
  /// What it is about, for people.
  public let summary: String

  init(_ name: String, _ kind: Kind, _ defaultValue: String? = nil, _ summary: String = "") {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.summary = summary
  }
}
