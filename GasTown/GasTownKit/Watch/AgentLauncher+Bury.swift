import BeadsKit

extension AgentLauncher {
  /// What became of a session that seems to have ended.
  enum Burial {
    /// It had died, and is closed now, with everything that it left running.
    ///
    /// Gone is one that did not leave the place behind in which it ran.
    case closed(exit: Int32?, isGone: Bool)
    /// It lives; its process is on record now if it was not before.
    case alive
    /// It is on record no longer, or another one has taken its place.
    case over
    /// Somebody starts, ends or types into it just now.
    case busy
    /// Its process has ended, and its place has not noticed yet.
    case settling
    /// Nobody can tell, for this reason: it is left alone.
    case unknown(String)
  }

  /// Closes the session that is on record if it has died.
  ///
  /// What was seen before does not count: record, session and process are looked at again while nobody else may
  /// change them.
  /// - Parameters:
  ///   - isSettled: Whether there was time enough for the end of its process to be noticed by its place.
  ///   - endsStray: Whether a process is ended whose session is gone.
  func bury(_ seen: SessionRecord, isSettled: Bool, endsStray: Bool = false) throws(BeadsError) -> Burial {
    guard let held = try sessionLock(seen.name, command: "gt daemon").tryAcquire() else { return .busy }
    let burial = try buryAlone(seen, isSettled: isSettled, endsStray: endsStray)
    held.release()
    return burial
  }

  private func buryAlone(
    _ seen: SessionRecord, isSettled: Bool, endsStray: Bool
  ) throws(BeadsError) -> Burial {
    guard let record = try database.openSession(of: seen.address), record.id == seen.id else { return .over }
    guard record.backend == sessions.backend else {
      return .unknown("it was started with \(record.backend), and agents run with \(sessions.backend) now")
    }
    let found: SessionSnapshot?
    do throws(BeadsError) { found = try sessions.inventory().first { $0.name == record.name } } catch {
      return .unknown(error.message)
    }
    let hasEnded = record.process.map { !$0.isAlive } ?? (found == nil)
    guard hasEnded || found?.isDead == true else {
      if let found { return try adopt(found, record) }
      return endsStray ? try close(record, nil) : .unknown("its process runs, but its session is gone")
    }
    guard let found, found.isDead else {
      let isStrange = found?.process.map { $0.isAlive && $0 != record.process } ?? false
      if isStrange { return .unknown("another process than the one that gt started runs there") }
      return found == nil || isSettled ? try close(record, found) : .settling
    }
    return found.exitStatus == nil && !isSettled ? .settling : try close(record, found)
  }

  /// Puts the process of a session on record whose starter ended too early to do it.
  private func adopt(_ found: SessionSnapshot, _ record: SessionRecord) throws(BeadsError) -> Burial {
    if let expected = record.process {
      return expected == found.process
        ? .alive : .unknown("another process than the one that gt started runs there")
    }
    guard found.process?.nonce == record.nonce else { return .unknown("gt did not start what runs there") }
    try database.noteStarted(record.id, found)
    return .alive
  }

  private func close(_ record: SessionRecord, _ found: SessionSnapshot?) throws(BeadsError) -> Burial {
    try database.endSession(record.id, "died", exitStatus: found?.exitStatus)
    // What it left running is ours to end, and would work on beside its successor.
    try sessions.stop(record.name, nonce: record.nonce, grace: .seconds(1))
    return .closed(exit: found?.exitStatus, isGone: found == nil)
  }
}
