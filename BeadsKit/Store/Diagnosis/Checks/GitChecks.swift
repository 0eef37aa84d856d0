import BeadsModel
import BeadsSystem

extension DoctorCheck {
  /// What git knows and does.
  static let git = [
    DoctorCheck("Git Merge Driver", .git, .quick, git: GitChecks.mergeDriver),
    DoctorCheck("Git Hooks", .git, .quick, git: GitChecks.hooks),
    DoctorCheck("Git Conflicts", .git, .normal, FileChecks.conflicts),
    DoctorCheck("Git Working Tree", .git, .normal, git: GitChecks.workingTree),
    DoctorCheck("Git Upstream", .git, .normal, git: GitChecks.upstream),
    DoctorCheck("Sync Branch Config", .git, .normal, git: GitChecks.syncBranch),
    DoctorCheck("Gitignore", .git, .quick, git: GitChecks.ignoreFile),
    DoctorCheck("Issues Tracking", .git, .normal, git: GitChecks.issuesTracking),
    DoctorCheck("Untracked Files", .git, .normal, git: GitChecks.untracked),
    DoctorCheck("Redirect Tracking", .git, .normal, git: GitChecks.redirectTracking),
    DoctorCheck("Redirect Target Valid", .git, .quick, GitChecks.redirectTarget),
    DoctorCheck("Last-Touched Tracking", .git, .normal, git: GitChecks.lastTouchedTracking),
    DoctorCheck("Tracked Runtime Files", .git, .normal, git: GitChecks.runtimeTracking),
  ]
}

/// Checks of the repository that carries the issues.
enum GitChecks {
  static func mergeDriver(
    _ workspace: Workspace, _ repository: GitLocation, _ context: DoctorContext
  ) -> Verdict {
    let registrar = Registrar(workspace: workspace, repository: repository, environment: context.environment)
    guard let line = registrar.attributeLine, !context.isHidden(repository) else {
      return .ok("not needed: git does not carry \(workspace.jsonlPath)")
    }
    guard let driver = GitConfig(context.environment, repository).value("merge.beads.driver") else {
      return .warning(
        "git would merge \(Path.name(of: workspace.jsonlPath)) line by line in this clone", fix: Verdict.plan)
    }
    let shared = Path.join(repository.workTree, ".gitattributes")
    let attributes = SharedFile.lines(registrar.attributesPath) + SharedFile.lines(shared)
    guard attributes.contains(where: { $0 == line || $0.hasSuffix("issues.jsonl merge=beads") }) else {
      return .warning("git knows the merge driver, and no attribute names it", fix: Verdict.plan)
    }
    return .ok(driver)
  }

  static func hooks(
    _ workspace: Workspace, _ repository: GitLocation, _ context: DoctorContext
  ) throws(BeadsError) -> Verdict {
    let hooks = GitHooks(repository: repository, workspace: workspace, environment: context.environment)
    let installed = try hooks.list().filter(\.isInstalled)
    if installed.isEmpty { return .ok("none installed, and none needed") }
    let old = installed.filter { $0.isOutdated || $0.isShim }.map(\.hook.rawValue)
    if old.isEmpty { return .ok(installed.map(\.hook.rawValue).joined(separator: ", ")) }
    return .warning("hooks of another version are installed", old, fix: "bd hooks install")
  }

  static func workingTree(_: Workspace, _: GitLocation, _ context: DoctorContext) throws(BeadsError)
    -> Verdict
  {
    guard let status = try context.sync() else { return .ok("nothing to examine") }
    if let problem = status.problem, !status.isSyncBranch { return .warning(problem) }
    if status.uncommitted.isEmpty { return .ok("everything is committed") }
    return .ok(
      "\(Verdict.count(status.uncommitted.count, "file")) not committed yet", Verdict.some(status.uncommitted)
    )
  }

  static func upstream(_: Workspace, _: GitLocation, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard let status = try context.sync(), let branch = status.branch else {
      return .ok("nothing to examine")
    }
    guard let upstream = status.upstream else { return .ok("\(branch) has no upstream branch") }
    let (ahead, behind) = (Verdict.count(status.ahead, "commit"), Verdict.count(status.behind, "commit"))
    if status.behind > 0, status.ahead > 0 {
      return .warning(
        "\(branch) and \(upstream) have gone apart: \(ahead) here, \(behind) there", fix: "bd sync")
    }
    if status.behind > 0 { return .warning("\(branch) is \(behind) behind \(upstream)", fix: "bd sync") }
    return .ok(
      status.ahead > 0 ? "\(branch) is \(ahead) ahead of \(upstream)" : "\(branch) is as \(upstream)")
  }

  static func syncBranch(_: Workspace, _: GitLocation, _ context: DoctorContext) throws(BeadsError) -> Verdict
  {
    guard let name = try context.configuration.string("sync-branch"), !name.isEmpty else {
      return .ok("issues travel on the checked-out branch")
    }
    if let problem = try context.sync()?.problem {
      return .error("\(name) cannot carry the issues: \(problem)", fix: "bd config set sync-branch NAME")
    }
    return .ok("issues travel on \(name)")
  }

  static func ignoreFile(
    _ workspace: Workspace, _ repository: GitLocation, _ context: DoctorContext
  ) -> Verdict {
    if context.isHidden(repository) { return .ok("not needed: git does not see \(workspace.beadsDirectory)") }
    let lines = SharedFile.lines(workspace.path(".gitignore"))
    let negations = lines.filter { $0.hasPrefix("!") }
    if !negations.isEmpty {
      return .warning(
        "\(workspace.path(".gitignore")) takes patterns back, so that git may share what is this machine's",
        negations, fix: "remove these lines")
    }
    let missing = InitFiles.missingIgnores(among: lines)
    if missing.isEmpty { return .ok("covers all that belongs to one machine") }
    return .warning(
      "\(workspace.path(".gitignore")) lacks \(Verdict.count(missing.count, "pattern"))",
      Verdict.some(missing),
      fix: Verdict.plan)
  }

  static func issuesTracking(
    _ workspace: Workspace, _ repository: GitLocation, _ context: DoctorContext
  ) throws(BeadsError) -> Verdict {
    guard Path.isInside(workspace.jsonlPath, repository.workTree), !context.isHidden(repository) else {
      return .ok("git is not to see the issues")
    }
    let path = Path.relative(workspace.jsonlPath, to: repository.workTree)
    let isKnown = try context.committed()?.contains(Path.name(of: path)) ?? false
    if !isKnown, try GitRepository(repository).ignores(path) {
      return .warning(
        "git ignores \(path), so that nobody else gets the issues",
        fix: "git check-ignore -v \(path) names the rule")
    }
    return .ok("git does not ignore \(path)")
  }

  static func untracked(
    _ workspace: Workspace, _ repository: GitLocation, _ context: DoctorContext
  ) throws(BeadsError) -> Verdict {
    guard let status = try context.sync(), !status.isSyncBranch, !context.isHidden(repository),
      let committed = try context.committed()
    else { return .ok("nothing to examine") }
    let name = Path.name(of: workspace.jsonlPath)
    guard FileSystem.exists(workspace.jsonlPath), !committed.contains(name) else {
      return .ok("\(name) is shared")
    }
    return .warning(
      "\(name) was never committed, so that nobody else has the issues", fix: "bd sync, or git add")
  }

  // MARK: What must not be shared

  static func redirectTracking(
    _: Workspace, _: GitLocation, _ context: DoctorContext
  ) throws(BeadsError) -> Verdict { try tracked(["redirect"], context) }

  static func lastTouchedTracking(
    _: Workspace, _: GitLocation, _ context: DoctorContext
  ) throws(BeadsError) -> Verdict { try tracked(["last-touched"], context) }

  static func runtimeTracking(
    _ workspace: Workspace, _: GitLocation, _ context: DoctorContext
  ) throws(BeadsError) -> Verdict {
    let database = Path.name(of: workspace.databasePath)
    return try tracked(
      [
        database, database + "-wal", database + "-shm", ".write.lock", ".jsonl.lock", ".sync.lock",
        ".local_version",
        "config.local.yaml", "manifest.json", "daemon.log", "daemon.pid", "bd.sock",
      ], context)
  }

  private static func tracked(_ names: [String], _ context: DoctorContext) throws(BeadsError) -> Verdict {
    let found = try context.committed().map { committed in names.filter(committed.contains) } ?? []
    if found.isEmpty { return .ok("not shared through git") }
    return .warning(
      "git shares \(found.joined(separator: ", ")), which belongs to one machine",
      fix: "git rm --cached " + found.map { ".beads/\($0)" }.joined(separator: " "))
  }

  static func redirectTarget(_ workspace: Workspace, _: DoctorContext) -> Verdict {
    let broken = workspace.warnings.filter { $0.contains("redirect") }
    if broken.isEmpty { return .ok(workspace.redirectedFrom.map { "\($0) leads here" } ?? "no redirect") }
    return .warning("the redirect leads nowhere", broken, fix: "correct it, or delete the file redirect")
  }
}
