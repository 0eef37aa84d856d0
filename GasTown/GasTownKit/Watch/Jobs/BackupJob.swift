import BeadsKit

/// Copies what cannot be made again: the trackers and the town's database, into `.runtime/backups/TIME/`.
///
/// A copy is made beside the others and gets its name when it is complete and was found sound. The oldest go then, but
/// not when the newest holds much less than the one before: then somebody has to look.
struct BackupJob {
  private let context: JobContext
  private var folder: String { context.town.path(".runtime/backups") }

  static func run(_ context: JobContext) throws(BeadsError) -> JobReport {
    try BackupJob(context: context).run()
  }

  private func run() throws(BeadsError) -> JobReport {
    var report = JobReport()
    let trackers = try context.trackers(&report)
    if context.isDryRun {
      report.count("databases copied", trackers.count + 1)
      return report
    }
    try requireSpace(trackers)
    // 2026-11-23T06-30-00Z, as references of saved work.
    let time =
      String(context.town.now.description.prefix(19)).map { $0 == ":" ? "-" : String($0) }.joined() + "Z"
    let target = Path.join(folder, time), unfinished = target + ".part"
    try FileTree.remove(unfinished)
    try FileSystem.makeDirectory(unfinished, mode: 0o700)
    var entries: [(String, JSONValue?)] = []
    do throws(BeadsError) {
      try copy(context.database.path, to: Path.join(unfinished, "town.db"))
      report.count("databases copied")
      for (name, store) in trackers {
        let copy = Path.join(unfinished, "\(name).db")
        try self.copy(store.location.databasePath, to: copy)
        entries.append((name, .int(try store.count())))
        report.count("databases copied")
        if let text = try FileSystem.readIfPresent(store.location.jsonlPath) {
          try FileSystem.replace(Path.join(unfinished, "\(name).jsonl"), with: text)
        }
      }
      try JSONFile(path: Path.join(unfinished, "manifest.json")).write(
        .members([("at", .string(context.town.now.description)), ("issues", .members(entries))]))
      try FileTree.remove(target)
      try FileSystem.rename(unfinished, to: target)
    } catch {
      try? FileTree.remove(unfinished)
      throw error
    }
    try prune(entries, keeping: target, &report)
    return report
  }

  private func requireSpace(_ trackers: [(name: String, store: Store)]) throws(BeadsError) {
    let paths = [context.database.path] + trackers.map(\.store.location.databasePath)
    let needed = paths.reduce(Int64(0)) { $0 + ((try? FileSystem.stamp($1))?.size ?? 0) * 3 }
    guard let free = FileTree.freeSpace(context.town.root), free < needed else { return }
    throw BeadsError(.io, "only \(free >> 20) MiB are free, and a copy needs \(needed >> 20)")
  }

  private func copy(_ source: String, to target: String) throws(BeadsError) {
    guard FileSystem.exists(source) else { return }
    let database = try Connection(source, .readWrite)
    // Who checkpoints has to hold a lock that we do not need.
    database.keepLogOnClose()
    try database.backup(to: target)
    let problems = try Connection(target, .readWrite).quickCheck()
    if let problem = problems.first {
      throw BeadsError(.corrupt, "the copy of \(source) is not sound: \(problem)")
    }
  }

  /// Removes the oldest copies, unless issues have got lost since the last one.
  private func prune(
    _ entries: [(String, JSONValue?)], keeping newest: String, _ report: inout JobReport
  ) throws(BeadsError) {
    let names = try FileSystem.list(folder).filter { !$0.hasSuffix(".part") }.sorted()
    let before = names.last { Path.join(folder, $0) != newest }
    if let before, let old = try JSONFile(path: Path.join(folder, before, "manifest.json")).read() {
      for (name, value) in entries {
        let (now, then) = (value?.intValue ?? 0, old["issues"]?[name]?.intValue ?? 0)
        guard then - now > 20, now * 2 < then else { continue }
        report.problems.append(
          "the tracker \(name) has \(now) issues, and had \(then) at \(before); all copies are kept")
      }
    }
    if !report.problems.isEmpty { return }
    let surplus = names.dropLast(context.settings.int("lifecycle.backup.keep"))
    for name in surplus { try FileTree.remove(Path.join(folder, name)) }
    report.count("old copies removed", surplus.count)
  }
}
