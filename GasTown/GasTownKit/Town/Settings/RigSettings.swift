public import BeadsKit

/// The settings of a rig: what was set for the time being, `settings/config.json` in its folder, and
/// `.gastown/settings.json` of the project.
public struct RigSettings: Sendable {
  static let table = SettingTable(type: "rig-settings", keys)

  /// What is set, and what holds.
  public let settings: Settings

  /// Reads the settings; without files the defaults hold.
  /// - Throws: `corrupt`, `invalid` naming the file and the setting.
  public static func load(_ rig: Rig) throws(BeadsError) -> RigSettings {
    let floor = try table.read(rig.path("mayor/rig/.gastown/settings.json"))
    return RigSettings(
      settings: try Settings(
        table, path: rig.path("settings/config.json"), floor: floor, passing: try PassingSettings.load(rig)))
  }

  /// Changes a setting; nil takes it out.
  /// - Throws: `invalid`, `corrupt`, `io_error`; then the file is as it was.
  public static func set(
    _ name: String, to text: String?, in rig: Rig, of town: Town, command: String
  ) throws(BeadsError) {
    try Settings.set(
      name, to: text, table, path: rig.path("settings/config.json"),
      lock: try town.lock("settings", command: command))
  }

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
}
