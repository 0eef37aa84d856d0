import BeadsModel
import BeadsSystem

extension DoctorCheck {
  /// The project, its database and its file.
  static let core = [
    DoctorCheck("Installation", .core, .quick, always: CoreChecks.installation),
    DoctorCheck("Permissions", .core, .quick, CoreChecks.permissions),
    DoctorCheck("Fresh Clone", .core, .quick, CoreChecks.freshClone),
    DoctorCheck("Database", .core, .quick, DatabaseChecks.database),
    DoctorCheck("Schema Compatibility", .core, .quick, store: DatabaseChecks.schema),
    DoctorCheck("Repo Fingerprint", .core, .quick, store: DatabaseChecks.fingerprint),
    DoctorCheck("Journal Mode", .core, .quick, store: DatabaseChecks.journal),
    DoctorCheck("Database Integrity", .core, .normal, DatabaseChecks.integrity),
    DoctorCheck("Database Files", .core, .quick, DatabaseChecks.files),
    DoctorCheck("DB-JSONL Sync", .core, .quick, store: FileChecks.sync),
    DoctorCheck("JSONL Files", .core, .quick, FileChecks.files),
    DoctorCheck("JSONL Config", .core, .quick, FileChecks.config),
    DoctorCheck("JSONL Integrity", .core, .normal, FileChecks.integrity),
    DoctorCheck("Store Agreement", .core, .normal, store: FileChecks.agreement),
  ]
}

/// Checks of the `.beads` directory itself.
enum CoreChecks {
  static func installation(_ context: DoctorContext) -> Verdict {
    guard let workspace = context.workspace else {
      let absence = context.absence
      return .error(absence?.message ?? "no beads project found", fix: absence?.hint)
    }
    let from = workspace.redirectedFrom.map { " (redirected from \($0))" } ?? ""
    guard workspace.warnings.isEmpty else {
      return .warning("\(workspace.beadsDirectory)\(from)", workspace.warnings, fix: "bd where --explain")
    }
    return .ok("\(workspace.beadsDirectory)\(from)")
  }

  static func permissions(_ workspace: Workspace, _: DoctorContext) throws(BeadsError) -> Verdict {
    let directory = workspace.beadsDirectory
    if workspace.isReadOnly {
      let what = FileSystem.isWritable(directory) ? workspace.databasePath : directory
      return .warning("\(what) cannot be written; reading works", fix: "give yourself the right to write it")
    }
    if let mode = try FileSystem.status(directory)?.mode, mode & 0o002 != 0 {
      return .warning("everybody on this machine may change \(directory)", fix: "chmod o-w \(directory)")
    }
    let unreadable = [workspace.jsonlPath, workspace.configPath, workspace.metadataPath].filter {
      FileSystem.exists($0) && !FileSystem.isReadable($0)
    }
    if !unreadable.isEmpty { return .error("these files cannot be read", unreadable) }
    return .ok("files can be read and written")
  }

  static func freshClone(_ workspace: Workspace, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard !context.usesFileAlone, !FileSystem.exists(workspace.databasePath) else {
      return .ok("there is a database, or none is wanted")
    }
    guard let file = try context.file() else {
      return .warning("there is neither a database nor \(workspace.jsonlPath)", fix: "bd init")
    }
    return .warning(
      "there is no database yet; it is made from the \(Verdict.count(file.issueCount, "issue")) of \(workspace.jsonlPath)",
      fix: "any command that reads issues, such as bd list")
  }
}
