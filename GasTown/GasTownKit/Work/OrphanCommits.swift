public import BeadsKit

/// Commits of a rig that no branch, tag, worktree or saved reference leads to any more, and that git would delete some
/// day.
///
/// Looking changes nothing, and nothing here deletes anything: clones borrow objects from the repository, and no one
/// place knows what they need.
public struct OrphanCommits {
  /// One of them; what only it leads to is not told separately.
  public struct Commit: Sendable, Equatable {
    /// Its ID.
    public let id: String
    /// When it was made.
    public let time: Timestamp
    /// Who made it.
    public let author: String
    /// The first line of its message.
    public let subject: String
  }

  private let rig: Rig
  private let town: Town
  private let git: GitCommand

  /// Looks at a rig.
  public init(_ rig: Rig, in town: Town) {
    (self.rig, self.town) = (rig, town)
    git = town.git(rig.repository)
  }

  /// The orphans, the latest first.
  /// - Parameter since: Only those made since then.
  /// - Throws: `io_error` when git cannot tell.
  public func all(since: Timestamp? = nil) throws(BeadsError) -> [Commit] {
    let told = try git.ask(["fsck", "--no-reflogs", "--no-progress", "--connectivity-only"])
    let ids = told.text.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count == 3 && words[0] == "dangling" && words[1] == "commit" ? String(words[2]) : nil
    }
    // Damage elsewhere is a matter of its own; without any answer nothing is known.
    if ids.isEmpty, !told.succeeded {
      throw BeadsError(
        .io, "git cannot look through the repository of \(rig.name)", details: [told.errorText])
    }
    if ids.isEmpty { return [] }
    let text = try git.text(
      ["log", "--no-walk=unsorted", "--format=%H%x09%ct%x09%an%x09%s"] + ids,
      to: "read the commits of \(rig.name)")
    let found = text.split(separator: "\n").compactMap { line -> Commit? in
      let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, let seconds = Int64(parts[1]) else { return nil }
      return Commit(id: parts[0], time: Timestamp(seconds: seconds), author: parts[2], subject: parts[3])
    }
    return found.filter { commit in since.map { commit.time >= $0 } ?? true }.sorted {
      ($1.time, $0.id) < ($0.time, $1.id)
    }
  }

  /// Makes a reference that keeps a commit: `refs/gt/salvage/recovered/ID`.
  /// - Returns: The reference.
  /// - Throws: `not_found` when the rig has no such commit.
  public func recover(_ text: String) throws(BeadsError) -> String {
    guard (4...64).contains(text.utf8.count), text.allSatisfy({ $0.isASCII && $0.isHexDigit }),
      let id = try git.commit(text)
    else {
      throw BeadsError(
        .notFound, "\(rig.name) has no commit \(quoted(text))",
        hint: "`gt orphans --rig \(rig.name)` lists them")
    }
    let reference = "refs/gt/salvage/recovered/\(id.prefix(12))"
    _ = try git.text(["update-ref", reference, id], to: "keep \(text)")
    return reference
  }

  // MARK: Giving up

  /// What was given up of a rig.
  private func fact(_ id: String) -> String { "orphan.given_up.\(rig.name).\(id)" }

  /// Whether somebody gave a commit up.
  public func isGivenUp(_ commit: Commit, _ database: TownDatabase) throws(BeadsError) -> Bool {
    try database.fact(fact(commit.id)) != nil
  }

  /// Writes a commit with all that leads to it into a bundle, and lists it no more.
  ///
  /// `git fetch BUNDLE` brings it back, on any machine.
  /// - Returns: The bundle: `.runtime/bundles/COMMIT.bundle` of the rig.
  /// - Throws: `io_error` when it cannot be written or verified; then it is listed as before.
  public func giveUp(_ commit: Commit, _ database: TownDatabase) throws(BeadsError) -> String {
    let folder = rig.path(".runtime/bundles")
    try FileSystem.makeDirectory(folder)
    let path = Path.join(folder, "\(commit.id).bundle")
    // A bundle takes references only; killed in between, this one keeps the commit, which loses nothing.
    let reference = "refs/gt/bundle/\(commit.id)"
    try git.text(["update-ref", reference, commit.id], to: "name \(commit.id.prefix(12))")
    defer { _ = try? git.ask(["update-ref", "-d", reference, commit.id]) }
    let draft = path + ".new"
    try git.text(
      ["bundle", "create", "--quiet", draft, reference], to: "write \(commit.id.prefix(12)) into a bundle")
    try git.text(["bundle", "verify", "--quiet", draft], to: "read the bundle \(draft) again")
    try FileSystem.rename(draft, to: path)
    try database.setFact(fact(commit.id), path)
    EventLog(town).append(
      "orphan_given_up", actor: rig.name.rawValue, [("commit", commit.id), ("bundle", path)])
    return path
  }
}
