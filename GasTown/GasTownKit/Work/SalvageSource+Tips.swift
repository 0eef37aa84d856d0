import BeadsKit

extension SalvageSource {
  /// The commits that the checkout's own notes lead to and that nothing else keeps, without those that others of
  /// them lead to.
  ///
  /// - Parameter doomed: A branch that is about to be deleted, which therefore keeps nothing.
  func tips(doomed: BranchName?, head: String?) throws(BeadsError) -> [String] {
    var candidates = try notedObjects()
    if let head { candidates.insert(head) }
    if isShared {
      if let doomed {
        let log = Path.join(store, "logs/refs/heads/\(doomed)")
        if let bytes = try FileSystem.readIfPresent(log) { Self.collectObjects(bytes, into: &candidates) }
        if let tip = try git.commit("refs/heads/\(doomed)") { candidates.insert(tip) }
      }
      for branch in Set([doomed, headBranch].compactMap(\.self)) {
        candidates.formUnion(try stashes(of: branch))
      }
    }
    let commits = try onlyCommits(candidates)
    if commits.isEmpty { return [] }

    var known = ["--remotes"]
    if isShared {
      known =
        (doomed.map { ["--exclude=\($0)"] } ?? []) + [
          "--branches", "--remotes", "--tags", "--glob=refs/gt/*",
        ]
    }
    let listed = try git.text(
      ["rev-list", "--parents", "--ignore-missing", "--stdin", "--not"] + known,
      input: Array(commits.map { $0 + "\n" }.joined().utf8), to: "find the commits that only \(path) keeps")
    var lost: [String] = []
    var parents: Set<Substring> = []
    for line in listed.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let commit = words.first else { continue }
      lost.append(String(commit))
      parents.formUnion(words.dropFirst())
    }
    return lost.filter { !parents.contains(Substring($0)) }
  }

  private var git: GitCommand { GitCommand(within: path, environment, adding: ["GIT_DIR": store]) }

  /// The branch that is checked out, by name alone.
  var headBranch: BranchName? {
    guard let administration, let text = try? FileSystem.readText(Path.join(administration, "HEAD")),
      let line = text.split(separator: "\n").first, line.hasPrefix("ref: refs/heads/")
    else { return nil }
    return BranchName(rawValue: String(line.dropFirst("ref: refs/heads/".count)))
  }

  /// Stashes that were made on a branch; all worktrees share one list of them.
  private func stashes(of branch: BranchName) throws(BeadsError) -> [String] {
    let listed = try git.ask(["log", "-g", "--format=%H %gs", "refs/stash", "--"])
    // Without a stash there is no such reference.
    guard listed.succeeded else { return [] }
    return listed.text.split(separator: "\n").compactMap { line in
      let (object, text) = (line.prefix { $0 != " " }, line.drop { $0 != " " }.dropFirst())
      return text.isStash(of: branch) ? String(object) : nil
    }
  }

  /// Every object that a note in the checkout's own folder of its repository names: logs, pseudo-references such as
  /// `MERGE_HEAD`, what a rebase or bisection in progress wrote down.
  private func notedObjects() throws(BeadsError) -> Set<String> {
    guard let administration else { return [] }
    var found: Set<String> = []
    let foreign = ["objects/", "hooks/", "modules/", "lfs/", "worktrees/", "info/"]
    for file in try FileTree.files(below: administration) {
      let name = Path.name(of: file)
      if foreign.contains(where: file.hasPrefix) || name == "index" || name.hasPrefix("sharedindex.") {
        continue
      }
      let path = Path.join(administration, file)
      guard let size = try FileSystem.stamp(path)?.size, size < 64 << 20,
        let bytes = try FileSystem.readIfPresent(path)
      else { continue }
      Self.collectObjects(bytes, into: &found)
    }
    return found
  }

  /// Words of exactly 40 or 64 hexadecimal digits.
  static func collectObjects(_ bytes: [UInt8], into found: inout Set<String>) {
    var start = 0
    for end in 0...bytes.count {
      if end < bytes.count, isHexadecimal(bytes[end]) { continue }
      let length = end - start
      if length == 40 || length == 64 { found.insert(String(decoding: bytes[start..<end], as: UTF8.self)) }
      start = end + 1
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  /// Those that are commits and exist.
  private func onlyCommits(_ objects: Set<String>) throws(BeadsError) -> [String] {
    if objects.isEmpty { return [] }
    let input = Array(objects.sorted().map { $0 + "\n" }.joined().utf8)
    let listed = try git.text(
      ["cat-file", "--batch-check=%(objectname) %(objecttype)"], input: input,
      to: "look at the commits of \(path)")
    return listed.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 2 && words[1] == "commit" ? String(words[0]) : nil
    }
  }
}

extension Substring {
  /// Whether the subject of a stash says that it was made on a branch.
  func isStash(of branch: BranchName) -> Bool {
    hasPrefix("WIP on \(branch):") || hasPrefix("On \(branch):")
  }
}
