import BeadsSystem

/// One run of the resolution, taking notes on the way.
struct WorkspaceLocator {
  let environment: Environment
  private(set) var explanation: [String] = []
  private(set) var warnings: [String] = []

  init(_ environment: Environment) { self.environment = environment }

  mutating func locate(databasePath: String?, directory: String?) throws(BeadsError) -> Workspace {
    if let databasePath { return try locate(database: databasePath, namedBy: "--db") }
    if let directory { return try locate(below: directory) }
    if let path = nonEmpty("BEADS_DIR") { return try locate(beads: path, namedBy: "BEADS_DIR") }
    explanation.append("BEADS_DIR is not set")
    for name in ["BEADS_DB", "BD_DB"] {
      if let path = nonEmpty(name) { return try locate(database: path, namedBy: name) }
    }
    return try walk(from: environment.currentDirectory)
  }

  private func nonEmpty(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  // MARK: Named places

  private mutating func locate(below directory: String) throws(BeadsError) -> Workspace {
    let path = absolute(directory)
    explanation.append("-C names \(path)")
    guard FileSystem.isDirectory(path) else {
      throw BeadsError(.invalid, "no such directory: \(path)")
    }
    return try walk(from: try FileSystem.realPath(path))
  }

  private mutating func locate(beads path: String, namedBy name: String) throws(BeadsError) -> Workspace {
    let directory = absolute(path)
    explanation.append("\(name) names \(directory)")
    guard let found = examine(directory) else {
      throw noStore(
        "\(name) is \(directory), which holds no beads project",
        hint: "\(name) must name an existing .beads directory")
    }
    return try workspace(found)
  }

  private mutating func locate(database path: String, namedBy name: String) throws(BeadsError) -> Workspace {
    let path = absolute(path)
    if FileSystem.isDirectory(path) { return try locate(beads: path, namedBy: name) }
    explanation.append("\(name) names \(path)")
    let directory = Path.directory(of: path)
    let files = WorkspaceFiles(directory)
    guard FileSystem.exists(path) || (Path.name(of: path) == files.databaseName && files.isProject) else {
      throw noStore("\(name) is \(path), which does not exist", hint: "check the path given by \(name)")
    }
    return try workspace(Found(files: files, database: Path.name(of: path)))
  }

  private func absolute(_ path: String) -> String {
    Path.absolute(Path.expandingHome(path, environment), in: environment.currentDirectory)
  }

  // MARK: Walking up

  private mutating func walk(from start: String) throws(BeadsError) -> Workspace {
    var levels: [String] = []
    var repository: GitLocation?
    let ceilings = (environment["GIT_CEILING_DIRECTORIES"] ?? "").split(separator: ":")
    for level in Path.ancestors(of: start) {
      if level != start, ceilings.contains(level[...]) { break }
      levels.append(level)
      repository = GitLocation(root: level)
      if repository != nil { break }
    }
    explanation.append("looking from \(start) up to \(levels.last ?? start)")
    if let repository, repository.isLinkedWorktree {
      return try search(levels, inWorktree: repository)
    }
    for level in levels {
      if let found = examine(Path.join(level, ".beads")) { return try workspace(found, repository) }
    }
    throw noStore(
      "looked from \(start) up to \(repository == nil ? "the root" : "the git root \(levels.last ?? start)")",
      hint: "if this is a new project, start it with: bd init")
  }

  /// At each level the worktree's own store comes first, then that of the same directory in the main
  /// checkout.
  private mutating func search(
    _ levels: [String], inWorktree repository: GitLocation
  ) throws(BeadsError) -> Workspace {
    let main = repository.mainDirectory
    explanation.append("\(repository.workTree) is a linked worktree of \(main)")
    var trackedOnly: String?
    for level in levels {
      let own = Path.join(level, ".beads")
      if let found = examine(own) {
        if found.redirectedFrom != nil || found.files.hasDatabase
          || !Path.isInside(found.files.directory, repository.workTree)
        {
          return try workspace(found, repository)
        }
        trackedOnly = trackedOnly ?? own
        explanation.append("\(own) holds tracked files only, which are no store in a linked worktree")
      }
      let mirrored = Path.join(main, Path.relative(level, to: repository.workTree))
      if let found = examine(Path.normalized(Path.join(mirrored, ".beads"))) { return try workspace(found) }
    }
    throw noStore(
      trackedOnly.map { "\($0) holds tracked files only and \(main) has no store" }
        ?? "looked in the worktree \(repository.workTree) and in \(main)",
      hint: "one store serves all worktrees; if there is none yet, bd init starts it in \(main)")
  }

  // MARK: Candidates

  /// A directory that holds a project.
  struct Found {
    var files: WorkspaceFiles
    var redirectedFrom: String?
    /// The database, when it was named rather than found.
    var database: String?
  }

  /// The project in a `.beads` directory or where that redirects to, or nil.
  private mutating func examine(_ candidate: String) -> Found? {
    guard let directory = resolve(candidate) else { return nil }
    let files = WorkspaceFiles(directory)
    if let target = files.redirect, let found = follow(target, from: directory) { return found }
    // ~/.beads/config.yaml alone holds the user's settings.
    let isSettings = directory == Path.join(environment.homeDirectory, ".beads")
    guard isSettings ? files.hasData : files.isProject else {
      explanation.append("\(candidate) holds no project")
      return nil
    }
    explanation.append("\(candidate) holds a project")
    return Found(files: files)
  }

  /// The directory itself, or what it is a symbolic link to; nil when there is none.
  private mutating func resolve(_ candidate: String) -> String? {
    guard let status = try? FileSystem.status(candidate, followLinks: false) else { return nil }
    if status.kind == .directory { return candidate }
    guard status.kind == .symbolicLink, let real = try? FileSystem.realPath(candidate),
      FileSystem.isDirectory(real)
    else {
      explanation.append("\(candidate) is no directory")
      return nil
    }
    explanation.append("\(candidate) is a link to \(real)")
    return real
  }

  private mutating func follow(_ target: String, from directory: String) -> Found? {
    let base = Path.directory(of: directory)
    let path = Path.absolute(Path.expandingHome(target, environment), in: base)
    explanation.append("\(directory)/redirect leads to \(path)")
    if path == directory { return ignoreRedirect(directory, "it leads to itself") }
    guard let real = resolve(path) else { return ignoreRedirect(directory, "\(path) does not exist") }
    let files = WorkspaceFiles(real)
    if files.isProject {
      explanation.append("\(path) holds a project")
      return Found(files: files, redirectedFrom: directory)
    }
    let reason =
      files.redirect == nil
      ? "\(path) holds no project" : "\(path) is itself redirected, and redirects are followed once"
    return ignoreRedirect(directory, reason)
  }

  private mutating func ignoreRedirect(_ directory: String, _ reason: String) -> Found? {
    warnings.append("ignoring \(directory)/redirect: \(reason)")
    explanation.append("the redirect is ignored: \(reason)")
    return nil
  }

  // MARK: Results

  /// - Parameter repository: The repository of a store found by walking up; otherwise it is looked for.
  private mutating func workspace(
    _ found: Found, _ repository: GitLocation? = nil
  ) throws(BeadsError) -> Workspace {
    let files = found.files
    let database = found.database ?? files.databaseName
    let jsonl = jsonlName(files, database)
    try checkBackend(files, database, jsonl)
    // What a redirect or link leads to may be in another repository.
    let known = repository.flatMap { location in
      found.redirectedFrom == nil && Path.isInside(files.directory, location.workTree) ? location : nil
    }
    return Workspace(
      beadsDirectory: files.directory, databasePath: Path.join(files.directory, database),
      jsonlPath: Path.join(files.directory, jsonl), redirectedFrom: found.redirectedFrom,
      repository: known ?? GitLocation.find(from: Path.directory(of: files.directory)),
      explanation: explanation, warnings: warnings, foreignBackend: files.metadata?.foreignBackend)
  }

  /// A database beside the project's own has an issue file of its own, or the two would mix their issues.
  private func jsonlName(_ files: WorkspaceFiles, _ database: String) -> String {
    let isProjects =
      files.metadata != nil || Path.name(of: files.directory) == ".beads"
      ? database == files.databaseName || files.metadata?.database == nil
      : database == WorkspaceMetadata.defaultDatabase
    if isProjects { return files.jsonlName }
    return (database.hasSuffix(".db") ? String(database.dropLast(3)) : database) + ".jsonl"
  }

  private mutating func checkBackend(
    _ files: WorkspaceFiles, _ database: String, _ jsonl: String
  ) throws(BeadsError) {
    guard let backend = files.metadata?.foreignBackend else { return }
    let hasData = [database, jsonl].contains { FileSystem.exists(Path.join(files.directory, $0)) }
    guard hasData else {
      throw BeadsError(
        .unsupported,
        "\(files.directory) keeps its issues in a \(backend) database, which this bd cannot read",
        hint: "export them with the tool that wrote them, into \(Path.join(files.directory, jsonl))")
    }
    warnings.append(
      "\(files.directory) names \(backend) as its storage; this bd uses \(database) and \(jsonl)")
  }

  private func noStore(_ reason: String, hint: String) -> BeadsError {
    BeadsError(
      .noStore, "no beads database found: \(reason)", hint: ([hint] + warnings).joined(separator: "; "))
  }
}
