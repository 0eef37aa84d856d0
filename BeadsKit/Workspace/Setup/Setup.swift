public import BeadsSystem

/// Puts a recipe into a project's files, says whether it is there, and takes it out again.
///
/// Everything is worked out before the first file is written, and each file is replaced in one step unless somebody
/// changed it meanwhile. In a project what was written is recorded, so that `Uninstall` finds it.
public struct Setup: Sendable {
  /// The recipe.
  public let recipe: SetupRecipe
  private let place: Place
  private let isStealthy: Bool

  /// Whose files are meant.
  public enum Place: Sendable {
    /// The files of a checkout, and the project that remembers what was written.
    case project(root: String, Workspace)
    /// The user's own.
    case home(String)
  }

  /// One file of a recipe.
  public struct File: Sendable, Equatable {
    /// What is the case with it, or became of it.
    public enum State: String, Sendable {
      /// It has what the recipe says.
      case installed
      /// It has something of ours, and not what the recipe says now.
      case outdated
      /// It has nothing of ours.
      case missing
      /// It was made.
      case created
      /// Ours was added or brought up to date.
      case updated
      /// Ours was taken out.
      case removed
      /// It was there for ours alone and is gone.
      case deleted
    }

    /// The absolute path.
    public let path: String
    /// The state.
    public let state: State
  }

  /// A recipe in a place.
  /// - Parameter isStealthy: Whether the agents hear nothing of git, and settings go where only this user has them.
  /// - Throws: `unsupported` when the recipe has no file for all projects.
  public init(_ recipe: SetupRecipe, in place: Place, isStealthy: Bool = false) throws(BeadsError) {
    if case .home = place, !recipe.isGlobal {
      throw BeadsError(
        .unsupported, "\(recipe.name) has no settings for all projects", hint: "leave --global out")
    }
    self.recipe = recipe
    self.place = place
    self.isStealthy = isStealthy
  }

  /// The state of each file; changes nothing.
  public func check() throws(BeadsError) -> [File] {
    var files: [File] = []
    for part in parts {
      let found = try part.paths.map { path throws(BeadsError) in try check(part.content, path) }
      let best =
        found.first { $0.state == .installed } ?? found.first { $0.state == .outdated } ?? found.first
      if let best { files.append(best) }
    }
    return files
  }

  /// Writes what is not there yet; a second time it changes nothing.
  /// - Throws: `conflict`, `corrupt` before anything is changed; `io_error`.
  public func apply() throws(BeadsError) -> [File] {
    var edits: [Edit] = []
    var files: [File] = []
    for part in parts {
      let path = isStealthy ? part.personalPath ?? part.path : part.path
      // What stands in the other file would come twice.
      for other in part.paths where other != path {
        if let edit = try removal(part.content, other) { edits.append(edit) }
      }
      let target = try absolute(path)
      let before = try Snapshot(target)
      let after = try content(part.content).applied(to: before.bytes, target)
      if after == before.bytes {
        files.append(File(path: target, state: .installed))
      } else {
        edits.append(Edit(before: before, after: after))
      }
    }
    for edit in edits where edit.after != nil { try record(edit) }
    for edit in edits { files.append(try edit.perform()) }
    return files
  }

  /// Takes ours out of every file, and away those that were made for it.
  public func remove() throws(BeadsError) -> [File] {
    var edits: [Edit] = []
    for part in parts {
      for path in part.paths { if let edit = try removal(part.content, path) { edits.append(edit) } }
    }
    var files: [File] = []
    for edit in edits { files.append(try edit.perform()) }
    try forget(files)
    return files
  }

  // MARK: Files

  private var parts: [SetupRecipe.Part] {
    if case .home = place { recipe.globalParts } else { recipe.parts }
  }

  private func content(_ content: SetupRecipe.Content) -> SetupRecipe.Content {
    isStealthy ? content.stealthy : content
  }

  private func check(_ content: SetupRecipe.Content, _ path: String) throws(BeadsError) -> File {
    let target = try absolute(path)
    guard let bytes = try FileSystem.readIfPresent(target) else { return File(path: target, state: .missing) }
    if try content.removed(from: bytes, target) == .untouched { return File(path: target, state: .missing) }
    for variant in [content, content.stealthy] {
      if try variant.applied(to: bytes, target) == bytes { return File(path: target, state: .installed) }
    }
    return File(path: target, state: .outdated)
  }

  private func removal(_ content: SetupRecipe.Content, _ path: String) throws(BeadsError) -> Edit? {
    let before = try Snapshot(try absolute(path))
    guard let bytes = before.bytes else { return nil }
    switch try content.removed(from: bytes, before.path) {
    case .untouched: return nil
    case .nothing: return Edit(before: before, after: nil)
    case .content(let rest): return Edit(before: before, after: rest, isRemoval: true)
    }
  }

  /// The path of a file, which links must not lead out of the place.
  private func absolute(_ path: String) throws(BeadsError) -> String {
    let root =
      switch place {
      case .project(let root, _): root
      case .home(let home): home
      }
    let target = Path.absolute(path, in: root)
    var level = target
    while (try FileSystem.status(level, followLinks: false)) == nil, level != root {
      level = Path.directory(of: level)
    }
    guard let real = try? FileSystem.realPath(level), Path.isInside(real, try FileSystem.realPath(root))
    else {
      throw BeadsError(
        .conflict, "\(target) leads out of \(root) by a link; nothing was changed",
        hint: "make it a file of its own, or add what `bd setup \(recipe.name) --print` shows by hand")
    }
    return target
  }

  // MARK: The manifest

  private func record(_ edit: Edit) throws(BeadsError) {
    guard case .project(_, let workspace) = place, !edit.isRemoval else { return }
    var manifest = Manifest(workspace)
    let before = manifest
    manifest.recordDirectories(above: edit.before.path, in: workspace)
    manifest.record(
      .setup, edit.before.path, recipe.name, isNew: edit.before.bytes == nil, in: workspace)
    if manifest != before { try manifest.save(workspace) }
  }

  private func forget(_ files: [File]) throws(BeadsError) {
    guard case .project(_, let workspace) = place else { return }
    var manifest = Manifest(workspace)
    let before = manifest
    for entry in manifest.entries.reversed() where entry.kind == .directory {
      let directory = entry.absolutePath(in: workspace)
      if files.contains(where: { $0.state == .deleted && Path.isInside($0.path, directory) }) {
        try entry.revert(in: workspace)
      }
    }
    let paths = files.map(\.path)
    manifest.removeAll { entry in
      switch entry.kind {
      case .setup: paths.contains(entry.absolutePath(in: workspace))
      case .directory: entry.state(in: workspace) == .gone
      default: false
      }
    }
    if manifest != before { try manifest.save(workspace) }
  }

  // MARK: Edits

  /// A file as it was read.
  private struct Snapshot {
    let path: String
    let bytes: [UInt8]?
    let stamp: FileStamp?

    init(_ path: String) throws(BeadsError) {
      self.path = path
      stamp = try FileSystem.stamp(path)
      bytes = try FileSystem.readIfPresent(path)
    }
  }

  private struct Edit {
    let before: Snapshot
    /// Nil to remove the file.
    let after: [UInt8]?
    var isRemoval = false

    func perform() throws(BeadsError) -> File {
      guard let after else {
        try FileSystem.remove(before.path)
        return File(path: before.path, state: .deleted)
      }
      try FileSystem.makeDirectory(Path.directory(of: before.path))
      try FileSystem.replace(before.path, expected: .unchanged(before.stamp)) { file throws(BeadsError) in
        try file.write(after)
      }
      return File(path: before.path, state: isRemoval ? .removed : before.bytes == nil ? .created : .updated)
    }
  }
}
