import BeadsModel
import BeadsSystem

extension DoctorCheck {
  /// Settings, and issues that should not be as they are.
  static let data = [
    DoctorCheck("Database Config", .data, .quick, store: ConfigChecks.database),
    DoctorCheck("Config Values", .data, .quick, ConfigChecks.values),
    DoctorCheck("Role Configuration", .data, .quick, ConfigChecks.role),
    DoctorCheck("Issue IDs", .data, .normal, store: IssueChecks.ids),
    DoctorCheck("Dependency Cycles", .data, .normal, store: IssueChecks.cycles),
    DoctorCheck("Child-Parent Dependencies", .data, .normal, store: IssueChecks.childParent),
    DoctorCheck("Duplicate Issues", .data, .normal, store: IssueChecks.duplicates),
    DoctorCheck("Test Pollution", .data, .normal, store: IssueChecks.pollution),
    DoctorCheck("Misclassified Wisps", .data, .normal, store: IssueChecks.wisps),
    DoctorCheck("Parent Consistency", .data, .deep, store: DeepChecks.parents),
    DoctorCheck("Dependency Integrity", .data, .deep, store: DeepChecks.dependencies),
    DoctorCheck("Epic Completeness", .data, .deep, store: DeepChecks.epics),
  ]

  /// The programs at work.
  static let runtime = [
    DoctorCheck("CLI Version", .runtime, .quick, always: RuntimeChecks.version),
    DoctorCheck("CLI Availability", .runtime, .normal, always: RuntimeChecks.availability),
    DoctorCheck("Version Tracking", .runtime, .quick, store: RuntimeChecks.tracking),
    DoctorCheck("Lock Files", .runtime, .quick, RuntimeChecks.locks),
  ]
}

/// Checks of the settings.
enum ConfigChecks {
  static func database(_ store: Store, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard let text = try store.config("issue_prefix") else {
      return .error("the database has no prefix for new issues", fix: "bd config set issue_prefix NAME")
    }
    guard let prefix = Prefix(rawValue: text) else {
      return .error(
        "the prefix of new issues is \(quoted(text)), which is none", fix: "bd config set issue_prefix NAME")
    }
    if let shared = try context.configuration.fileValue("issue-prefix")?.text, shared != prefix.rawValue {
      return .warning(
        "new issues here begin with \(prefix), those of other clones with \(quoted(shared)) (config.yaml)",
        fix: "bd config set issue_prefix \(shared)")
    }
    return .ok("new issues begin with \(prefix)")
  }

  static func values(_: Workspace, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    let problems = try context.configuration.problems(stored: context.stored)
    if problems.isEmpty { return .ok("every setting is known and has a value that it may have") }
    return .warning(
      Verdict.count(problems.count, "setting") + " with a problem", Verdict.some(problems),
      fix: "bd config validate")
  }

  static func role(_: Workspace, _ context: DoctorContext) -> Verdict {
    guard let text = GitConfig(context.environment).value(Role.key) else { return .ok("not set") }
    if let role = Role(rawValue: text.lowercased()) { return .ok(role.rawValue) }
    return .warning(
      "git config \(Role.key) is \(quoted(text)), which is no role",
      fix: "bd config set \(Role.key) maintainer")
  }
}

/// Checks of the programs at work.
enum RuntimeChecks {
  static func version(_: DoctorContext) -> Verdict { .ok("bd \(beadsVersion)") }

  /// Git hooks and the merge driver call `bd` by its name.
  static func availability(_ context: DoctorContext) throws(BeadsError) -> Verdict {
    let directories = (context.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for directory in directories {
      let path = Path.join(directory, "bd")
      guard let status = try? FileSystem.status(path), status.kind == .regular else { continue }
      if status.mode & 0o111 != 0 { return .ok(path) }
    }
    return .warning(
      "git finds no bd in PATH, so hooks and merges do without it", fix: "put bd into a directory of PATH")
  }

  static func tracking(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    guard let made = try store.metadata("bd_version"), made != beadsVersion else {
      return .ok("made by this version")
    }
    return .ok("made by bd \(made)")
  }

  static func locks(_ workspace: Workspace, _ context: DoctorContext) -> Verdict {
    let old = context.names.filter {
      ["bd.sock", "daemon.pid", "daemon.lock"].contains($0) || $0.hasSuffix(".startlock")
    }
    if !old.isEmpty {
      return .warning(
        "files of an older version's daemon are left", old,
        fix: "end that daemon if it runs, then remove them")
    }
    let paths = [workspace.writeLockPath, workspace.jsonlLockPath, workspace.syncLockPath]
    let held = paths.compactMap { path -> String? in
      guard FileSystem.exists(path) else { return nil }
      let lock = FileLock(path: path, command: "bd doctor", clock: context.environment.clock)
      return lock.holder().map { "\(Path.name(of: path)) is held by \($0)" }
    }
    return .ok(held.isEmpty ? "nobody is writing" : held.joined(separator: "; "))
  }
}
