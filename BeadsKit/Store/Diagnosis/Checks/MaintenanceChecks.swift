import BeadsFormats
import BeadsModel
import BeadsSystem

extension DoctorCheck {
  /// What grows or is left behind.
  static let maintenance = [
    DoctorCheck("Stale Closed Issues", .maintenance, .normal, store: MaintenanceChecks.staleClosed),
    DoctorCheck("Expired Tombstones", .maintenance, .normal, store: MaintenanceChecks.tombstones),
    DoctorCheck("Large Database", .maintenance, .quick, MaintenanceChecks.size),
    DoctorCheck("Deletions Manifest", .maintenance, .quick, MaintenanceChecks.deletions),
    DoctorCheck("Merge Artifacts", .maintenance, .quick, MaintenanceChecks.artifacts),
    DoctorCheck("Quarantine", .maintenance, .quick, MaintenanceChecks.quarantine),
  ]
}

/// Checks of what grows or is left behind.
enum MaintenanceChecks {
  static func staleClosed(_ store: Store, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    let closed = Int(try store.connection.int64("SELECT COUNT(*) FROM issues WHERE status = 'closed'") ?? 0)
    guard case .number(let text)? = context.workspace?.metadata()?.value["stale_closed_issues_days"],
      let days = Int64(text), days > 0
    else { return .ok("\(Verdict.count(closed, "closed issue")) kept") }
    let limit = context.now.adding(seconds: -days * 86_400).sortableText
    let old = try store.connection.int64(
      "SELECT COUNT(*) FROM issues WHERE status = 'closed' AND pinned = 0 AND closed_at < ?1", limit)
    guard let old, old > 0 else { return .ok("none closed more than \(days) days ago") }
    return .warning("\(Verdict.count(Int(old), "issue")) closed more than \(days) days ago")
  }

  static func tombstones(_ store: Store, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    let policy = MergePolicy(now: context.now)
    let found = try store.issues(where: "i.status = 'tombstone'", lists: false)
    let expired = found.count { policy.hasExpired($0) }
    let total = Verdict.count(found.count, "deleted issue")
    return .ok(
      expired == 0 ? "\(total) remembered" : "\(total) remembered, \(expired) of them longer than needed")
  }

  /// Hosts of git repositories refuse files above 100 MB.
  static func size(_ workspace: Workspace, _: DoctorContext) throws(BeadsError) -> Verdict {
    let database = try FileSystem.stamp(workspace.databasePath)?.size ?? 0
    let file = try FileSystem.stamp(workspace.jsonlPath)?.size ?? 0
    let facts = "database \(megabytes(database)), file \(megabytes(file))"
    if file < 50 << 20 { return .ok(facts) }
    return .warning("\(facts): many git hosts refuse files above 100 MB")
  }

  private static func megabytes(_ size: Int64) -> String {
    size < 1 << 20 ? "\((size + 1023) >> 10) kB" : "\(size >> 20) MB"
  }

  static func deletions(_: Workspace, _ context: DoctorContext) -> Verdict {
    guard context.names.contains("deletions.jsonl") else { return .ok("none") }
    return .warning("deletions of an older version are in deletions.jsonl")
  }

  static func artifacts(_ workspace: Workspace, _ context: DoctorContext) -> Verdict {
    let found = context.leftovers
    if found.isEmpty { return .ok("none") }
    return .warning(
      "\(Verdict.count(found.count, "file")) left in \(workspace.beadsDirectory)", Verdict.some(found),
      fix: Verdict.plan)
  }

  static func quarantine(_ workspace: Workspace, _: DoctorContext) -> Verdict {
    let directory = Quarantine(StoreLocation(workspace)).directory
    let kept = ((try? FileSystem.list(directory)) ?? []).filter { $0 != ".gitignore" }
    if kept.isEmpty { return .ok("empty") }
    return .warning(
      "\(Verdict.count(kept.count, "file")) of lines that could not be read in \(directory)",
      Verdict.some(kept),
      fix: "mend what is worth it, bd import it, then remove the files")
  }
}

extension DoctorContext {
  /// Files in `.beads` that merges, syncs and killed writers left.
  var leftovers: [String] {
    let sides = ["base", "left", "right"].flatMap { ["beads.\($0).jsonl", "beads.\($0).meta.json"] }
    return names.filter { name in
      sides.contains(name) || name.hasSuffix(".orig") || name.hasSuffix(".rej") || isAbandoned(name)
    }
  }

  /// Whether nobody can be writing the temporary file any more.
  private func isAbandoned(_ name: String) -> Bool {
    guard name.hasPrefix("."), name.hasSuffix(".tmp"), let path = workspace?.path(name),
      let modified = (try? FileSystem.stamp(path))?.modified
    else { return false }
    return modified < Environment.systemClock() - 3_600_000_000_000
  }
}
