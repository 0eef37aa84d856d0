import BeadsModel
import BeadsSystem

extension GitSync {
  /// Adds the merge of our branch and the remote's, made in memory: no work tree is involved, and nothing is left
  /// behind when it cannot be made.
  /// - Throws: `conflict` when both sides changed the same code, or the same field of an issue and nobody shall win.
  func mergeCommit(_ theirs: GitID) throws(BeadsError) -> GitID {
    guard let ours = tip else { return theirs }
    let title = remote?.title ?? "the remote"
    say("Merging \(title)")
    let base = try scene.mergeBase(ours, theirs)
    let merged = try mergedEntries(
      base: try scene.sharedEntries(of: base), ours: try scene.sharedEntries(of: ours),
      theirs: try scene.sharedEntries(of: theirs)
    ) { name throws(BeadsError) in try newer(name, ours, theirs) }
    let root = try mergedRoot(base, ours, theirs)
    let present =
      try scene.repository.entry(prefix, in: root).map { entry throws(BeadsError) in
        try scene.repository.files(below: entry.id)
      } ?? [:]
    var edits: [String: GitEntry?] = [:]
    for (name, entry) in merged where present[name] != entry { edits[Path.join(prefix, name)] = entry }
    for name in present.keys where merged[name] == nil { edits[Path.join(prefix, name)] = .some(nil) }
    let message = options.message ?? "bd sync: merge \(title)"
    let commit = try addUnchecked(
      try scene.repository.tree(root, with: edits), parents: [ours, theirs], message)
    report.commits.append(commit.description)
    return commit
  }

  /// The tree to put the merged `.beads` into: the code of both sides.
  ///
  /// Mostly one side has changed no code, and the other's tree is it. Otherwise git merges the code in memory.
  private func mergedRoot(_ base: GitID?, _ ours: GitID, _ theirs: GitID) throws(BeadsError) -> GitID {
    let old: GitID
    if let base { old = try scene.repository.tree(of: base) } else { old = try scene.repository.emptyTree() }
    let (mine, other) = (try scene.repository.tree(of: ours), try scene.repository.tree(of: theirs))
    if try hasSameCode(old, mine) { return other }
    if try hasSameCode(old, other) { return mine }
    // Conflicts below .beads are ours to resolve; a driver that fails leaves them so without running bd again.
    let result = try git.ask([
      "-c", "merge.beads.driver=false", "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z",
      ours.description, theirs.description,
    ])
    let words = result.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard result.status == .exited(0) || result.status == .exited(1),
      let tree = words.first.flatMap({ GitID($0) })
    else { throw cannotMerge(result.errorText) }
    let files = words.dropFirst().filter { !$0.hasPrefix(prefix + "/") }
    if files.isEmpty { return tree }
    let more = files.count > 3 ? " and \(files.count - 3) more" : ""
    throw BeadsError(
      .conflict,
      "\(line.branch) and \(remote?.title ?? "the remote") both changed \(files.prefix(3).joined(separator: ", "))\(more)",
      hint: "merge them with git, then run `bd sync --full` again; nothing was touched")
  }

  private func cannotMerge(_ reason: String) -> BeadsError {
    let title = remote?.title ?? "the remote"
    if reason.contains("unrelated histories") {
      return BeadsError(
        .conflict, "\(line.branch) and \(title) have no commit in common",
        hint: scene.repository.isShallow
          ? "this clone is shallow: git fetch --unshallow gets the rest" : "join them with git first")
    }
    return BeadsError(
      .unsupported, "git cannot merge the code of \(line.branch) and \(title): \(GitCommand.reason(reason))",
      hint: "git 2.38 or later can; or merge them with git yourself, then run `bd sync --full` again")
  }

  private func hasSameCode(_ a: GitID, _ b: GitID) throws(BeadsError) -> Bool {
    try scene.repository.paths(differingBetween: a, and: b).allSatisfy { $0.hasPrefix(prefix + "/") }
  }

  // MARK: Files of .beads

  /// Which version of a file is kept that cannot be merged and was changed by both.
  enum Kept {
    /// The newer one, which is this clone's or the remote's.
    case ours, theirs
    /// The project's, which this clone joins.
    case projects
  }

  /// Merges what two sides have below `.beads`: issues field by field, logs line by line, other files as a whole.
  ///
  /// A file that one side removed and the other changed stays.
  func mergedEntries(
    base: [String: GitEntry], ours: [String: GitEntry], theirs: [String: GitEntry],
    choose: (String) throws(BeadsError) -> Kept
  ) throws(BeadsError) -> [String: GitEntry] {
    var merged: [String: GitEntry] = [:]
    for name in Set(ours.keys).union(theirs.keys) {
      let (old, mine, other) = (base[name], ours[name], theirs[name])
      if mine == other || other == old {
        merged[name] = mine
      } else if mine == old {
        merged[name] = other
      } else if let mine, let other {
        merged[name] = try mergedEntry(name, old, mine, other, choose)
      } else {
        merged[name] = mine ?? other
      }
    }
    return merged
  }

  private func mergedEntry(
    _ name: String, _ old: GitEntry?, _ mine: GitEntry, _ other: GitEntry,
    _ choose: (String) throws(BeadsError) -> Kept
  ) throws(BeadsError) -> GitEntry {
    guard mine.isFile, other.isFile, name.hasSuffix(".jsonl") else {
      let kept = try choose(name)
      if kept == .projects { return other }
      report.warn(
        "both sides changed \(Path.join(prefix, name)): \(kept == .ours ? "this clone's" : "the remote's") version is newer and was kept"
      )
      return kept == .ours ? mine : other
    }
    let (ours, theirs) = (try scene.repository.content(mine.id), try scene.repository.content(other.id))
    var base: [UInt8] = []
    if let old { base = try scene.repository.content(old.id) }
    let content = name == issueFile ? try mergedIssues(base, ours, theirs) : ours.union(theirs)
    return GitEntry(id: try scene.repository.add(blob: content), mode: mine.mode)
  }

  /// Merges three versions of the issue file.
  func mergedIssues(_ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8]) throws(BeadsError) -> [UInt8] {
    let policy = MergePolicy(now: store.now, preference: strategy.preference)
    let file = IssueFileMerge.merge(
      base: base, ours: ours, theirs: theirs, policy: policy, explaining: strategy == .manual)
    let conflicts = file.reports.filter { $0.decisions.contains { $0.isConflict } }
    guard conflicts.isEmpty else { throw unresolved(conflicts) }
    report.mergedIssues += file.mergedCount
    for issue in file.separated { report.warn(issue.sentence) }
    var bytes = file.bytes
    for line in file.rejected { bytes += line.bytes + [0x0A] }
    if let line = file.rejected.first {
      report.warn("\(file.rejected.count) lines are no issues and were kept as they are: \(line.reason)")
    }
    return bytes
  }

  private func unresolved(_ conflicts: [MergeReport]) -> BeadsError {
    let named = conflicts.prefix(3).map { conflict in
      let fields = conflict.decisions.filter(\.isConflict).map(\.field).joined(separator: ", ")
      return "\(conflict.issue.id) (\(fields))"
    }
    let more = conflicts.count > 3 ? " and \(conflicts.count - 3) more" : ""
    return BeadsError(
      .conflict, "both sides changed the same fields of \(named.joined(separator: ", "))\(more)",
      hint: "`bd sync --resolve` takes the newer values, with --ours yours and with --theirs the others'")
  }

  /// The side on which a file was changed last.
  private func newer(_ name: String, _ ours: GitID, _ theirs: GitID) throws(BeadsError) -> Kept {
    let path = Path.join(prefix, name)
    return try lastChange(of: path, in: theirs) > lastChange(of: path, in: ours) ? .theirs : .ours
  }

  /// When a file got its present content, following the first parent that has the same.
  func lastChange(of path: String, in start: GitID) throws(BeadsError) -> Int64 {
    var versions = GitVersions([path])
    var commit = try scene.repository.commit(start)
    let version = try versions.version(start, scene.repository)
    while true {
      var next: GitID?
      for parent in commit.parents where next == nil {
        if try versions.version(parent, scene.repository) == version { next = parent }
      }
      guard let next else { return commit.time }
      commit = try scene.repository.commit(next)
    }
  }
}

extension MergeDecision {
  /// Whether both sides changed the field and one of them had to give way.
  var isConflict: Bool {
    switch rule {
    case .later, .laterKeepingText: true
    case .status: field == "status"
    case .oneSideChanged, .elements, .moment, .compaction, .deletion: false
    }
  }
}

extension [UInt8] {
  /// These lines and those of another file that are not among them: what two sides appended to a log.
  func union(_ other: [UInt8]) -> [UInt8] {
    let known = Set(split(separator: 0x0A))
    var result = self
    if let last = result.last, last != 0x0A { result.append(0x0A) }
    for line in other.split(separator: 0x0A) where !known.contains(line) { result += line + [0x0A] }
    return result
  }
}
