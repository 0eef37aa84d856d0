import BeadsModel
import BeadsSystem

/// The `.beads` directory that `init` is about.
struct InitTarget {
  let directory: String
  let databaseName: String
  /// The place that the user names, which in a linked worktree is another.
  private let named: String
  private(set) var repository: GitLocation?
  private(set) var notes: [String] = []
  private let options: WorkspaceInit.Options
  private let environment: Environment

  init(_ options: WorkspaceInit.Options, _ environment: Environment) throws(BeadsError) {
    self.options = options
    self.environment = environment
    let absolute = { Path.absolute(Path.expandingHome($0, environment), in: environment.currentDirectory) }
    if let path = options.databasePath {
      named = Path.directory(of: absolute(path))
      directory = named
      databaseName = Path.name(of: path)
      guard path.hasSuffix(".db") else {
        throw BeadsError(.invalid, "\(path) is no name for a database", hint: "it must end in .db")
      }
    } else if let path = environment["BEADS_DIR"], !path.isEmpty, options.directory == nil {
      named = absolute(path)
      directory = named
      databaseName = WorkspaceMetadata.defaultDatabase
    } else {
      let start = options.directory.map(absolute) ?? environment.currentDirectory
      guard FileSystem.isDirectory(start) else { throw BeadsError(.invalid, "no such directory: \(start)") }
      let base = Self.checkout(of: start)
      if base != start { notes.append("\(start) is in a linked worktree; the project is kept in \(base)") }
      named = Path.join(start, ".beads")
      directory = Path.join(base, ".beads")
      databaseName = WorkspaceMetadata.defaultDatabase
    }
    repository = GitLocation.find(from: Path.directory(of: directory))
  }

  /// The directory itself, or its like in the main checkout: all worktrees share one store.
  private static func checkout(of start: String) -> String {
    guard let location = GitLocation.find(from: start), location.isLinkedWorktree else { return start }
    let main = location.mainDirectory
    let mirrored = Path.absolute(Path.relative(start, to: location.workTree), in: main)
    return FileSystem.isDirectory(mirrored) ? mirrored : main
  }

  /// The project that is here already.
  ///
  /// One further up counts too, unless a prefix says that a second project is wanted inside it.
  mutating func existing(requestedPrefix: Prefix?) throws(BeadsError) -> Workspace? {
    guard
      let found = try Workspace.locateIfPresent(
        environment: environment, databasePath: options.databasePath, directory: options.directory)
    else { return nil }
    let places = [directory, named].flatMap { [$0, (try? FileSystem.realPath($0)) ?? $0] }
    let isHere = places.contains(found.beadsDirectory) || places.contains(found.redirectedFrom ?? "")
    if isHere || requestedPrefix == nil { return found }
    notes.append("this project is inside the one at \(found.beadsDirectory)")
    return nil
  }

  var defaultPrefix: Prefix { Prefix(directoryName: Path.name(of: Path.directory(of: directory))) }

  mutating func makeRepository() throws(BeadsError) {
    let root = Path.directory(of: directory)
    let result = try Subprocess(["git", "init", "-q"], directory: root, variables: environment.variables)
      .run()
    guard result.succeeded else {
      throw BeadsError(.io, "git could not make a repository in \(root): \(result.errorText)")
    }
    repository = GitLocation.find(from: root)
    notes.append("made a git repository in \(root)")
  }

  /// Refuses to start a project beside a redirect to another.
  func checkRedirect() throws(BeadsError) {
    guard let target = WorkspaceFiles(directory).redirect else { return }
    throw BeadsError(
      .invalid, "\(directory)/redirect leads to \(target), where there is no project",
      hint: "correct the redirect, or delete it to keep the project here")
  }

  /// Refuses to start a second project where the remote has one that this checkout has not got yet.
  func checkRemote() throws(BeadsError) {
    guard let repository, Path.isInside(directory, repository.workTree) else { return }
    let path = Path.join(Path.relative(directory, to: repository.workTree), WorkspaceMetadata.defaultJSONL)
    for revision in ["@{upstream}", "origin/HEAD"] {
      let question = Subprocess(
        ["git", "cat-file", "-e", "\(revision):\(path)"], directory: repository.workTree,
        variables: environment.variables, timeout: .seconds(10))
      guard (try? question.run())?.succeeded == true else { continue }
      throw BeadsError(
        .remoteDiverges, "the remote has a beads project that this checkout lacks: \(path) in \(revision)",
        hint: "bring this checkout up to date with git, then bd init joins that project")
    }
  }
}
