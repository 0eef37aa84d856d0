import BeadsKit

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
    // Words that the project has in its config.yaml stay known.
    let configuration = Configuration(environment: place, workspace: report.workspace)
    storeOptions.fallback = { key throws(BeadsError) in try configuration.string(key) }
    let store =
      FileSystem.exists(location.databasePath)
      ? try Store.open(at: location, actor: actor, environment: place, options: storeOptions)
      : try Store.create(
        at: location, prefix: report.prefix, actor: actor, environment: place, options: storeOptions)
    defer { store.closeConnection() }
    try store.importChanges()
    try TownVocabulary.teach(store)
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
