import BeadsKit

/// What the watchers watch: `mayor/daemon.json`.
struct PatrolSettings {
  let path: String
  private(set) var document: JSONValue

  private static let patrols = ["witness", "refinery"]

  /// Reads the file; without one the settings are the usual ones.
  init(_ town: Town) throws(BeadsError) {
    path = town.path("mayor/daemon.json")
    document = try JSONFile(path: path).read() ?? TownFiles.daemon
  }

  /// Lists a rig.
  mutating func add(_ rig: RigName) {
    edit { rigs in rigs.contains(rig.rawValue) ? rigs : rigs + [rig.rawValue] }
  }

  /// Lists a rig no longer.
  mutating func remove(_ rig: RigName) { edit { rigs in rigs.filter { $0 != rig.rawValue } } }

  private mutating func edit(_ change: ([String]) -> [String]) {
    for patrol in Self.patrols {
      let keys = ["patrols", patrol, "rigs"]
      let rigs = document[path: keys]?.arrayValue?.compactMap(\.stringValue) ?? []
      document.set(keys[...], .array(change(rigs).map(JSONValue.string)))
    }
  }
}
