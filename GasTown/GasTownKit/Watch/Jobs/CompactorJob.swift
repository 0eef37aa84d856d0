import BeadsKit

/// Shortens what grows by itself: logs, rows of the town's database that nobody asks for any more, databases with many
/// free pages.
struct CompactorJob {
  private let context: JobContext
  private let age: Int64

  static func run(_ context: JobContext) throws(BeadsError) -> JobReport {
    let age = nanoseconds(context.settings.duration("lifecycle.compactor.log_age"))
    return try CompactorJob(context: context, age: age).run()
  }

  private func run() throws(BeadsError) -> JobReport {
    var report = JobReport()
    report.count("old events removed", try shortenEvents())
    report.count("logs put aside", try rotateLogs())
    report.count("old rows removed", try removeRows())
    report.count("old files removed", try removeFiles())
    let threshold = context.settings.int("maintenance.threshold")
    if try freePages(context.database.path) >= threshold {
      report.count("databases shrunk")
      if !context.isDryRun { try context.database.shrink() }
    }
    for (name, store) in try context.trackers(&report) {
      do throws(BeadsError) {
        guard try freePages(store.location.databasePath) >= threshold else { continue }
        report.count("databases shrunk")
        if !context.isDryRun { try store.shrink() }
      } catch { report.problems.append("\(name): \(error.message)") }
    }
    return report
  }

  private func freePages(_ path: String) throws(BeadsError) -> Int {
    guard FileSystem.exists(path) else { return 0 }
    let database = try Connection(path, .readWrite)
    database.keepLogOnClose()
    return Int(try database.int64("PRAGMA freelist_count") ?? 0)
  }

  // MARK: Events

  /// How long an event is of use (contract 8.2), in days; nil for as long as other logs.
  private func lifetime(_ type: String) -> Int64 {
    let day: Int64 = 86_400 * 1_000_000_000
    if type.hasPrefix("patrol_") || type.hasPrefix("polecat_") { return min(age, day) }
    return switch type {
    case "session_start", "session_end", "nudge": min(age, 3 * day)
    case "mail", "session_death": age + 16 * day
    default: age
    }
  }

  /// Writes the event log anew without what is past its time.
  ///
  /// Whoever appends has opened the file a moment before: what comes into the old one until a moment after the change is
  /// carried over.
  private func shortenEvents() throws(BeadsError) -> Int {
    let path = context.town.path(".events.jsonl")
    guard let size = try FileSystem.stamp(path)?.size, size > 1 << 20 else { return 0 }
    let old = try File(path, .read)
    let bytes = try old.read(at: 0, count: Int(size))
    guard let end = bytes.lastIndex(of: 0x0A) else { return 0 }
    let now = context.town.now
    var kept: [UInt8] = []
    var removed = 0
    for line in bytes[...end].split(separator: 0x0A) {
      guard let event = TownEvent(line: String(decoding: line, as: UTF8.self)),
        event.time.adding(nanoseconds: lifetime(event.type)) > now
      else {
        removed += 1
        continue
      }
      kept += line + [0x0A]
    }
    if removed == 0 || context.isDryRun { return removed }
    try FileSystem.replace(path, with: kept)
    var place = Int64(end + 1)
    for _ in 0..<10 {
      pause(nanoseconds: 50_000_000)
      let late = try old.read(at: place, count: Int(try old.status().stamp.size - place))
      if late.isEmpty { continue }
      try FileSystem.append(late, to: path)
      place += Int64(late.count)
    }
    return removed
  }

  /// Puts aside logs for people that have grown large; the last three are kept.
  private func rotateLogs() throws(BeadsError) -> Int {
    var count = 0
    for name in ["logs/town.log", ".feed.jsonl"] {
      let path = context.town.path(name)
      guard let size = try FileSystem.stamp(path)?.size, size > 8 << 20 else { continue }
      count += 1
      if context.isDryRun { continue }
      for number in [2, 1] where FileSystem.exists("\(path).\(number)") {
        try FileSystem.rename("\(path).\(number)", to: "\(path).\(number + 1)")
      }
      try FileSystem.rename(path, to: path + ".1")
    }
    return count
  }

  // MARK: Rows and files

  private static let statements = [
    "decisions WHERE at < ?1", "nudges WHERE state NOT IN ('queued', 'typing') AND created_at < ?1",
    "injected WHERE at < ?1", "job_runs WHERE ended_at < ?1",
    // The last session of each agent stays, and what it left can be told by its nonce.
    "sessions WHERE ended_at < ?1 AND id NOT IN (SELECT max(id) FROM sessions GROUP BY address)",
  ]

  private func removeRows() throws(BeadsError) -> Int {
    let limit = context.database.now - age
    var count = 0
    for statement in Self.statements {
      count += Int(try context.database.connection.int64("SELECT count(*) FROM \(statement)", limit) ?? 0)
    }
    if count == 0 || context.isDryRun { return count }
    try context.database.write { db throws(BeadsError) in
      for statement in Self.statements { try db.execute("DELETE FROM \(statement)", limit) }
    }
    return count
  }

  /// Logs of gates, events of channels that nobody waited for, and warrants that were carried out.
  private func removeFiles() throws(BeadsError) -> Int {
    var count = 0
    let limit = context.database.now - age
    var folders = [(context.town.path("warrants"), ".warrant.json")]
    for rig in try context.town.rigs() { folders.append((rig.path("refinery/logs"), ".log")) }
    let channels = context.town.path("events")
    for name in FileSystem.isDirectory(channels) ? try FileSystem.list(channels) : [] {
      folders.append((Path.join(channels, name), ".event"))
    }
    let waiting = Set(try Warrant.list(in: context.town).filter { $0.executedAt == nil }.map(\.id))
    for (folder, suffix) in folders where FileSystem.isDirectory(folder) {
      for name in try FileSystem.list(folder) where name.hasSuffix(suffix) {
        let path = Path.join(folder, name)
        guard let modified = try FileSystem.stamp(path)?.modified, modified < limit,
          !waiting.contains(String(name.dropLast(suffix.count)))
        else { continue }
        count += 1
        if !context.isDryRun { try FileSystem.remove(path) }
      }
    }
    return count
  }
}

extension TownDatabase {
  /// Gives the space of deleted rows back to the file system.
  func shrink() throws(BeadsError) {
    try queued { () throws(BeadsError) in
      try connection.execute("VACUUM")
      _ = try? connection.checkpoint(.truncate)
    }
  }
}
