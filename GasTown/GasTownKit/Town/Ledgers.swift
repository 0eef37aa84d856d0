public import BeadsKit

/// The trackers of a town, opened when first needed: the town's own (`hq`) and one of each rig.
///
/// Which one an issue belongs to is told by its prefix alone, never by the current directory. Changes are written to
/// the `issues.jsonl` beside each database when the ledgers are closed. A value belongs to one thread.
public final class Ledgers {
  /// The town.
  public let town: Town
  /// The name changes are recorded under.
  public let actor: String
  private let command: String
  private var open: [String: Store] = [:]
  private var knownRouter: Router?

  /// Opens nothing yet.
  /// - Parameter command: What the user called, for the operation log and those who wait for a lock.
  public init(_ town: Town, actor: String, command: String) {
    self.town = town
    self.actor = actor
    self.command = command
  }

  /// The routes of the town.
  public var router: Router {
    if let knownRouter { return knownRouter }
    let made = Router(environment: town.environment, townRoot: town.root)
    knownRouter = made
    return made
  }

  /// The town's tracker, with mail, convoys and escalations.
  public func hq() throws(BeadsError) -> Store { try store(in: town.root) }

  /// The tracker of a rig.
  public func store(of rig: RigName) throws(BeadsError) -> Store {
    guard let route = router.route(named: rig.rawValue) else {
      throw try unrouted { $0.name == rig }
        ?? BeadsError(.notFound, "there is no rig \(rig)", hint: "`gt rig list` shows the rigs")
    }
    return try store(in: router.workspace(of: route).beadsDirectory, isBeadsDirectory: true)
  }

  /// The tracker that an issue belongs to.
  /// - Throws: `not_found` when no route has its prefix.
  public func store(for id: IssueID) throws(BeadsError) -> Store {
    guard let route = router.route(for: id.rawValue) else {
      throw try noTracker(of: id.rawValue)
    }
    return try store(in: router.workspace(of: route).beadsDirectory, isBeadsDirectory: true)
  }

  /// The issue that a user names by a whole or partial ID, and its tracker.
  public func resolve(_ text: String) throws(BeadsError) -> (id: IssueID, store: Store) {
    guard let route = router.route(for: text) else {
      throw try noTracker(of: text)
    }
    let store = try store(in: router.workspace(of: route).beadsDirectory, isBeadsDirectory: true)
    do throws(BeadsError) { return (try store.resolve(text), store) } catch {
      guard error.code == .notFound else { throw error }
      throw BeadsError(
        .notFound, "there is no issue \(quoted(text))",
        hint: "`bd list --all -C \(Path.directory(of: store.location.directory))` lists those of this tracker"
      )
    }
  }

  /// What to say about an issue that no route leads to.
  /// - Throws: What keeps the rigs from being known: then nobody can tell whether there is such an issue.
  func noTracker(of text: String) throws(BeadsError) -> BeadsError {
    try unrouted { text.hasPrefix("\($0.prefix)-") }
      ?? BeadsError(
        .notFound, "no rig has issues like \(quoted(text))",
        hint: "`gt rig list` shows the prefixes of the rigs")
  }

  /// What to say about a rig that is registered, but that no route leads to.
  private func unrouted(_ isMeant: (Rig) -> Bool) throws(BeadsError) -> BeadsError? {
    guard let rig = try town.rigs().first(where: isMeant) else { return nil }
    return BeadsError(
      .corrupt, "no line of \(town.path(".beads/routes.jsonl")) leads to the issues of the rig \(rig.name)",
      hint: "`gt doctor --fix` writes it again")
  }

  /// The rig whose issues have the prefix of this one; nil for the town's own.
  public func rig(of id: IssueID) -> RigName? {
    guard let route = router.route(for: id.rawValue), route.path != town.root else { return nil }
    return route.name.split(separator: "/").first.flatMap { RigName(rawValue: String($0)) }
  }

  private func store(in directory: String, isBeadsDirectory: Bool = false) throws(BeadsError) -> Store {
    let beads = isBeadsDirectory ? directory : Path.join(directory, ".beads")
    if let known = open[beads] { return known }
    var options = StoreOptions()
    options.command = command
    let store = try Store.open(
      at: StoreLocation(directory: beads), actor: actor, environment: town.environment, options: options)
    _ = try store.importChanges()
    open[beads] = store
    return store
  }

  /// Writes what was changed to the files, and closes the trackers.
  ///
  /// The databases are what counts; a file that cannot be written is written by the next command.
  public func close() {
    for store in open.values {
      _ = try? store.flush()
      store.closeConnection()
    }
    open = [:]
  }
}
