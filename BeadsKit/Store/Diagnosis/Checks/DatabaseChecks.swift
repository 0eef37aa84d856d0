import BeadsModel
import BeadsSystem
import CSQLite

/// Checks of the SQLite file.
enum DatabaseChecks {
  static func database(_ workspace: Workspace, _ context: DoctorContext) -> Verdict {
    if context.usesFileAlone { return .ok("not wanted: \(workspace.jsonlPath) is the store (no-db)") }
    do throws(BeadsError) {
      guard let store = try context.store() else { return .ok("not made yet") }
      let version = try store.connection.pragmaInt("user_version") ?? 0
      return .ok("schema \(version), \(Verdict.count(try store.count(), "issue"))")
    } catch {
      if error.code == .corrupt { return .error("the database cannot be read; see Database Integrity") }
      return .error(error.message, fix: error.hint)
    }
  }

  static func schema(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    var report = FsckReport()
    FsckTables(connection: store.connection).checkSchema(&report)
    if report.isClean { return .ok("every table, index and view is as this version makes it") }
    return .error(
      "\(Verdict.count(report.findings.count, "part")) of the schema differ from what this version makes",
      Verdict.some(report.findings.map(\.message)))
  }

  /// The repository that the database was made in, if it was recorded.
  static func fingerprint(_ store: Store, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    if let own = try store.metadata(Store.projectKey), let identity = context.workspace?.projectID,
      own != identity
    {
      return .warning(
        "the database belongs to project \(own), metadata.json names \(identity)",
        fix: "the next command that writes goes with metadata.json if the issues are the same")
    }
    return .ok("database and files belong to the same project")
  }

  static func journal(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let mode = try store.connection.journalMode
    let isShared = FileSystem.sharesMemory(Path.directory(of: store.location.databasePath))
    let facts =
      "SQLite \(String(cString: sqlite3_libversion())), journal \(mode), "
      + (isShared ? "local file system" : "network file system")
    if mode == "wal", !isShared {
      return .error(
        "\(facts): the write-ahead log needs memory that processes share, which this file system does not give",
        fix: "move the project to a local disk, or set no-db: true in config.yaml")
    }
    // https://sqlite.org/wal.html#walresetbug
    let isSafe = sqlite3_libversion_number() >= 3_051_003
    let detail =
      mode != "wal"
      ? "no write-ahead log, so none can be reset wrongly"
      : isSafe
        ? "this SQLite resets the write-ahead log correctly"
        : "the log is only moved under the write lock, because SQLite before 3.51.3 may corrupt it otherwise"
    return .ok(facts, [detail])
  }

  static func integrity(_ workspace: Workspace, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    do throws(BeadsError) {
      guard let proof = try context.proof() else { return .ok("no database to examine") }
      let problems = proof.findings.filter { $0.kind == .databaseDamaged }.map(\.message)
      if problems.isEmpty { return .ok("every page is sound") }
      return .error("the database is damaged", Verdict.some(problems))
    } catch {
      guard error.code == .corrupt else { return .ok("no database that can be examined") }
      return .error("\(workspace.databasePath) is damaged or no database", fix: error.hint)
    }
  }

  static func files(_ workspace: Workspace, _ context: DoctorContext) -> Verdict {
    let own = Path.name(of: workspace.databasePath)
    let others = context.names.filter { $0.hasSuffix(".db") && $0 != own && !$0.contains(".backup") }
    let aside = context.names.filter { name in
      name.hasPrefix(own + ".") && !name.hasSuffix("-wal") && !name.hasSuffix("-shm")
    }
    let kept = aside.isEmpty ? "" : "; \(Verdict.count(aside.count, "database")) set aside"
    if others.isEmpty { return .ok("\(own)\(kept)", aside) }
    return .warning(
      "besides \(own) there are other databases\(kept)", others + aside,
      fix: "keep the one that bd where names, and move the others elsewhere")
  }
}
