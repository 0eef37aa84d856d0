import BeadsModel
public import BeadsSystem

/// The projects to which issues belong, seen from one project.
///
/// The one function that commands ask before they open a store.
public struct IssuePlaces: Sendable {
  /// The routes that hold here.
  public let router: Router
  /// The project one is in, if there is one.
  public let home: Workspace?
  /// What was decided, one sentence each, for `BD_DEBUG_ROUTING`.
  public private(set) var log: [String] = []
  /// What is wrong with routes that were needed, one sentence each, and with the files.
  public private(set) var warnings: [String]
  let environment: Environment
  private var known: PrefixSet?
  private var found: [String: Workspace?] = [:]

  /// Reads the routes that hold in a project.
  public init(environment: Environment, home: Workspace?) {
    self.home = home
    self.environment = environment
    router = Router(environment: environment, home: home)
    warnings = router.warnings
  }

  /// The project that an ID belongs to: home when no route has its prefix, when home has a prefix that is at
  /// least as long, or when the route leads nowhere, about which there is a warning then.
  public mutating func place(of id: String) -> Workspace? {
    guard let route = router.route(for: id) else {
      log.append("\(id): no route has its prefix")
      return home
    }
    if let own = homePrefix(of: id), own.rawValue.utf8.count >= route.prefix.rawValue.utf8.count {
      log.append("\(id): this project's own prefix \(own)-")
      return home
    }
    let target = workspace(of: route)
    log.append("\(id): \(route.prefix)- leads to \(target?.beadsDirectory ?? "nowhere") (\(route.place))")
    return target ?? home
  }

  /// The project that a route leads to, or nil with a warning when it leads nowhere.
  public mutating func workspace(of route: Route) -> Workspace? {
    if let known = found[route.path] { return known }
    let target: Workspace?
    do throws(BeadsError) {
      let workspace = try router.workspace(of: route)
      target = workspace.beadsDirectory == home?.beadsDirectory ? home : workspace
    } catch {
      warnings.append("\(error.message) (\(route.place))")
      target = nil
    }
    found[route.path] = target
    return target
  }

  private mutating func homePrefix(of id: String) -> Prefix? {
    guard let home, let issue = IssueID(rawValue: id) else { return nil }
    if known == nil { known = Self.prefixes(home, environment) }
    return known?.known(issue)
  }

  /// The prefixes of a project, from its store or, when that cannot be read, from its files.
  private static func prefixes(_ workspace: Workspace, _ environment: Environment) -> PrefixSet? {
    let store = try? reader(workspace, environment)
    defer { store?.closeConnection() }
    if let prefixes = try? store?.prefixes() { return prefixes }
    return (try? workspace.recordedPrefix(environment)).map { PrefixSet($0.prefix) }
  }

  /// The store of a project, to look something up; its file when it has no database.
  package static func reader(_ workspace: Workspace, _ environment: Environment) throws(BeadsError) -> Store {
    let location = StoreLocation(workspace)
    if FileSystem.exists(workspace.databasePath) {
      return try Store.open(at: location, access: .readOnly, environment: environment)
    }
    let prefix = try workspace.recordedPrefix(environment).prefix
    return try Store.openFile(at: location, prefix: prefix, access: .readOnly, environment: environment)
  }
}
