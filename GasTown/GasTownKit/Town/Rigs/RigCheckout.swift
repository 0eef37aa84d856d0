import BeadsKit

/// The repository of a new rig and its first checkouts.
struct RigCheckout {
  let town: Town
  let root: String
  let plan: RigPlan

  private var repository: String { Path.join(root, ".repo.git") }
  private static let patience = Duration.seconds(3600)

  /// Makes the shared bare repository with the remote's branches under `refs/remotes/origin`.
  ///
  /// A bare clone would take them over as branches of its own instead, which then grow stale.
  func makeRepository() throws(BeadsError) {
    try git(
      root, ["init", "-q", "--bare", "--initial-branch=\(plan.branch)", "--", repository],
      "make \(repository)")
    try configure()
    if let source = plan.localRepository { try borrow(from: source) }
    var arguments = ["fetch", "-q", "--no-auto-gc"]
    if let filter = plan.filter { arguments.append("--filter=\(filter)") }
    try git(repository, arguments + ["origin"], "fetch \(plan.url)", patience: Self.patience)
    try git(
      repository, ["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/\(plan.branch)"],
      "note the default branch")
    try GitExcludes.add(GitExcludes.runtime, common: repository)
  }

  /// One file, so that it is one write instead of a git process a setting.
  private func configure() throws(BeadsError) {
    let path = Path.join(repository, "config")
    var text = String(decoding: try FileSystem.read(path), as: UTF8.self)
    text += """
      [remote "origin"]
      \turl = \(Self.quotedValue(plan.url.text))
      \tfetch = +refs/heads/*:refs/remotes/origin/*

      """
    if let push = plan.pushURL { text += "\tpushurl = \(Self.quotedValue(push.text))\n" }
    if let upstream = plan.upstreamURL {
      text += """
        [remote "upstream"]
        \turl = \(Self.quotedValue(upstream.text))
        \tfetch = +refs/heads/*:refs/remotes/upstream/*

        """
    }
    // The clones borrow objects from here, and what was salvaged must stay.
    text += "[gc]\n\tpruneExpire = never\n"
    try FileSystem.replace(path, with: Array(text.utf8), mode: 0o600)
  }

  static func quotedValue(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }

  private func borrow(from source: String) throws(BeadsError) {
    let inner = Path.join(source, ".git/objects")
    let objects = FileSystem.isDirectory(inner) ? inner : Path.join(source, "objects")
    try FileSystem.makeDirectory(Path.join(repository, "objects/info"))
    try FileSystem.replace(
      Path.join(repository, "objects/info/alternates"), with: Array((objects + "\n").utf8))
  }

  /// The clone on the default branch, whose objects are those of the shared repository.
  func cloneForMayor() throws(BeadsError) {
    let clone = Path.join(root, "mayor/rig")
    try RigClone(town: town, repository: repository).make(
      clone, branch: plan.branch, defaultBranch: plan.branch)
  }

  /// The worktree of the merge engine, on the default branch.
  func addRefinery(_ rig: Rig) throws(BeadsError) {
    let worktree = rig.path("refinery/rig")
    try FileSystem.makeDirectory(Path.directory(of: worktree))
    try git(
      repository,
      [
        "worktree", "add", "-q", "--track", "-b", plan.branch.rawValue, "--", worktree,
        "origin/\(plan.branch)",
      ],
      "make the worktree \(worktree)")
    try rig.linkTracker(from: worktree)
  }

  private func git(
    _ directory: String, _ arguments: [String], _ purpose: String, patience: Duration = .seconds(60)
  ) throws(BeadsError) {
    var git = town.git(directory)
    git.timeout = patience
    do throws(BeadsError) { try git.run(arguments, to: purpose) } catch {
      throw BeadsError(error.code, plan.url.redacting(error.message), hint: error.hint)
    }
  }
}

/// A full clone of a rig's repository, for the mayor and for crew members.
struct RigClone {
  let town: Town
  /// The rig's shared repository, from which the clone takes its remotes and borrows its objects.
  let repository: String

  /// Clones without asking the remote: the shared repository has what it had when last fetched.
  /// - Parameters:
  ///   - branch: The branch to check out.
  ///   - defaultBranch: The branch that the remote's HEAD names.
  func make(_ clone: String, branch: BranchName, defaultBranch: BranchName) throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: clone))
    var git = town.git(Path.directory(of: clone))
    git.timeout = .seconds(600)
    try git.run(["init", "-q", "--initial-branch=\(branch)", "--", clone], to: "make the clone \(clone)")
    let state = Path.join(clone, ".git")
    try FileSystem.makeDirectory(Path.join(state, "objects/info"))
    try FileSystem.replace(
      Path.join(state, "objects/info/alternates"), with: Array((Path.join(repository, "objects") + "\n").utf8)
    )
    try copyRemotes(to: Path.join(state, "config"))
    try GitExcludes.add(GitExcludes.runtime, common: state)
    let own = town.git(clone)
    let fetch = ["fetch", "-q", "--no-auto-gc", "--no-write-fetch-head", repository]
    try own.run(
      fetch + ["+refs/remotes/origin/*:refs/remotes/origin/*", "^refs/remotes/origin/HEAD"],
      to: "take the branches over from \(repository)")
    try own.run(
      ["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/\(defaultBranch)"],
      to: "note the default branch in \(clone)")
    try own.run(
      ["checkout", "-q", "--track", "-B", branch.rawValue, "origin/\(branch)"],
      to: "check out \(branch) in \(clone)")
  }

  /// The sections of the remotes, as they are.
  private func copyRemotes(to path: String) throws(BeadsError) {
    let source = String(decoding: try FileSystem.read(Path.join(repository, "config")), as: UTF8.self)
    var isRemote = false
    var lines: [Substring] = []
    for line in source.split(separator: "\n") {
      if line.hasPrefix("[") { isRemote = line.hasPrefix("[remote ") }
      if isRemote { lines.append(line) }
    }
    let own = String(decoding: try FileSystem.read(path), as: UTF8.self)
    let text = own + lines.joined(separator: "\n") + "\n"
    try FileSystem.replace(path, with: Array(text.utf8), mode: 0o600)
  }
}
