public import BeadsSystem

/// Removes what bd ever wrote outside `.beads`, which stays: hooks, git settings, attributes, ignored names.
///
/// Goes by the manifest and by what can be told to be ours without it: sections between markers, settings and lines
/// with our words. What somebody changed since is left alone and named.
public struct Uninstall: Sendable {
  /// One thing that bd wrote.
  public struct Item: Sendable, Equatable {
    /// The file.
    public let path: String
    /// What in it, in a few words.
    public let detail: String
    /// Whether it is left alone, because it was changed since.
    public let isKept: Bool
    let action: Action
  }

  enum Action: Sendable, Equatable {
    case hook(path: String, wasThere: Bool?)
    case entry(Manifest.Entry)
    case line(String, path: String)
    case setting(String, GitLocation)
    case none
  }

  private let workspace: Workspace?
  private let environment: Environment

  /// Looks at the project and the repository of the environment's current directory.
  /// - Parameter workspace: The project, if there is one left.
  public init(workspace: Workspace?, environment: Environment) {
    self.workspace = workspace
    self.environment = environment
  }

  /// What `run` would remove, in its order; changes nothing.
  public func plan() throws(BeadsError) -> [Item] {
    var items = repositories.flatMap(hooks)
    let entries = recorded
    items += entries.compactMap(item)
    for repository in repositories {
      items += lines(repository, recorded: entries)
      items += settings(repository, recorded: entries)
    }
    return items
  }

  /// What the manifest holds, the latest first.
  private var recorded: [Manifest.Entry] { workspace.map { Manifest($0).entries.reversed() } ?? [] }

  /// Removes it all.
  /// - Returns: What was removed, and what was left.
  /// - Throws: `read_only`, `io_error`; what comes later in the plan is then still there.
  public func run() throws(BeadsError) -> [Item] {
    var done: [Item] = []
    for item in try plan() where try perform(item.action) || item.isKept { done.append(item) }
    // Directories that were made for what is gone now.
    for entry in recorded where entry.kind == .directory { _ = try revert(entry) }
    if let workspace {
      var manifest = Manifest(workspace)
      let before = manifest
      manifest.removeAll { $0.state(in: workspace) == .gone }
      if manifest != before { try manifest.save(workspace) }
    }
    return done
  }

  private func perform(_ action: Action) throws(BeadsError) -> Bool {
    switch action {
    case .hook(let path, let wasThere):
      return try HookFile(path).uninstall(wasThere: wasThere, keepingCopiesIn: workspace?.hookCopiesPath)
    case .entry(let entry): return try revert(entry)
    case .line(let line, let path): return try SharedFile.removeLine(line, from: path)
    case .setting(let key, let repository):
      try GitConfig(environment, repository).unset(key)
      return true
    case .none: return false
    }
  }

  private func revert(_ entry: Manifest.Entry) throws(BeadsError) -> Bool {
    guard let workspace else { return false }
    return try entry.revert(in: workspace)
  }

  private var repositories: [GitLocation] {
    var found: [GitLocation] = []
    for location in [GitLocation.find(from: environment.currentDirectory), workspace?.repository] {
      if let location, !found.contains(location) { found.append(location) }
    }
    return found
  }

  // MARK: What there is

  private func hooks(_ repository: GitLocation) -> [Item] {
    GitHooks(repository: repository, workspace: workspace, environment: environment).removals()
      .filter { removal in workspace.map { !Path.isInside(removal.file.path, $0.beadsDirectory) } ?? true }
      .map { removal in
        Item(
          path: removal.file.path, detail: removal.file.uninstallation(wasThere: removal.wasThere),
          isKept: false, action: .hook(path: removal.file.path, wasThere: removal.wasThere))
      }
  }

  private func item(_ entry: Manifest.Entry) -> Item? {
    guard let workspace, entry.kind != .hook, entry.kind != .directory else { return nil }
    let path = entry.absolutePath(in: workspace)
    let detail =
      switch entry.kind {
      case .lines: entry.value.split(separator: "\n").joined(separator: ", ")
      // A section with its name in the first line.
      case .configLines: String(entry.value.split(separator: "\n").first ?? "")
      case .setup: "what bd setup \(entry.value) put there"
      case .file, .hook, .directory: "the file"
      }
    switch entry.state(in: workspace) {
    case .gone: return nil
    case .present: return Item(path: path, detail: detail, isKept: false, action: .entry(entry))
    case .changed: return Item(path: path, detail: "\(detail), changed since", isKept: true, action: .none)
    }
  }

  /// Lines that an attributes or exclude file has from us, also if the manifest does not know.
  private func lines(_ repository: GitLocation, recorded: [Manifest.Entry]) -> [Item] {
    let shared = Path.join(repository.commonDirectory, "info/attributes")
    let tracked = Path.join(repository.workTree, ".gitattributes")
    var items: [Item] = []
    for path in [shared, tracked] {
      for line in SharedFile.lines(path) where line.contains("merge=beads") {
        if isRecorded(line, path, recorded) { continue }
        let isOurs = line.trimmingBlanks.hasSuffix(" merge=beads")
        items.append(
          Item(
            path: path, detail: isOurs ? line : "\(line), changed since", isKept: !isOurs,
            action: isOurs ? .line(line, path: path) : .none))
      }
    }
    if let workspace, let line = registrar(workspace, repository).excludeLine {
      let path = registrar(workspace, repository).ignored.file
      if SharedFile.lines(path).contains(line), !isRecorded(line, path, recorded) {
        items.append(Item(path: path, detail: line, isKept: false, action: .line(line, path: path)))
      }
    }
    return items
  }

  private func registrar(_ workspace: Workspace, _ repository: GitLocation) -> Registrar {
    Registrar(workspace: workspace, repository: repository, environment: environment)
  }

  private func isRecorded(_ line: String, _ path: String, _ entries: [Manifest.Entry]) -> Bool {
    guard let workspace else { return false }
    return entries.contains { entry in
      entry.absolutePath(in: workspace) == path && entry.state(in: workspace) == .present
        && entry.value.split(separator: "\n").contains { $0.trimmingBlanks == line.trimmingBlanks }
    }
  }

  /// Settings of git that have our names, or lead to our hooks.
  private func settings(_ repository: GitLocation, recorded: [Manifest.Entry]) -> [Item] {
    let path = Path.join(repository.commonDirectory, "config")
    guard let file = GitConfigFile(path: path) else { return [] }
    var items: [Item] = []
    func consider(_ key: String, _ name: String, isOurs: (String) -> Bool) {
      guard let value = file.value(key), !isRecorded("\(name) = \(value)", path, recorded) else { return }
      let ours = isOurs(value)
      items.append(
        Item(
          path: path, detail: "\(key) = \(value)" + (ours ? "" : ", changed since"), isKept: !ours,
          action: ours ? .setting(key, repository) : .none))
    }
    let driver = file.value("merge.beads.driver") ?? WorkspaceInit.mergeDriver
    let isOurDriver = driver.hasPrefix("bd merge")
    if isOurDriver { consider("merge.beads.name", "name") { _ in true } }
    consider("merge.beads.driver", "driver") { _ in isOurDriver }
    consider(Role.key, "role") { _ in true }
    if let value = file.value(HooksDirectory.key), leadsToOurHooks(value, repository) {
      consider(HooksDirectory.key, "hooksPath") { _ in true }
    }
    return items
  }

  private func leadsToOurHooks(_ value: String, _ repository: GitLocation) -> Bool {
    let path = Path.absolute(value, in: repository.workTree)
    let ours = [Path.join(repository.workTree, ".beads-hooks")] + (workspace.map { [$0.path("hooks")] } ?? [])
    return ours.contains(path)
  }
}
