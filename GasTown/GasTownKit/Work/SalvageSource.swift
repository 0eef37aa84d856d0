import BeadsKit

/// A checkout as `Salvage` reads it: its files, and whatever is left of its repository.
struct SalvageSource {
  /// The checkout.
  let path: String
  /// The repository that has its objects.
  let store: String
  /// Where its own `HEAD` and index are; nil when that is lost.
  let administration: String?
  /// Whether its objects are in the repository that keeps what is saved.
  let isShared: Bool
  let environment: Environment

  /// - Parameter repository: The bare repository that the checkout is expected to be a worktree of.
  init(_ path: String, of repository: String, _ environment: Environment) throws(BeadsError) {
    self.path = path
    self.environment = environment
    let shared = try FileSystem.realPath(repository)
    let location = GitLocation.find(from: path).flatMap { $0.workTree == path ? $0 : nil }
    if let location, FileSystem.exists(Path.join(location.directory, "HEAD")),
      let common = try? FileSystem.realPath(location.commonDirectory), common != shared
    {
      isShared = false
      store = common
      administration = location.directory
    } else {
      isShared = true
      store = shared
      administration = try Self.administration(of: path, in: shared)
    }
  }

  /// Finds what a repository knows of a worktree by what it wrote down itself, because the worktree's `.git` may be
  /// missing.
  private static func administration(
    of path: String, in repository: String
  ) throws(BeadsError) -> String? {
    let worktrees = Path.join(repository, "worktrees")
    guard FileSystem.isDirectory(worktrees) else { return nil }
    let link = Path.join(path, ".git")
    for name in try FileSystem.list(worktrees) {
      let directory = Path.join(worktrees, name)
      guard let bytes = try? FileSystem.readIfPresent(Path.join(directory, "gitdir")) else { continue }
      let text = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
      if Path.absolute(text, in: directory) == link { return directory }
    }
    return nil
  }

  // MARK: git without the index and configuration of the checkout

  private func git(index: String, in directory: String? = nil) -> GitCommand {
    GitCommand(
      within: path, environment,
      adding: [
        "GIT_DIR": directory ?? store, "GIT_WORK_TREE": path, "GIT_INDEX_FILE": index,
        "GIT_AUTHOR_NAME": "gt", "GIT_AUTHOR_EMAIL": "gt@gastown.local",
        "GIT_COMMITTER_NAME": "gt", "GIT_COMMITTER_EMAIL": "gt@gastown.local",
      ],
      settings: [
        "core.bare=false", "core.worktree=\(path)", "core.fsmonitor=false", "core.untrackedCache=false",
        "core.splitIndex=false", "core.sparseCheckout=false", "core.ignoreStat=false", "core.safecrlf=false",
        "diff.ignoreSubmodules=dirty", "submodule.recurse=false", "commit.gpgSign=false",
        // What is saved is about to exist nowhere else.
        "core.fsync=objects,reference", "core.fsyncMethod=batch",
      ])
  }

  /// Runs the body with the path of an index of its own, which is removed afterwards.
  private func withIndex<R>(
    from existing: String? = nil, _ body: (String) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    let random = String(environment.entropy(), radix: 36)
    let index = Path.join(administration ?? store, "gt-salvage-\(random)")
    defer { for end in ["", ".lock"] { _ = try? FileSystem.remove(index + end) } }
    if let existing { try FileSystem.replace(index, with: try FileSystem.read(existing)) }
    return try body(index)
  }

  // MARK: The working tree

  struct WorkingTree {
    /// The tree with everything but what `.gitignore` names.
    var tree: String
    /// Whether there was no file at all, as when the checkout was emptied or never made.
    var isEmpty: Bool
    var untracked: [[UInt8]]
    /// Repositories within, relative to the checkout.
    var nested: [String]
  }

  func workingTree(isManaged: (String) -> Bool) throws(BeadsError) -> WorkingTree {
    let head = try head()
    return try withIndex { index throws(BeadsError) in
      let git = git(index: index)
      let purpose = "save the files of \(path)"
      // A fresh index knows no file as unchanged, so every file is read whatever the flags of the real one say.
      if let head { try git.text(["read-tree", head], to: purpose) }
      try git.text(["add", "-u", "."], to: purpose)
      let others = try git.entries(
        ["ls-files", "-z", "-o", "--exclude-per-directory=.gitignore"], to: purpose)
      let slash = UInt8(ascii: "/")
      let files = others.filter { $0.last != slash && !isManaged(String(decoding: $0, as: UTF8.self)) }
      if !files.isEmpty {
        let input = files.reduce(into: [UInt8]()) { $0 += $1 + [0] }
        try git.text(["update-index", "--add", "--replace", "-z", "--stdin"], input: input, to: purpose)
      }
      let listed = try git.entries(["ls-files", "-s", "-z"], to: purpose)
      let links = listed.filter { $0.starts(with: "160000 ".utf8) }
        .compactMap { entry in entry.firstIndex(of: 0x09).map { Array(entry[($0 + 1)...]) } }
      let repositories = others.filter { $0.last == slash }.map { Array($0.dropLast()) } + links
      return WorkingTree(
        tree: try git.text(["write-tree"], to: purpose),
        isEmpty: listed.isEmpty, untracked: files, nested: try nested(repositories))
    }
  }

  /// Those that are repositories with files of their own; an empty folder of a submodule is none.
  private func nested(_ candidates: [[UInt8]]) throws(BeadsError) -> [String] {
    var found: [String] = []
    for candidate in candidates {
      let relative = String(decoding: candidate, as: UTF8.self)
      if !FileSystem.exists(Path.join(path, relative)) {
        // A link of git without a folder has nothing to save; a name that is no text cannot be looked at.
        if Array(relative.utf8) == candidate { continue }
        throw BeadsError(.io, "\(path) holds a repository whose name is no text")
      }
      if FileSystem.exists(Path.join(path, relative, ".git")) { found.append(relative) }
    }
    return found
  }

  // MARK: The index

  /// The tree of what is staged; nil without an index.
  ///
  /// Of a file in conflict every version is kept, in folders of their own. When the index cannot be read at all, what
  /// was staged is looked for among the objects that nothing leads to.
  func indexTree() throws(BeadsError) -> String? {
    guard let administration else { return nil }
    let index = Path.join(administration, "index")
    guard FileSystem.exists(index) else { return nil }
    return try withIndex(from: index) { copy throws(BeadsError) in
      let git = git(index: copy, in: administration)
      guard GitIndexFile.isWhole(try FileSystem.read(copy)) else { return try lostTree(rawIndex: copy) }
      let whole = try git.ask(["write-tree"])
      if whole.succeeded { return whole.text }
      let listed = try git.ask(["ls-files", "-s", "-z"])
      guard listed.succeeded, !listed.isTruncated else { return try lostTree(rawIndex: copy) }
      return try tree(ofEntries: listed.output.split(separator: 0).map(Array.init))
    }
  }

  private func tree(ofEntries entries: [[UInt8]]) throws(BeadsError) -> String {
    var input: [UInt8] = []
    for entry in entries {
      // MODE SP OBJECT SP STAGE TAB PATH
      guard let tab = entry.firstIndex(of: 0x09), tab > 2 else { continue }
      let stage = entry[tab - 1]
      let name = Array(entry[(tab + 1)...])
      let folder =
        stage == UInt8(ascii: "0") ? [] : Array("conflict-stage-".utf8) + [stage, UInt8(ascii: "/")]
      input += entry[..<(tab - 2)] + [0x09] + folder + name + [0]
    }
    return try writeTree(input)
  }

  /// Everything that no reference leads to, by its own name: somewhere in it is what was staged.
  private func lostTree(rawIndex: String) throws(BeadsError) -> String {
    let purpose = "look for what was staged in \(path)"
    let fsck = try GitCommand(within: store, environment, adding: ["GIT_DIR": store]).ask(
      ["fsck", "--unreachable", "--no-reflogs", "--no-dangling", "--no-progress", "--connectivity-only"])
    let blobs = fsck.text.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count == 3 && words[0] == "unreachable" && words[1] == "blob" ? String(words[2]) : nil
    }
    let raw = try GitCommand(within: path, environment, adding: ["GIT_DIR": store]).text(
      ["hash-object", "-w", "--no-filters", "--", rawIndex], to: purpose)
    let lines = blobs.map { "100644 \($0)\tlost/\($0)\0" } + ["100644 \(raw)\tindex\0"]
    return try writeTree(Array(lines.joined().utf8))
  }

  private func writeTree(_ entries: [UInt8]) throws(BeadsError) -> String {
    try withIndex { index throws(BeadsError) in
      let git = git(index: index)
      let purpose = "save the index of \(path)"
      // The blob of a file that was only announced (add --intent-to-add) need not exist.
      try git.text(["hash-object", "-w", "--stdin"], to: purpose)
      try git.text(["update-index", "--add", "--replace", "-z", "--index-info"], input: entries, to: purpose)
      return try git.text(["write-tree"], to: purpose)
    }
  }

  // MARK: Commits

  /// The commit that is checked out; nil before the first one and when that is lost.
  func head() throws(BeadsError) -> String? {
    guard let administration else { return nil }
    return try GitCommand(within: path, environment, adding: ["GIT_DIR": administration]).commit("HEAD")
  }

  func tree(of commit: String) throws(BeadsError) -> String {
    try GitCommand(within: path, environment, adding: ["GIT_DIR": store]).text(
      ["rev-parse", "--verify", commit + "^{tree}"], to: "read \(commit)")
  }

  func commit(
    _ tree: String, _ parents: [String], _ message: String, at time: Timestamp
  ) throws(BeadsError) -> String {
    let date = "\(time.unixNanoseconds / 1_000_000_000) +0000"
    let git = GitCommand(
      within: path, environment,
      adding: [
        "GIT_DIR": store, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_NAME": "gt",
        "GIT_AUTHOR_EMAIL": "gt@gastown.local", "GIT_COMMITTER_NAME": "gt",
        "GIT_COMMITTER_EMAIL": "gt@gastown.local",
      ], settings: ["core.fsync=objects", "commit.gpgSign=false"])
    return try git.text(
      ["commit-tree", tree] + parents.flatMap { ["-p", $0] }, input: Array((message + "\n").utf8),
      to: "save \(path)")
  }

  /// Gives a commit a new reference in the repository that keeps it; false when the name was taken meanwhile.
  func keep(_ commit: String, as reference: String, in repository: String) throws(BeadsError) -> Bool {
    let git = GitCommand(within: path, environment, adding: ["GIT_DIR": store])
    if isShared {
      let zero = String(repeating: "0", count: commit.utf8.count)
      return try git.ask(["update-ref", reference, commit, zero]).succeeded
    }
    try git.text(
      ["push", "--quiet", "--no-verify", "--no-recurse-submodules", repository, "\(commit):\(reference)"],
      to: "save \(path)")
    return true
  }
}
