public import BeadsKit

/// What is known of a maintenance job: when it ran, how that went, when it runs next.
public struct JobRecord: Sendable, Equatable {
  /// The job.
  public let name: String
  /// When it is to run next, in nanoseconds since 1970; nil before the daemon has seen it.
  public internal(set) var nextAt: Int64?
  /// When its last run began.
  public internal(set) var startedAt: Int64?
  /// When its last run ended; nil while it runs.
  public internal(set) var endedAt: Int64?
  /// The process of its last run.
  public internal(set) var process: ProcessIdentity?
  /// `ok`, `attention` or `failed`.
  public internal(set) var result: String?
  /// What its last run did.
  public internal(set) var detail: String?
  /// How many runs in a row failed.
  public internal(set) var failures = 0

  init(_ name: String) { self.name = name }

  /// Whether it runs now.
  public var isRunning: Bool { startedAt != nil && endedAt == nil && process?.isAlive == true }
  /// Whether its last run ended without a word.
  public var wasInterrupted: Bool { startedAt != nil && endedAt == nil && process?.isAlive != true }
}

/// A run of a maintenance job that has ended.
public struct JobRun: Sendable, Equatable {
  /// When it began, in nanoseconds since 1970.
  public let startedAt: Int64
  /// When it ended.
  public let endedAt: Int64
  /// `ok`, `attention` or `failed`.
  public let result: String
  /// What it did.
  public let detail: String
}

extension TownDatabase {
  /// What is known of the jobs that have run or were planned.
  public func jobs() throws(BeadsError) -> [String: JobRecord] {
    var found: [String: JobRecord] = [:]
    try connection.query(
      "SELECT name, next_at, started_at, ended_at, pid, pid_started, result, detail, failures FROM jobs"
    ) { row throws(BeadsError) in
      var record = JobRecord(row.text(0))
      record.nextAt = row.optionalInt64(1)
      record.startedAt = row.optionalInt64(2)
      record.endedAt = row.optionalInt64(3)
      if let pid = row.optionalInt64(4) {
        record.process = ProcessIdentity(pid: Int32(truncatingIfNeeded: pid), start: row.text(5))
      }
      record.result = row.optionalText(6)
      record.detail = row.optionalText(7)
      record.failures = row.int(8)
      found[record.name] = record
    }
    return found
  }

  /// What is known of a job.
  public func job(_ name: String) throws(BeadsError) -> JobRecord {
    try jobs()[name] ?? JobRecord(name)
  }

  /// The last runs of a job, latest first.
  public func jobRuns(_ name: String, limit: Int = 20) throws(BeadsError) -> [JobRun] {
    try connection.all(
      "SELECT started_at, ended_at, result, detail FROM job_runs WHERE name = ?1 ORDER BY id DESC LIMIT ?2",
      name, limit
    ) { row throws(BeadsError) in
      JobRun(startedAt: row.int64(0), endedAt: row.int64(1), result: row.text(2), detail: row.text(3))
    }
  }

  /// Plans the next run of a job.
  func planJob(_ name: String, at next: Int64) throws(BeadsError) {
    try write { db throws(BeadsError) in
      try db.execute(
        "INSERT INTO jobs (name, next_at) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET next_at = ?2",
        name, next)
    }
  }

  /// Writes down that a job begins in this process.
  func beginJob(_ name: String) throws(BeadsError) {
    let own = ProcessIdentity.own
    try write { db throws(BeadsError) in
      try db.execute(
        """
        INSERT INTO jobs (name, started_at, pid, pid_started) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (name) DO UPDATE SET started_at = ?2, ended_at = NULL, pid = ?3, pid_started = ?4
        """, name, now, (own?.pid).map { Int64($0) }, own?.start)
    }
  }

  /// Writes down how the run of a job ended.
  /// - Returns: How many runs in a row have failed now.
  @discardableResult
  func endJob(_ name: String, _ result: String, _ detail: String) throws(BeadsError) -> Int {
    try write { db throws(BeadsError) in
      let begun = try db.int64("SELECT started_at FROM jobs WHERE name = ?1", name) ?? now
      try db.execute(
        """
        UPDATE jobs SET ended_at = ?2, result = ?3, detail = ?4, pid = NULL, pid_started = NULL,
          failures = CASE WHEN ?3 = 'failed' THEN failures + 1 ELSE 0 END WHERE name = ?1
        """, name, now, result, detail)
      try db.execute(
        "INSERT INTO job_runs (name, started_at, ended_at, result, detail) VALUES (?1, ?2, ?3, ?4, ?5)", name,
        begun, now, result, detail)
      return Int(try db.int64("SELECT failures FROM jobs WHERE name = ?1", name) ?? 0)
    }
  }
}
