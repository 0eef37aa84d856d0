import BeadsKit

/// The registry of rigs, `mayor/rigs.json`, and what goes with it: routes and the watchers' lists, changed together
/// under one lock.
struct RigRegistry {
  let town: Town
  let command: String

  private var file: JSONFile { JSONFile(path: town.path("mayor/rigs.json")) }

  /// Who has a prefix already; nil when it is free.
  func holder(of prefix: Prefix, except name: RigName) throws(BeadsError) -> String? {
    let document = try file.read()
    guard case .object(let members)? = document?["rigs"] else { return nil }
    return members.first {
      $0.key != name.rawValue && $0.value[path: ["beads", "prefix"]]?.stringValue == prefix.rawValue
    }?
    .key
  }

  /// Registers a rig, routes its prefix to its tracker and lets the watchers look after it.
  /// - Throws: `conflict` when another rig took the prefix meanwhile; then nothing has changed.
  func add(_ name: RigName, _ entry: JSONValue, prefix: Prefix, tracker: String) throws(BeadsError) {
    try town.lock("rigs", command: command).withLock { () throws(BeadsError) in
      try requireFree(prefix, for: name)
      var document = try file.read() ?? TownFiles.rigs
      document.set(["rigs", name.rawValue], entry)
      var routes = try Routes(town)
      routes.set(prefix.rawValue, to: tracker)
      var patrols = try PatrolSettings(town)
      patrols.add(name)
      try commit(document, routes, patrols)
    }
  }

  private func commit(
    _ document: JSONValue, _ routes: Routes, _ patrols: PatrolSettings
  ) throws(BeadsError) {
    try FileChanges.make { changes throws(BeadsError) in
      try changes.add(routes.path, routes.bytes)
      try changes.add(patrols.path, patrols.document)
      try changes.add(file.path, document)
    }
  }

  /// - Throws: `conflict` naming the rig that has the prefix.
  func requireFree(_ prefix: Prefix, for name: RigName) throws(BeadsError) {
    guard let holder = try holder(of: prefix, except: name) else { return }
    throw BeadsError(
      .conflict, "the issues of the rig \(holder) begin with \(prefix)- already",
      hint: "choose another prefix with --prefix")
  }

  /// Changes the entry of a rig.
  func edit(_ name: RigName, _ change: (inout JSONValue) throws(BeadsError) -> Void) throws(BeadsError) {
    try file.edit(try town.lock("rigs", command: command)) { document throws(BeadsError) in
      guard var entry = document[path: ["rigs", name.rawValue]] else {
        throw BeadsError(.notFound, "there is no rig \(name)", hint: "`gt rig list` shows the rigs")
      }
      try change(&entry)
      document.set(["rigs", name.rawValue], entry)
    }
  }

  /// Forgets a rig and its route; its files stay.
  /// - Returns: Whether it was registered.
  @discardableResult
  func remove(_ name: RigName, prefix: Prefix) throws(BeadsError) -> Bool {
    try town.lock("rigs", command: command).withLock { () throws(BeadsError) in
      guard var document = try file.read(), document[path: ["rigs", name.rawValue]] != nil else {
        return false
      }
      document.set(["rigs", name.rawValue], nil)
      var routes = try Routes(town)
      routes.remove(prefix.rawValue)
      var patrols = try PatrolSettings(town)
      patrols.remove(name)
      try commit(document, routes, patrols)
      return true
    }
  }
}
