import BeadsFormats
import BeadsModel
import BeadsSystem

/// Checks of `issues.jsonl` and of what it has in common with the database.
enum FileChecks {
  static func sync(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let path = store.location.jsonlPath
    let written = try store.exportedCount()
    let waiting = Int(try store.connection.int64("SELECT COUNT(*) FROM dirty_issues") ?? 0)
    if !FileSystem.exists(path) {
      if written == 0 { return .ok("nothing was written to the file yet") }
      return .error(
        "\(path) is missing; \(Verdict.count(written, "issue")) were written to it", fix: Verdict.plan)
    }
    if try store.isBehindFile {
      return .warning("\(path) has changes that were not imported yet", fix: "the next command imports them")
    }
    if waiting > 0 {
      return .warning(
        "\(Verdict.count(waiting, "changed issue")) not written to \(path) yet", fix: Verdict.plan)
    }
    return .ok("\(Verdict.count(written, "issue")) in the file, none waiting")
  }

  static func files(_ workspace: Workspace, _ context: DoctorContext) -> Verdict {
    let own = Path.name(of: workspace.jsonlPath)
    let others = ["issues.jsonl", "beads.jsonl"].filter { $0 != own && context.names.contains($0) }
    if others.isEmpty { return .ok(own) }
    return .warning(
      "besides \(own) there is \(others.joined(separator: ", ")), which other programs may read instead",
      fix: "bd import \(others[0]) if it has something of its own, then move it elsewhere")
  }

  static func config(_ workspace: Workspace, _: DoctorContext) throws(BeadsError) -> Verdict {
    guard FileSystem.exists(workspace.metadataPath) else { return .ok("the usual name") }
    guard let metadata = workspace.metadata() else {
      return .error(
        "\(workspace.metadataPath) is not a JSON object", fix: "correct it, or bring it back from git")
    }
    guard let name = metadata.value["jsonl_export"]?.stringValue else { return .ok("the usual name") }
    if metadata.jsonlExport == nil {
      return .warning(
        "jsonl_export in \(workspace.metadataPath) is \(quoted(name)), which is no name of a .jsonl file",
        fix: "set it to issues.jsonl")
    }
    return .ok(name)
  }

  static func integrity(_: Workspace, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard let file = try context.file() else { return .ok("there is no file yet") }
    if !file.badLines.isEmpty {
      let lines = file.badLines.map { "line \($0.number): \($0.reason)" }
      return .error(
        "\(Verdict.count(file.badLines.count, "line")) cannot be read", Verdict.some(lines),
        fix: "the next command sets them aside and repairs what the database knows")
    }
    if !file.repeatedIDs.isEmpty {
      return .warning(
        "\(Verdict.count(file.repeatedIDs.count, "issue")) on several lines",
        Verdict.some(file.repeatedIDs.map(\.rawValue)), fix: "the next command merges them")
    }
    return .ok("\(Verdict.count(file.issueCount, "line")) can be read")
  }

  static func conflicts(_ workspace: Workspace, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard let file = try context.file(), file.conflictCount > 0 else {
      return .ok("none")
    }
    return .error(
      "\(workspace.jsonlPath) has conflict markers of \(Verdict.count(file.conflictCount, "conflict"))",
      fix: "resolve the merge in git")
  }

  /// What `fsck` proves and no other check says.
  static func agreement(_: Store, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard let proof = try context.proof() else { return .ok("no database that can be examined") }
    let others: Set<FsckFinding.Kind> = [
      .databaseDamaged, .schemaDiffers, .fileMissing, .fileNotImported, .fileUnreadable, .fileDuplicate,
    ]
    let findings = proof.findings.filter { !others.contains($0.kind) }
    if findings.isEmpty { return .ok("database, file and operation log agree") }
    return .error(
      Verdict.count(findings.count, "disagreement"), Verdict.some(findings.map(\.message)), fix: Verdict.plan)
  }
}
