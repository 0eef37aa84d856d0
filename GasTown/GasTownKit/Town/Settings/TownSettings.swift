public import BeadsKit

/// The settings of a town, `settings/config.json`.
public struct TownSettings: Sendable {
  static let table = SettingTable(type: "town-settings", keys)

  /// What is set, and what holds.
  public let settings: Settings

  /// Reads the settings; without a file the defaults hold.
  /// - Throws: `corrupt`, `invalid` naming the file and the setting.
  public static func load(_ town: Town) throws(BeadsError) -> TownSettings {
    TownSettings(settings: try Settings(table, path: town.path("settings/config.json")))
  }

  /// What holds in a town without a file of settings.
  public static var defaults: TownSettings {
    TownSettings(settings: Settings(defaultsOf: table))
  }

  /// Changes a setting; nil takes it out.
  /// - Throws: `invalid`, `corrupt`, `io_error`; then the file is as it was.
  public static func set(_ name: String, to text: String?, in town: Town, command: String) throws(BeadsError)
  {
    try Settings.set(
      name, to: text, table, path: town.path("settings/config.json"),
      lock: try town.lock("settings", command: command))
  }

  /// The runtime of agents that name none.
  public var defaultAgent: String { string("default_agent") ?? "claude" }

  /// The text of a setting; nil when there is none and no default.
  public func string(_ name: String) -> String? { settings.string(name) }
  /// The number of a setting.
  public func int(_ name: String) -> Int { settings.int(name) }
  /// Whether a setting is on.
  public func bool(_ name: String) -> Bool { settings.bool(name) }
  /// The time span of a setting.
  public func duration(_ name: String) -> Duration { settings.duration(name) }
  /// The texts of a setting.
  public func list(_ name: String) -> [String] { settings.list(name) }

  /// A time span of the group `operational`, such as `session.graceful_shutdown_timeout`.
  public func operational(_ name: String) -> Duration { settings.duration("operational." + name) }
  /// A number of the group `operational`, such as `nudge.max_queue_depth`.
  public func operationalInt(_ name: String) -> Int { settings.int("operational." + name) }
}
