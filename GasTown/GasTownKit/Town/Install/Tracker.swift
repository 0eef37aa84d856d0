import BeadsKit

/// What Gas Town needs from a tracker besides an issue prefix: its types and statuses.
///
/// They are added to those of the project, never put in their place.
enum TrackerWords {
  /// Types of issues that are not built into Beads.
  static let types = ["convoy", "slot", "queue", "merge-request"]
  /// Statuses that are not built into Beads, with their category.
  static let statuses = ["in_review:wip", "staged_ready", "staged_warnings"]

  /// A list setting with our words in it.
  static func completed(_ key: String, _ value: String?) -> String? {
    let own: [String]
    switch key {
    case "types.custom": own = types
    case "status.custom": own = statuses
    default: return value
    }
    let present = (value ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
    let names = Set(present.map(name))
    return (present + own.filter { !names.contains(name($0)) }).joined(separator: ",")
  }

  private static func name(_ entry: String) -> String {
    entry.split(separator: ":", maxSplits: 1).first.map(String.init) ?? entry
  }

  /// Adds our words to the settings of a tracker; returns whether any was missing.
  @discardableResult
  static func register(in store: Store, _ configuration: Configuration) throws(BeadsError) -> Bool {
    var changes: [(key: String, value: String?)] = []
    for key in ["types.custom", "status.custom"] {
      let stored = try store.config(key)
      let before = if let stored { stored } else { try configuration.string(key) }
      let after = completed(key, before)
      if after != stored { changes.append((key, after)) }
    }
    if changes.isEmpty { return false }
    try store.write("register words of Gas Town") { tx throws(BeadsError) in
      for change in changes { try tx.setConfig(change.key, change.value) }
    }
    return true
  }
}

/// Makes the tracker of a town or a rig, or joins the one that a project keeps in git.
struct TrackerInstaller {
  /// Whose directory it is made in.
  let directory: String
  let environment: Environment
  let actor: String
  let command: String

  /// Makes what is missing; what is there stays as it is.
  /// - Parameters:
  ///   - prefix: What IDs start with.
  ///   - registersMergeDriver: Whether to tell the clone's git how to merge `issues.jsonl`.
  func run(
    _ prefix: Prefix, registersMergeDriver: Bool, settings: [(key: String, value: String)] = []
  ) throws(BeadsError) -> Workspace {
    var options = WorkspaceInit.Options()
    options.prefix = prefix.rawValue
    options.directory = directory
    options.discardsRemote = true
    options.registersMergeDriver = registersMergeDriver
    let place = Self.unredirected(environment)
    let setup = WorkspaceInit(options, environment: place)
    let report = try setup.prepare()
    let location = StoreLocation(report.workspace)
    var storeOptions = StoreOptions()
    storeOptions.command = command
    let store =
      FileSystem.exists(location.databasePath)
      ? try Store.open(at: location, actor: actor, environment: place, options: storeOptions)
      : try Store.create(
        at: location, prefix: report.prefix, actor: actor, environment: place, options: storeOptions)
    defer { store.closeConnection() }
    try store.importChanges()
    try TrackerWords.register(
      in: store, Configuration(environment: place, workspace: report.workspace))
    for setting in settings where try store.config(setting.key) == nil {
      try store.write("configure") { tx throws(BeadsError) in try tx.setConfig(setting.key, setting.value) }
    }
    try store.flush(force: true)
    if registersMergeDriver { _ = try setup.register(report) }
    return report.workspace
  }

  /// The environment without the variables that name another tracker.
  static func unredirected(_ environment: Environment) -> Environment {
    var place = environment
    for name in ["BEADS_DIR", "BEADS_DB", "BD_DB"] { place.variables[name] = nil }
    return place
  }
}
