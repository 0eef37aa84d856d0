import BeadsModel
public import BeadsSystem

extension Doctor {
  /// What can be repaired, from a look at everything; changes nothing.
  ///
  /// Costs what `fsck` costs.
  /// - Parameter kinds: What to repair; nil for all.
  /// - Throws: `no_store` without a project, and what keeps the database from being read.
  public func plan(_ kinds: Set<Repair.Kind>? = nil) throws(BeadsError) -> RepairPlan {
    let workspace = try context.requireWorkspace()
    var repairs: [Repair] = []
    var fileItems: [String] = []
    if let store = try context.store() {
      let findings = try RepairFindings(store)
      repairs = try findings.repairs()
      fileItems = findings.fileItems
    }
    // Conflicts are for people, or for the command that merges both sides.
    if let file = try context.file(), file.conflictCount > 0 { fileItems = [] }
    return RepairPlan(repairs: repairs + FileRepairs(context, workspace).repairs(fileItems)).only(kinds)
  }

  /// Carries out a plan, or one repair of it, exactly as it was shown.
  ///
  /// Copies of the files that change are made first. All changes of issues are one operation, which `undo` takes
  /// back.
  /// - Parameters:
  ///   - id: The plan's, or that of one of its repairs.
  ///   - kinds: What the plan was made for.
  /// - Throws: `conflict` when the findings are not those of the plan any more; then nothing has happened.
  public func apply(_ id: String, _ kinds: Set<Repair.Kind>? = nil) throws(BeadsError) -> RepairReport {
    let workspace = try context.requireWorkspace()
    guard let plan = try plan(kinds).part(id) else { throw Self.changed(id) }
    var report = RepairReport(plan: plan)
    let files = FileRepairs(context, workspace)
    context.close()
    let store = try context.open(.readWrite)
    defer { store?.closeConnection() }
    if !plan.only(.files).isEmpty { report.backup = try files.backUp(store) }
    let inStore = plan.only(.store)
    if let store, !inStore.isEmpty { report.operation = try apply(inStore, of: id, to: store) }
    for repair in plan.only(.files).repairs { report.notes += try files.apply(repair, store) }
    try store?.flush()
    return report
  }

  /// One transaction for all; under its lock the findings are looked at once more.
  private func apply(_ plan: RepairPlan, of id: String, to store: Store) throws(BeadsError) -> Int64? {
    let isLogged = try store.write("doctor") { transaction throws(BeadsError) in
      let findings = try RepairFindings(store)
      let present = try findings.repairs()
      guard plan.repairs.allSatisfy(present.contains) else { throw Self.changed(id) }
      transaction.summary = "repair \(id)"
      for repair in plan.repairs { try transaction.repair(repair.kind, findings) }
      if transaction.changeCount == 0 { transaction.isBookkeeping = true }
      return transaction.changeCount > 0
    }
    return isLogged ? try store.operations(limit: 1).first?.id : nil
  }

  private static func changed(_ id: String) -> BeadsError {
    BeadsError(
      .conflict, "there is no plan \(quoted(id)) for what is found now",
      hint: "`bd doctor --plan` shows the present one")
  }
}

extension DoctorContext {
  fileprivate func requireWorkspace() throws(BeadsError) -> Workspace {
    if let workspace { return workspace }
    throw absence ?? BeadsError(.noStore, "no beads project found")
  }
}

/// The repairs outside the database.
private struct FileRepairs {
  let context: DoctorContext
  let workspace: Workspace

  init(_ context: DoctorContext, _ workspace: Workspace) {
    self.context = context
    self.workspace = workspace
  }

  func repairs(_ fileItems: [String]) -> [Repair] {
    let items: [(Repair.Kind, [String])] = [
      (.file, fileItems), (.ignoreFile, missingIgnores), (.mergeDriver, missingDriver),
      (.leftovers, context.leftovers),
    ]
    return items.filter { !$0.1.isEmpty }.map { Repair(kind: $0.0, items: $0.1) }
  }

  private var missingIgnores: [String] {
    guard let repository = workspace.repository, !context.isHidden(repository) else { return [] }
    return InitFiles.missingIgnores(among: SharedFile.lines(workspace.path(".gitignore")))
  }

  private var missingDriver: [String] {
    guard let repository = workspace.repository,
      GitChecks.mergeDriver(workspace, repository, context).status != .ok
    else { return [] }
    let registrar = Registrar(workspace: workspace, repository: repository, environment: context.environment)
    return ["merge.beads.driver = \(WorkspaceInit.mergeDriver)"]
      + (registrar.attributeLine.map { [$0] } ?? [])
  }

  /// Copies what may change into a directory of its own; returns its path.
  func backUp(_ store: Store?) throws(BeadsError) -> String {
    let seconds = context.environment.clock() / 1_000_000_000
    let directory = workspace.path("backup/doctor-\(seconds)")
    try FileSystem.makeDirectory(directory)
    for path in [workspace.jsonlPath, workspace.path(".gitignore")] where FileSystem.exists(path) {
      try FileSystem.replace(
        Path.join(directory, Path.name(of: path)), with: try FileSystem.read(path), mode: 0o600)
    }
    try store?.connection.backup(to: Path.join(directory, Path.name(of: workspace.databasePath)))
    return directory
  }

  /// Does one repair; returns what the user should know.
  func apply(_ repair: Repair, _ store: Store?) throws(BeadsError) -> [String] {
    switch repair.kind {
    case .file:
      guard let store else { return [] }
      if try RepairFindings(store).mustForgetFile { try store.forgetFile() }
      try store.flush(force: true)
    case .ignoreFile: _ = try InitFiles.completeIgnore(workspace.path(".gitignore"))
    case .mergeDriver:
      guard let repository = workspace.repository else { return [] }
      var registrar = Registrar(
        workspace: workspace, repository: repository, environment: context.environment)
      try registrar.registerMergeDriver()
      try registrar.addAttribute()
      return registrar.registration.changes + registrar.registration.notes
    case .leftovers:
      let seconds = context.environment.clock() / 1_000_000_000
      let directory = workspace.path("backup/leftovers-\(seconds)")
      try FileSystem.makeDirectory(directory)
      for name in repair.items { try FileSystem.rename(workspace.path(name), to: Path.join(directory, name)) }
      return ["moved to \(directory)"]
    default: break
    }
    return []
  }
}

extension Store {
  /// Forgets which file the database has seen, so that the next look compares all of it.
  fileprivate func forgetFile() throws(BeadsError) {
    try write("doctor") { transaction throws(BeadsError) in
      try connection.execute("DELETE FROM metadata WHERE key = ?1", FileState.key)
      transaction.countBookkeeping()
    }
  }
}
