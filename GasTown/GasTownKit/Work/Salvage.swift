public import BeadsKit

/// Saves what a checkout holds and nothing else keeps, so that the checkout may go.
///
/// The result is a commit in the rig's bare repository under `refs/gt/salvage/NAME/TIME`: its tree is the working
/// tree with every file that no `.gitignore` names, its parents are the checked-out commit, a commit of the index
/// when that held something else, and every commit that only the checkout's own notes led to (a detached head, a
/// merge or rebase in progress, stashes, what was reset or amended). Repositories within the checkout, submodules
/// included, are saved beside it.
///
/// Neither the checkout's index nor its `HEAD` is needed or changed: damaged or locked ones do not stand in the way.
public struct Salvage {
  /// The bare repository that keeps what is saved.
  let repository: String
  let environment: Environment
  /// Files of the checkout that we put there ourselves.
  var isManaged: (_ relativePath: String) -> Bool = { _ in false }

  /// What was saved, if there was anything.
  public struct Saved: Sendable, Equatable {
    /// The references that keep it; the first is that of the checkout itself, then those of repositories in it.
    public internal(set) var references: [String] = []
    /// Where the whole folder was put, because git could not save it.
    public internal(set) var folder: String?
    /// Untracked files that are in the saved commit, relative to the checkout.
    var untracked: [[UInt8]] = []

    /// Whether there was nothing to save.
    public var isEmpty: Bool { references.isEmpty && folder == nil }
    /// What keeps it, for people.
    public var places: [String] { references + (folder.map { [$0] } ?? []) }
  }

  /// - Parameter repository: The bare repository that is to keep what is saved.
  public init(into repository: String, environment: Environment) {
    self.repository = repository
    self.environment = environment
  }

  /// Saves what a checkout holds.
  /// - Parameters:
  ///   - name: Whose it is, which becomes part of the reference.
  ///   - reason: Why, for the message of the commit.
  ///   - doomed: A branch that is about to be deleted: what it alone keeps is saved too.
  /// - Throws: `io_error` when something could not be saved; then the checkout must stay.
  public func save(
    _ checkout: String, of name: String, because reason: String, doomed: BranchName? = nil
  ) throws(BeadsError) -> Saved {
    var saved = Saved()
    try save(checkout, name, reason, doomed, into: &saved, depth: 0)
    return saved
  }

  private func save(
    _ path: String, _ name: String, _ reason: String, _ doomed: BranchName?, into saved: inout Saved,
    depth: Int
  ) throws(BeadsError) {
    guard depth < 8 else { throw BeadsError(.io, "\(path): repositories are nested too deeply to be saved") }
    let source = try SalvageSource(path, of: repository, environment)
    let snapshot = try source.workingTree(isManaged: depth == 0 ? isManaged : { _ in false })
    let head = try source.head()
    let index = try source.indexTree()
    let tips = try source.tips(doomed: doomed, head: head)
    if depth == 0 { saved.untracked = snapshot.untracked }

    let headTree = try head.flatMap { commit throws(BeadsError) in try source.tree(of: commit) }
    let isIndexNew = index != nil && index != headTree && index != snapshot.tree
    if (snapshot.tree != headTree && !snapshot.isEmpty) || isIndexNew || !tips.isEmpty {
      var parents = head.map { [$0] } ?? []
      if let index, isIndexNew {
        parents.append(try source.commit(index, parents, "The index", at: now))
      }
      parents += tips.filter { !parents.contains($0) }
      let commit = try source.commit(
        snapshot.tree, parents, message(path, name, reason, head), at: now)
      saved.references.append(try keep(commit, from: source, name))
    }
    for nested in snapshot.nested {
      try save(Path.join(path, nested), name, reason, nil, into: &saved, depth: depth + 1)
    }
  }

  private var now: Timestamp { Timestamp(unixNanoseconds: environment.clock()) }

  private func message(_ path: String, _ name: String, _ reason: String, _ head: String?) -> String {
    """
    Saved from \(path)

    What \(name) had there, saved because \(reason).
    The tree is the working tree; the parents are the commit it was based on (\(head ?? "none")), the index
    when it differed, and commits that nothing else kept.
    """
  }

  /// Gives a commit a reference in the repository that keeps it.
  private func keep(
    _ commit: String, from source: SalvageSource, _ name: String
  ) throws(BeadsError) -> String {
    let git = GitCommand(within: repository, environment)
    // 2026-11-23T06-30-00Z: a colon may not be in a reference.
    let time = String(now.description.prefix(19)).map { $0 == ":" ? "-" : String($0) }.joined() + "Z"
    for number in 1...1000 {
      let reference = "refs/gt/salvage/\(name)/\(time)" + (number == 1 ? "" : "-\(number)")
      if try git.ask(["rev-parse", "--verify", "--quiet", reference]).succeeded { continue }
      if try source.keep(commit, as: reference, in: repository) { return reference }
    }
    throw BeadsError(.io, "\(repository): no reference could be made for what was saved")
  }
}
