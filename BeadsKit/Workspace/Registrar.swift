import BeadsSystem

/// Writes what git has to know about a project, recording each thing before it is written.
struct Registrar {
  let workspace: Workspace
  let repository: GitLocation
  let environment: Environment
  private(set) var registration = WorkspaceInit.Registration()

  init(workspace: Workspace, repository: GitLocation, environment: Environment) {
    self.workspace = workspace
    self.repository = repository
    self.environment = environment
  }

  private var configPath: String { Path.join(repository.commonDirectory, "config") }
  /// The attributes of this clone alone.
  var attributesPath: String { Path.join(repository.commonDirectory, "info/attributes") }
  /// What this clone ignores.
  var ignored: GitExclude { GitExclude(repository: repository, workspace: workspace) }

  /// The line that makes git ignore `.beads`, or nil when the checkout does not hold it.
  var excludeLine: String? {
    guard Path.isInside(workspace.beadsDirectory, repository.workTree) else { return nil }
    return GitExclude.pattern(
      Path.relative(workspace.beadsDirectory, to: repository.workTree), isDirectory: true)
  }

  /// The line that makes git merge the issue file with our driver, or nil when the checkout does not hold it.
  var attributeLine: String? {
    issueFile.map { quotedIfNeeded(GitExclude.literal($0)) + " merge=beads" }
  }

  /// The issue file relative to the root of a checkout; a linked worktree has it where the main one has.
  private var issueFile: String? {
    for location in [repository, workspace.repository ?? repository] {
      let isSame = location.commonDirectory == repository.commonDirectory
      if isSame, Path.isInside(workspace.jsonlPath, location.workTree) {
        return Path.relative(workspace.jsonlPath, to: location.workTree)
      }
    }
    return nil
  }

  mutating func exclude() throws(BeadsError) {
    if let line = excludeLine, let change = try ignored.add(line) { registration.changes.append(change) }
  }

  static let driverSettings = [
    (key: "merge.beads.name", value: "field-by-field merge of beads issues"),
    (key: "merge.beads.driver", value: WorkspaceInit.mergeDriver),
  ]

  mutating func registerMergeDriver() throws(BeadsError) {
    guard attributeLine != nil else { return }
    let config = GitConfig(environment, repository)
    var lines = ""
    for (key, value) in Self.driverSettings {
      if let present = config.value(key) {
        if key == "merge.beads.driver", present != value {
          registration.notes.append("left \(key) as it is: \(present)")
        }
        continue
      }
      lines += "\t\(key.dropFirst("merge.beads.".count)) = \(value)\n"
      registration.changes.append("git config \(key) = \(value)")
    }
    if !lines.isEmpty { try edit.addConfig("[merge \"beads\"]\n" + lines, to: configPath) }
  }

  mutating func addAttribute() throws(BeadsError) {
    guard let file = issueFile, let line = attributeLine, try edit.addLine(line, to: attributesPath) else {
      return
    }
    registration.changes.append("git merges \(file) with it in this clone (\(attributesPath))")
  }

  /// The same in the file that git shares; returns its path if it was changed.
  mutating func addSharedAttribute() throws(BeadsError) -> String? {
    guard let line = attributeLine else { return nil }
    let path = Path.join(repository.workTree, ".gitattributes")
    return try edit.addLine(line, to: path) ? path : nil
  }

  mutating func save(_ role: Role) throws(BeadsError) {
    let config = GitConfig(environment, repository)
    guard Role.configured(config) != role else { return }
    if config.value(Role.key) == nil {
      try edit.addConfig("[beads]\n\trole = \(role.rawValue)\n", to: configPath)
    } else {
      try role.save(config)
    }
    registration.changes.append("git config \(Role.key) = \(role.rawValue)")
  }

  private var edit: RecordedEdit { RecordedEdit(workspace: workspace) }

  /// In an attributes file a space ends a pattern.
  private func quotedIfNeeded(_ pattern: String) -> String {
    guard pattern.contains(where: { $0 == " " || $0 == "\"" || $0 == "\\" }) else { return pattern }
    return "\"" + pattern.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
