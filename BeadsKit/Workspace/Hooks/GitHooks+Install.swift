public import BeadsSystem

extension GitHooks {
  /// Installs our part of the hooks; a second time changes no byte.
  /// - Throws: `no_store` without a project; `conflict` when git uses a directory that other repositories may share
  ///   and nothing was forced; `unsupported` when git is told to run no hooks; `io_error`.
  public func install(_ options: Options = Options()) throws(BeadsError) -> Report {
    guard let workspace else {
      throw BeadsError(
        .noStore, "there is no beads project for the hooks of \(repository.workTree)",
        hint: "if this is a new project, start it with: bd init")
    }
    let directory = try directory(options, workspace)
    var report = Report(directory: directory)
    let plans = try GitHook.allCases.map { hook throws(BeadsError) in
      try plan(hook, directory, options)
    }
    try record(plans, directory, workspace)
    for plan in plans {
      let file = HookFile(Path.join(directory, plan.hook.rawValue))
      try file.install(plan, keepingCopiesIn: workspace.hookCopiesPath)
      report.hooks.append(Change(plan))
    }
    try addWhatIsShared(options, workspace, &report)
    return report
  }

  private func directory(_ options: Options, _ workspace: Workspace) throws(BeadsError) -> String {
    switch options.place {
    case .shared: return sharedDirectory
    case .beads: return workspace.path("hooks")
    case .repository:
      let used = try HooksDirectory(repository, environment)
      guard used.isForeign, !options.forces else { return used.path }
      throw BeadsError(
        .conflict,
        "git takes the hooks of this repository from \(used.path) (core.hooksPath), which others may share",
        hint: "--force installs there; the hooks do nothing in repositories without beads")
    }
  }

  private func plan(_ hook: GitHook, _ directory: String, _ options: Options) throws(BeadsError)
    -> HookFile.Plan
  {
    let file = HookFile(Path.join(directory, hook.rawValue))
    let plan = try file.plan(hook, chains: options.chains)
    if case .refuse = plan.action, options.forces, !options.chains {
      return try file.plan(hook, chains: true)
    }
    return plan
  }

  /// What is inside `.beads` needs no record.
  private func record(
    _ plans: [HookFile.Plan], _ directory: String, _ workspace: Workspace
  ) throws(BeadsError) {
    if Path.isInside(directory, workspace.beadsDirectory) { return }
    var manifest = Manifest(workspace)
    let before = manifest
    for plan in plans {
      let path = Path.join(directory, plan.hook.rawValue)
      switch plan.action {
      case .keep, .refuse, .update: continue
      case .create, .replace:
        manifest.recordDirectories(above: path, in: workspace)
        manifest.record(.hook, path, isNew: true, in: workspace)
      case .add, .chain: manifest.record(.hook, path, isNew: false, in: workspace)
      }
    }
    if manifest != before { try manifest.save(workspace) }
  }

  private func addWhatIsShared(
    _ options: Options, _ workspace: Workspace, _ report: inout Report
  ) throws(BeadsError) {
    let relative = Path.relative(report.directory, to: repository.workTree)
    switch options.place {
    case .repository:
      let used = try HooksDirectory(repository, environment)
      if used.isInCheckout {
        report.notes.append(
          "\(relative) is part of the checkout: everybody gets these hooks if git tracks it")
      }
      if relative.hasSuffix(".husky/_") {
        report.notes.append("husky writes \(relative) anew when it installs; then install these hooks again")
      }
      return
    case .shared:
      var registrar = Registrar(workspace: workspace, repository: repository, environment: environment)
      try registrar.registerMergeDriver()
      if let path = try registrar.addSharedAttribute() {
        report.changes.append("wrote \(registrar.attributeLine ?? "") into \(path)")
      }
      report.changes += registrar.registration.changes
      report.notes += registrar.registration.notes
      report.notes.append("commit .beads-hooks and .gitattributes; bd init tells a clone how to merge")
    case .beads: report.notes.append("commit \(relative)")
    }
    report.notes.append(
      "git runs these in clones where somebody says so once: git config core.hooksPath \(relative)")
    report.notes.append("where other hooks are in use, bd hooks install adds ours to them instead")
  }
}

extension GitHooks.Change {
  init(_ plan: HookFile.Plan) {
    let summary =
      switch plan.action {
      case .keep: "installed already"
      case .create: "new"
      case .add: "added to the hook that is there"
      case .update: "brought up to date"
      case .replace: "replaces the hook of an older version"
      case .chain(let runs):
        "the hook that was there is now \(plan.hook.rawValue).old and "
          + (runs ? "runs after it" : "stays switched off")
      case .refuse(let reason): "left alone: \(reason)"
      }
    if case .refuse = plan.action {
      self.init(hook: plan.hook, summary: summary, isRefused: true)
    } else {
      self.init(hook: plan.hook, summary: summary, isRefused: false)
    }
  }
}
