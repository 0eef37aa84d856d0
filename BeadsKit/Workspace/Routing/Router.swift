import BeadsModel
public import BeadsSystem

/// Says to which project an issue belongs, by the longest prefix of its ID that some route has.
///
/// Routes are the lines of `.beads/routes.jsonl` in a project and, stronger only where the prefix is longer, in
/// the root of the town that the project is in: the outermost directory above it that has `mayor/town.json`.
/// Nothing is looked up twice: a project's own routes do not lead further.
public struct Router: Sendable {
  /// The routes, longest prefix first.
  public let routes: [Route]
  /// What is wrong in the files; the lines concerned are left out.
  public let warnings: [String]
  /// The root of the town, if there is one.
  public let townRoot: String?
  private let environment: Environment

  /// Reads the routes that hold in a project.
  ///
  /// One look at each directory level, and a file or two where there are routes.
  /// - Parameter home: The project; nil for the current directory, from which the town alone is looked for.
  public init(environment: Environment, home: Workspace?) {
    let directory = home?.projectDirectory ?? environment.currentDirectory
    self.init(environment: environment, home: home, townRoot: Self.townRoot(above: directory))
  }

  /// Reads the routes of a town.
  /// - Parameter townRoot: Its directory.
  public init(environment: Environment, townRoot: String) {
    self.init(environment: environment, home: nil, townRoot: townRoot)
  }

  private init(environment: Environment, home: Workspace?, townRoot: String?) {
    var routes: [Route] = []
    var warnings: [String] = []
    var read: [String] = []
    let places =
      [home.map { ($0.path("routes.jsonl"), $0.projectDirectory) }] + [
        townRoot.map { (Path.join($0, ".beads/routes.jsonl"), $0) }
      ]
    for (path, directory) in places.compactMap(\.self) where !read.contains(path) {
      read.append(path)
      guard let file = RouteFile(path, in: directory, environment) else { continue }
      routes += file.routes.filter { new in !routes.contains { $0.prefix == new.prefix } }
      warnings += file.warnings
    }
    self.routes = routes.sorted { $0.prefix.rawValue.utf8.count > $1.prefix.rawValue.utf8.count }
    self.warnings = warnings
    self.townRoot = townRoot
    self.environment = environment
  }

  /// The root of the town that a directory is in: the outermost one, because a repository may hold the files of
  /// another.
  public static func townRoot(above directory: String) -> String? {
    var root: String?
    for level in Path.ancestors(of: directory)
    where FileSystem.exists(Path.join(level, "mayor/town.json")) { root = level }
    return root
  }

  /// The route of an ID, or of the beginning of one with its prefix; nil when none has its prefix.
  ///
  /// O(routes).
  public func route(for id: String) -> Route? { routes.first { id.utf8.after($0.prefix) != nil } }

  /// The route to a rig: its path starts with the name, or it has that prefix.
  public func route(named rig: String) -> Route? {
    routes.first { $0.name.split(separator: "/").first.map(String.init) == rig }
      ?? routes.first { $0.prefix.rawValue == rig }
  }

  /// The project that a route leads to.
  /// - Throws: `not_found` naming file and line when there is none.
  public func workspace(of route: Route) throws(BeadsError) -> Workspace {
    guard FileSystem.isDirectory(route.path) else { throw broken(route, "\(route.path) does not exist") }
    let found: Workspace?
    do throws(BeadsError) {
      found = try Workspace.locateIfPresent(environment: environment, directory: route.path)
    } catch { throw broken(route, error.message) }
    let real = (try? FileSystem.realPath(route.path)) ?? route.path
    // A project further up is another one, and its issues have other prefixes.
    guard let found,
      found.redirectedFrom != nil || found.projectDirectory == real
        || !Path.isInside(real, found.projectDirectory)
        || GitLocation(root: real)?.isLinkedWorktree == true
    else { throw broken(route, "\(route.path) holds no project") }
    return found
  }

  private func broken(_ route: Route, _ reason: String) -> BeadsError {
    BeadsError(
      .notFound, "the route for \(route.prefix)- leads nowhere: \(reason)", hint: "correct \(route.place)")
  }
}
