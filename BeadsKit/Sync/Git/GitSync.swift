import BeadsModel
public import BeadsSystem

/// Shares the issues of a store through git: export, commit, fetch, merge, import, push (`bd sync --full`).
///
/// Commits contain nothing but files below `.beads` and are made without touching the index or the work tree; only
/// `git merge --ff-only` changes other files, and only when commits came from the remote. Everything can be repeated:
/// a sync that was killed is carried on by the next one. Belongs to one thread.
public final class GitSync {
  let store: Store
  let workspace: Workspace
  let location: GitLocation
  let configuration: Configuration
  let environment: Environment
  let options: SyncOptions
  let scene: SyncScene
  let git: GitCommand
  let config: GitConfig
  let identity: SyncIdentity
  let strategy: ConflictStrategy
  let line: SyncLine
  /// The path of `.beads` in the trees of git.
  let prefix: String
  /// The issue file's name in `.beads`.
  let issueFile: String
  let remote: SyncRemote?
  let say: (String) -> Void

  var report = SyncReport()
  /// The files of the sync branch as this clone has them.
  var local: [String: GitEntry] = [:]
  /// The commit that the branch has reached.
  var tip: GitID?
  /// Where the remote's branch is, once it was fetched.
  var remoteTip: GitID?

  /// Makes the issues of this clone and those of its remote the same.
  ///
  /// Without a remote it ends after the commit; with `no-git-ops` after the export.
  /// - Parameter progress: Called with a sentence before each step that may take long, and with what git says.
  /// - Throws: `unsupported` outside a repository or in one that libgit2 cannot read, `conflict` when git is in the
  ///   middle of something or both sides changed the same code, `locked` while another sync runs,
  ///   `remote_unavailable`, `remote_busy`. What was exported and committed until then stays.
  public static func run(
    _ store: Store, in workspace: Workspace, _ configuration: Configuration,
    options: SyncOptions = SyncOptions(),
    progress: @escaping (String) -> Void = { _ in }
  ) throws(BeadsError) -> SyncReport {
    if try configuration.bool("no-git-ops") { return try exportOnly(store) }
    return try locked(store, workspace, progress) { () throws(BeadsError) in
      let sync = try GitSync(store, workspace, configuration, options, progress)
      try sync.run()
      return sync.report
    }
  }

  /// Runs the body when no other sync of this project runs.
  static func locked(
    _ store: Store, _ workspace: Workspace, _ progress: (String) -> Void,
    _ body: () throws(BeadsError) -> SyncReport
  ) throws(BeadsError) -> SyncReport {
    try store.requireWritable("sync")
    if store.environment["BD_SYNC_IN_PROGRESS"] != nil {
      throw BeadsError(.locked, "a sync is running, which called this one through a git hook")
    }
    let lock = FileLock(
      path: workspace.syncLockPath, command: store.options.command, clock: store.environment.clock)
    if let holder = lock.holder() { progress("Waiting for another sync: \(holder)") }
    return try lock.withLock(timeout: store.options.lockTimeout, body)
  }

  private static func exportOnly(_ store: Store) throws(BeadsError) -> SyncReport {
    var report = SyncReport()
    report.exported = try store.holdingFile { () throws(BeadsError) in
      try store.writeFileUntilSettled(force: true)
    }
    report.notes.append(
      "git is off for this project (no-git-ops): the issues were exported, nothing was committed")
    return report
  }

  init(
    _ store: Store, _ workspace: Workspace, _ configuration: Configuration, _ options: SyncOptions,
    _ say: @escaping (String) -> Void
  ) throws(BeadsError) {
    self.store = store
    self.workspace = workspace
    self.configuration = configuration
    self.options = options
    self.say = say
    environment = store.environment
    let configured = try ConflictStrategy.configured(configuration)
    strategy = options.strategy ?? configured
    scene = try SyncScene(workspace, configuration)
    location = scene.location
    git = scene.git
    config = scene.config
    line = scene.line
    remote = scene.remote
    prefix = scene.prefix
    issueFile = scene.issueFile
    identity = try SyncIdentity(configuration, config, environment)
    report.branch = line.branch
    report.isSyncBranch = line.isSyncBranch
    report.remote = remote?.name
  }

  // MARK: The steps

  /// How often to merge again when others pushed meanwhile.
  private static let attempts = 5

  private func run() throws(BeadsError) {
    if options.mergesSyncBranch, !line.isSyncBranch {
      throw BeadsError(
        .invalid, "there is no sync branch to merge: the issues are on the checked-out branch already",
        hint: "`bd config set sync-branch NAME` gives them one")
    }
    try requireReadyRepository()
    try share()
    if options.mergesSyncBranch {
      try store.holdingFile { () throws(BeadsError) in try mergeSyncBranch() }
    }
  }

  private func share() throws(BeadsError) {
    let fetchesFirst = line.isSyncBranch && options.pulls && remote != nil
    var isFetched = false
    if fetchesFirst, try scene.repository.target(of: line.reference) == nil {
      try fetch()
      isFetched = true
    }
    try exportAndCommit()
    guard let remote else {
      report.notes.append("there is no git remote: the issues are committed to \(line.branch) in this clone")
      return
    }
    guard remote.branch != nil else {
      report.notes.append(
        "\(line.branch) has no upstream branch: the issues are committed here; `git push -u \(remote.name) \(line.branch)` shares them"
      )
      return
    }
    for attempt in 1...Self.attempts {
      if options.pulls {
        if !isFetched { try fetch() }
        isFetched = false
        try integrate()
        try warnOfClockSkew()
      }
      guard options.pushes, try !configuration.bool("no-push") else { return noteUnpushed() }
      if try push() { return }
      guard options.pulls else {
        throw BeadsError(
          .conflict, "\(remote.title) has commits that are not here",
          hint: "without --no-pull they are merged first; everything here is exported and committed")
      }
      say("Others pushed to \(remote.title) meanwhile (attempt \(attempt) of \(Self.attempts))")
    }
    throw BeadsError(
      .remoteBusy, "others pushed to \(remote.title) \(Self.attempts) times while this sync was merging",
      hint: "run `bd sync --full` again; everything here is exported and committed")
  }

  private func requireReadyRepository() throws(BeadsError) {
    guard !line.isSyncBranch else { return }
    if let operation = scene.repository.unfinishedOperation {
      throw BeadsError(
        .conflict, "git is in the middle of a \(operation) in \(location.workTree)",
        hint: "finish it with git, then run `bd sync --full` again")
    }
    try waitForIndex()
  }

  private func exportAndCommit() throws(BeadsError) {
    try store.holdingFile { () throws(BeadsError) in
      if try store.writeFileUntilSettled(force: true) { report.exported = true }
      try commitHeld()
      try takeOver()
    }
  }

  /// Commits what differs from the branch, while no other process writes the file.
  func commitHeld() throws(BeadsError) {
    FailPoint.reach("sync.exported")
    switch line {
    case .checkout: try commitToCheckout()
    case .side:
      try commitToSide()
      try takeOverSide()
    }
    FailPoint.reach("sync.committed")
  }

  private func integrate() throws(BeadsError) {
    guard let remoteTip else { return }
    try store.holdingFile { () throws(BeadsError) in
      try store.writeFileUntilSettled(force: true)
      try commitHeld()
      var (ahead, behind) = (0, 1)
      if let tip { (ahead, behind) = try scene.distance(tip, remoteTip) }
      report.pulled += behind
      if behind > 0 {
        let goal: GitID
        if ahead == 0 { goal = remoteTip } else { goal = try mergeCommit(remoteTip) }
        report.join = ahead == 0 && report.join != .merge ? .fastForward : .merge
        FailPoint.reach("sync.merged")
        try advance(to: goal)
      }
      try takeOver()
      FailPoint.reach("sync.imported")
      try store.writeFileUntilSettled(force: true)
      try commitHeld()
    }
  }

  /// Moves the branch to a commit that contains it, and the work tree with it if it is checked out.
  private func advance(to goal: GitID) throws(BeadsError) {
    switch line {
    case .checkout: try fastForward(to: goal)
    case .side: try moveSide(to: goal)
    }
    tip = goal
  }

  /// Brings what the branch has into the file and the database.
  private func takeOver() throws(BeadsError) {
    if case .side = line { try takeOverSide() }
    try importFile()
  }

  func importFile() throws(BeadsError) {
    guard var imported = try store.importChanges() else { return }
    // The merge may have said it.
    imported.warnings.removeAll { report.warnings.contains($0) }
    report.imported.add(imported)
  }

  private func noteUnpushed() {
    guard let tip, tip != remoteTip else { return }
    report.notes.append("nothing was pushed, as asked")
  }

  /// Two clocks that are a day apart make later changes lose against earlier ones.
  private func warnOfClockSkew() throws(BeadsError) {
    let limit = environment.clock() / 1_000_000_000 + 86_400
    let newest = try store.newestUpdate()
    if let newest, newest.time.seconds > limit {
      report.warn(
        "\(newest.id) was updated at \(newest.time), more than a day from now: the clocks of two machines differ"
      )
    } else if let remoteTip, let remote, try scene.repository.commit(remoteTip).time > limit {
      report.warn(
        "the last commit of \(remote.title) is more than a day from now: the clocks of two machines differ")
    }
  }
}

extension ConflictStrategy {
  static func configured(_ configuration: Configuration) throws(BeadsError) -> ConflictStrategy {
    let text = try configuration.string("conflict.strategy") ?? "newest"
    guard let strategy = ConflictStrategy(rawValue: text) else {
      throw BeadsError(
        .invalid, "the setting conflict.strategy is \(quoted(text))",
        hint: "it is one of " + allCases.map(\.rawValue).joined(separator: ", "))
    }
    return strategy
  }
}

extension SyncReport {
  mutating func warn(_ sentence: String) {
    if !warnings.contains(sentence) { warnings.append(sentence) }
  }
}

extension ImportReport {
  mutating func add(_ other: ImportReport) {
    created += other.created
    updated += other.updated
    deleted += other.deleted
    warnings += other.warnings
  }
}

extension Store {
  /// The issue with the latest update.
  func newestUpdate() throws(BeadsError) -> (id: IssueID, time: Timestamp)? {
    let row = try connection.first("SELECT id, updated_at FROM issues ORDER BY updated_at DESC LIMIT 1") {
      ($0.text(0), $0.text(1))
    }
    guard let row, let time = Timestamp(row.1) else { return nil }
    return (IssueID(unchecked: row.0), time)
  }
}
