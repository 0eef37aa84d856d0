import BeadsSystem

/// One run of the resolution, taking notes on the way.
struct WorkspaceLocator {
  let environment: Environment
  private(set) var candidates: [WorkspaceCandidate] = []
  /// What was named beside something stronger.
  private(set) var overruled: [WorkspaceCandidate] = []
  var warnings: [String] = []

  init(_ environment: Environment) { self.environment = environment }

  mutating func locate(databasePath: String?, directory: String?) throws(BeadsError) -> Workspace {
    let named: [(source: String, value: String?)] =
      [("--db", databasePath), ("-C", directory)]
      + ["BEADS_DIR", "BEADS_DB", "BD_DB"].map { name in
        (name, environment[name].flatMap { $0.isEmpty ? nil : $0 })
      }
    for (index, place) in named.enumerated() {
      guard let value = place.value else {
        note(place.source, nil, .unset, place.source.hasPrefix("-") ? "not given" : "not set")
        continue
      }
      for weaker in named[(index + 1)...] where weaker.value != nil {
        overruled.append(
          WorkspaceCandidate(
            source: weaker.source, path: weaker.value.map(absolute), outcome: .overruled,
            reason: "\(place.source) is stronger"))
      }
      switch place.source {
      case "-C": return try locate(below: value)
      case "BEADS_DIR": return try locate(beads: value, namedBy: place.source)
      default: return try locate(database: value, namedBy: place.source)
      }
    }
    return try walk(from: environment.currentDirectory)
  }

  mutating func note(
    _ source: String, _ path: String?, _ outcome: WorkspaceCandidate.Outcome, _ reason: String
  ) {
    candidates.append(WorkspaceCandidate(source: source, path: path, outcome: outcome, reason: reason))
  }

  // MARK: Named places

  private mutating func locate(below directory: String) throws(BeadsError) -> Workspace {
    let path = absolute(directory)
    guard FileSystem.isDirectory(path) else {
      note("-C", path, .passed, "no such directory")
      throw BeadsError(.invalid, "no such directory: \(path)")
    }
    let real = try FileSystem.realPath(path)
    note("-C", real, .passed, "looking from there")
    return try walk(from: real)
  }

  private mutating func locate(beads path: String, namedBy name: String) throws(BeadsError) -> Workspace {
    let directory = absolute(path)
    guard let found = try examine(directory, name) else {
      throw noStore(
        "\(name) is \(directory), which holds no beads project",
        hint: "\(name) must name an existing .beads directory")
    }
    return try workspace(found)
  }

  private mutating func locate(database path: String, namedBy name: String) throws(BeadsError) -> Workspace {
    let path = absolute(path)
    if FileSystem.isDirectory(path) { return try locate(beads: path, namedBy: name) }
    let directory = Path.directory(of: path)
    let files = WorkspaceFiles(directory)
    let exists = FileSystem.exists(path)
    guard exists || (Path.name(of: path) == files.databaseName && files.isProject) else {
      note(name, path, .passed, "no such file")
      throw noStore("\(name) is \(path), which does not exist", hint: "check the path given by \(name)")
    }
    note(
      name, path, .taken,
      exists ? "there is such a file" : "the project's database, which is still to be made")
    return try workspace(Found(files: files, database: Path.name(of: path)))
  }

  func absolute(_ path: String) -> String {
    Path.absolute(Path.expandingHome(path, environment), in: environment.currentDirectory)
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
  /// - Parameter accept: Says why a project found in this very directory does not count, or nil.
  /// - Throws: `no_store` when the directory cannot be read: what is beyond it is somebody else's.
  mutating func examine(
    _ candidate: String, _ source: String, unless refusal: (WorkspaceFiles) -> String? = { _ in nil }
  ) throws(BeadsError) -> Found? {
    guard let directory = try resolve(candidate, source) else { return nil }
    let files = WorkspaceFiles(directory)
    if let target = files.redirect {
      note(source, candidate, .passed, "redirected to \(target)")
      if let found = follow(target, from: directory) { return found }
    }
    // ~/.beads/config.yaml alone holds the user's settings.
    let isSettings = directory == Path.join(environment.homeDirectory, ".beads")
    guard isSettings ? files.hasData : files.isProject else {
      if !FileSystem.isSearchable(directory) { throw unreadable(candidate, source, "permission denied") }
      note(source, candidate, .passed, isSettings ? "the user's settings, no project" : "holds no project")
      return nil
    }
    if let reason = refusal(files) {
      note(source, candidate, .passed, reason)
      return nil
    }
    note(source, candidate, .taken, directory == candidate ? "holds a project" : "a link to a project")
    return Found(files: files)
  }

  /// The directory itself, or what it is a symbolic link to; nil when there is none.
  private mutating func resolve(_ candidate: String, _ source: String) throws(BeadsError) -> String? {
    let status: FileStatus?
    do throws(BeadsError) { status = try FileSystem.status(candidate, followLinks: false) } catch {
      throw unreadable(candidate, source, error.message)
    }
    guard let status else {
      note(source, candidate, .passed, "not there")
      return nil
    }
    if status.kind == .directory { return candidate }
    guard status.kind == .symbolicLink, let real = try? FileSystem.realPath(candidate),
      FileSystem.isDirectory(real)
    else {
      note(source, candidate, .passed, status.kind == .symbolicLink ? "a link to nowhere" : "no directory")
      return nil
    }
    return real
  }

  private mutating func unreadable(_ candidate: String, _ source: String, _ reason: String) -> BeadsError {
    note(source, candidate, .passed, "cannot be read: \(reason)")
    return noStore(
      "\(candidate) cannot be read: \(reason)", hint: "ask its owner for access, or name a project with -C")
  }

  private mutating func follow(_ target: String, from directory: String) -> Found? {
    let base = Path.directory(of: directory)
    let path = Path.absolute(Path.expandingHome(target, environment), in: base)
    let reason: String
    if path == directory {
      reason = "leads to itself"
    } else if !FileSystem.isDirectory(path) {
      reason = "does not exist"
    } else {
      let real = (try? FileSystem.realPath(path)) ?? path
      let files = WorkspaceFiles(real)
      if files.isProject {
        note("redirect", path, .taken, "holds a project")
        return Found(files: files, redirectedFrom: directory)
      }
      reason =
        files.redirect == nil
        ? "holds no project" : "is itself redirected, and redirects are followed once"
    }
    warnings.append("ignoring \(directory)/redirect: \(path) \(reason)")
    note("redirect", path, .passed, reason)
    return nil
  }

  // MARK: Results

  /// - Parameter repository: The repository of a store found by walking up; otherwise it is looked for.
  mutating func workspace(
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
      repository: known ?? GitLocation.find(from: Path.directory(of: files.directory)), warnings: warnings,
      foreignBackend: files.metadata?.foreignBackend, projectID: files.metadata?.projectID)
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

  func noStore(_ reason: String, hint: String) -> BeadsError {
    BeadsError(
      .noStore, "no beads database found: \(reason)", hint: ([hint] + warnings).joined(separator: "; "))
  }
}
