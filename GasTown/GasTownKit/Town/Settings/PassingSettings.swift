public import BeadsKit

/// Settings of a rig for the time being, on this machine: `.beads-wisp/config/RIG.json` of the town.
public struct PassingSettings: Sendable, Equatable {
  /// What holds, by the names of the settings.
  public var values: [String: JSONValue] = [:]
  /// Settings of which the default holds, whatever the files say.
  public var blocked: Set<String> = []

  /// Nothing is set.
  public init() {}

  /// Reads what is set.
  /// - Throws: `corrupt`, `invalid` naming the file.
  public static func load(_ rig: Rig) throws(BeadsError) -> PassingSettings {
    var settings = PassingSettings()
    let path = path(rig)
    guard let document = try JSONFile(path: path).read() else { return settings }
    if case .object(let members)? = document["values"] {
      for member in members {
        if let key = RigSettings.table[member.key], let problem = SettingTable.problem(member.value, key.kind)
        {
          throw BeadsError(
            .invalid, "\(path): \(member.key) is \(member.value.compactText), which is \(problem)",
            hint: "correct the file; it is left as it is")
        }
        settings.values[member.key] = member.value
      }
    }
    settings.blocked = Set(document["blocked"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    return settings
  }

  /// What to do to a setting.
  public enum Change: Sendable, Equatable {
    /// It has this value, as a user writes it.
    case set(String)
    /// Its default holds.
    case block
    /// The files hold again.
    case unset
  }

  /// Changes a setting.
  /// - Throws: `invalid`, `corrupt`, `io_error`; then nothing has changed.
  public static func change(
    _ name: String, _ change: Change, in rig: Rig, of town: Town, command: String
  ) throws(BeadsError) {
    let key = try RigSettings.table.find(name)
    guard key.name == name else {
      throw BeadsError(
        .invalid, "\(name) is a part of \(key.name), which is set as a whole", hint: "use --global")
    }
    let value: JSONValue? =
      if case .set(let text) = change { try SettingTable.value(text, for: key) } else { nil }
    let file = JSONFile(path: path(rig))
    try FileSystem.makeDirectory(Path.directory(of: file.path))
    try file.edit(try town.lock("settings", command: command)) { document throws(BeadsError) in
      var blocked = document["blocked"]?.arrayValue?.filter { $0 != .string(name) } ?? []
      if change == .block { blocked.append(.string(name)) }
      var values = document["values"] ?? .object([])
      values[name] = value
      document["rig"] = .string(rig.name.rawValue)
      document["values"] = values
      document["blocked"] = .array(blocked)
    }
  }

  private static func path(_ rig: Rig) -> String {
    Path.join(Path.directory(of: rig.root), ".beads-wisp/config/\(rig.name).json")
  }
}
