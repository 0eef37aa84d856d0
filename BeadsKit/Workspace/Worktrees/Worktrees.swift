import BeadsModel
public import BeadsSystem

/// The checkouts of one git repository, which share one store.
///
/// Looking reads git's files and runs nothing; `create` and `remove` run `git`.
public struct Worktrees: Sendable {
  /// The checkout one is in.
  public let here: GitLocation
  /// The root of the main checkout or, for a bare repository, the directory it is in.
  public let mainDirectory: String
  let environment: Environment

  /// Finds the repository of a directory.
  /// - Parameter directory: Where to look from; nil for the current directory.
  /// - Throws: `unsupported` when it is in no repository.
  public init(environment: Environment, directory: String? = nil) throws(BeadsError) {
    let start = Path.absolute(
      Path.expandingHome(directory ?? ".", environment), in: environment.currentDirectory)
    guard let location = GitLocation.find(from: (try? FileSystem.realPath(start)) ?? start) else {
      throw BeadsError(
        .unsupported, "\(start) is in no git repository", hint: "worktrees are checkouts of a git repository")
    }
    here = location
    mainDirectory = location.mainDirectory
    self.environment = environment
  }

  /// Every checkout: the main one, then the others by path.
  ///
  /// A few small files for each.
  public func list() -> [Worktree] {
    let main = Worktree(path: mainDirectory, state: here.commonDirectory, isMain: true, environment)
    return [main] + linked.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The checkout one is in.
  public func current() -> Worktree {
    Worktree(
      path: here.workTree, state: here.directory, isMain: !here.isLinkedWorktree, environment)
  }

  private var linked: [Worktree] {
    let folder = Path.join(here.commonDirectory, "worktrees")
    return ((try? FileSystem.list(folder)) ?? []).compactMap { name in
      let state = Path.join(folder, name)
      guard let text = try? FileSystem.readText(Path.join(state, "gitdir")),
        let line = text.split(whereSeparator: \.isNewline).first
      else { return nil }
      let root = Path.directory(of: Path.absolute(String(line), in: state))
      return Worktree(path: root, state: state, isMain: false, environment)
    }
  }

  /// The checkout that a user names, by its name or by a path.
  ///
  /// Relative paths start from the main checkout, and those that lead nowhere from there from the current
  /// directory.
  /// - Throws: `not_found`, or `ambiguous_id` when several have that name.
  public func find(_ word: String) throws(BeadsError) -> Worktree {
    let all = list()
    let paths = [mainDirectory, environment.currentDirectory].map {
      Path.absolute(Path.expandingHome(word, environment), in: $0)
    }
    for path in paths {
      let real = (try? FileSystem.realPath(path)) ?? path
      if let found = all.first(where: { $0.path == path || $0.path == real }) { return found }
    }
    let named = all.filter { $0.name == word && !$0.isMain }
    if named.isEmpty, all[0].name == word { return all[0] }
    if named.count == 1 { return named[0] }
    if named.isEmpty {
      let names = all.filter { !$0.isMain }.map(\.name)
      throw BeadsError(
        .notFound, "there is no worktree \(quoted(word))",
        hint: names.isEmpty
          ? "\(mainDirectory) has no other worktrees" : "its worktrees are " + names.joined(separator: ", "))
    }
    throw BeadsError(
      .ambiguous, "\(named.count) worktrees are called \(quoted(word))",
      hint: "give the path of one: " + named.map(\.path).joined(separator: ", "))
  }
}
