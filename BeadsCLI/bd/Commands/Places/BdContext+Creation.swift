import BeadsKit
import CommandKit

extension BdContext {
  /// Runs a command that makes issues in the project where they go, and says afterwards where that is.
  func inCreationPlace(_ body: (BdContext) throws -> Void) throws {
    guard let place = try creationPlace() else { return try body(self) }
    defer { place.context.close() }
    try body(place.context)
    if let note = place.note, !isQuiet { output.note(note) }
  }

  /// The context in which issues are made when that is not here; the caller closes it.
  private func creationPlace() throws(BeadsError) -> (context: BdContext, note: TerminalText?)? {
    let hasFlags = RoutedArguments.command(arguments) == "create"
    if hasFlags, let directory = arguments.string("repo") {
      if arguments.isSet("rig") {
        throw BeadsError(.invalid, "--repo and --rig exclude each other", hint: "name one project")
      }
      return (try moved(to: directory), nil)
    }
    // A database that was named is meant, whatever the settings say.
    let isRig = hasFlags && arguments.isSet("rig")
    if arguments.isSet("db"), !isRig { return nil }
    let home = try Workspace.locateIfPresent(
      environment: environment, databasePath: arguments.string("db"),
      directory: arguments.string("directory"))
    var places = IssuePlaces(environment: environment, home: home)
    let settings = Configuration(environment: environment, workspace: home)
    let place = try places.creationPlace(hasFlags ? try creationRequest() : .init(), settings)
    for warning in places.warnings { warn("\(warning)") }
    if environment["BD_DEBUG_ROUTING"] == "1" {
      for line in places.log { output.note("routing: \(line)") }
      output.note("routing: new issues go to \(place?.directory ?? "this project")")
    }
    guard let place else { return nil }
    if place.isPlanning, try !makePlanning(place, home) { return nil }
    let other = try moved(to: place.directory)
    other.home = home
    return (other, "\(isTrial ? "Would go to" : "Created in") \(place.directory) (\(place.reason))")
  }

  private var isTrial: Bool { RoutedArguments.command(arguments) == "create" && arguments.bool("dry-run") }

  private func creationRequest() throws(BeadsError) -> CreationPlace.Request {
    var request = CreationPlace.Request()
    request.rig = arguments.string("rig")
    request.prefix = try arguments.string("prefix").map { text throws(BeadsError) in try Prefix(text) }
    if !arguments.bool("force") { request.id = arguments.string("id") }
    if let parent = arguments.string("parent"), !parent.isEmpty { request.relatives.append(parent) }
    for text in arguments.list("deps") where text.hasPrefix("discovered-from:") {
      request.relatives.append(String(text.dropFirst("discovered-from:".count)))
    }
    return request
  }

  /// Makes the project of a contributor when it is needed; returns whether it is there.
  private func makePlanning(_ place: CreationPlace, _ home: Workspace?) throws(BeadsError) -> Bool {
    guard let home, !arguments.bool("readonly"), !isTrial else {
      return FileSystem.isDirectory(Path.join(place.directory, ".beads"))
    }
    let here = BdContext(self, at: home)
    defer { here.close() }
    let prefix = try here.store().prefixes().primary
    if try PlanningProject.make(at: place.directory, prefix: prefix, environment: environment) {
      output.note("Made \(place.directory), where a contributor's issues go (\(place.reason))")
    }
    return true
  }

  /// The same command in the project of another directory; the caller closes it.
  func moved(to directory: String) throws(BeadsError) -> BdContext {
    let path = Path.absolute(Path.expandingHome(directory, environment), in: environment.currentDirectory)
    if !FileSystem.isDirectory(path) { throw BeadsError(.notFound, "there is no directory \(path)") }
    return BdContext(self, at: try Workspace.locate(environment: environment, directory: path))
  }
}

extension BdContext {
  /// Whether this command works on another project than the one one is in, and that has the issue.
  func isKnownAtHome(_ id: IssueID) throws(BeadsError) -> Bool {
    let place = try workspace()
    guard let home, home.beadsDirectory != place.beadsDirectory else { return false }
    let here = BdContext(self, at: home)
    defer { here.close() }
    return try here.store().exists(id)
  }

  /// Labels that the settings give to the directory one is in.
  ///
  /// Directories are relative to the project or, in a git worktree that shares its store, to the worktree.
  func directoryLabels() throws(BeadsError) -> [String] {
    let labels = try configuration().map("directory.labels")
    let workspace = try workspace()
    // Another project's directories are not those one is in.
    if labels.isEmpty || (home ?? workspace).beadsDirectory != workspace.beadsDirectory { return [] }
    let here = environment.currentDirectory
    var base = workspace.projectDirectory
    if !Path.isInside(here, base), let repository = GitLocation.find(from: here) {
      base = repository.workTree
    }
    return labels.filter { Path.isInside(here, Path.absolute($0.name, in: base)) }.map(\.value)
  }
}
