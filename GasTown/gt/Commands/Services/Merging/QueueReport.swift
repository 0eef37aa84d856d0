import BeadsKit
import CommandKit
import GasTownKit

/// What a refinery has before it, and did last.
struct QueueReport {
  let entries: [QueueEntry]
  let stop: QueueStop?
  /// The process that merges at the moment.
  let engine: ProcessIdentity?
  /// The last attempts, newest first; the first one may not have ended.
  let attempts: [MergeRun]

  init(_ name: RigName, _ context: GtContext) throws(BeadsError) {
    let (queue, database) = (
      try context.mergeQueue(try context.town().rig(name.rawValue)), try context.database()
    )
    entries = try queue.entries()
    stop = try queue.stop(database)
    attempts = try database.merges(rig: name, limit: 5)
    let begun = attempts.first { $0.phase != .done }?.engine
    engine = begun?.isAlive == true ? begun : try database.engines()[name]
  }

  private func count(_ states: QueueEntry.State...) -> Int { entries.count { states.contains($0.state) } }

  func print(_ context: GtContext) {
    context.print(
      "  \(entries.count) in the queue, \(count(.ready)) ready, \(count(.needsApproval)) to approve")
    if let stop, stop.kind != .paused { MergeQueueViews.printStop(stop, context) }
    if let engine { context.print("  merging now, process \(engine.pid)") }
    for attempt in attempts {
      let names = attempt.members.map(\.id.rawValue).joined(separator: ", ")
      context.print("  \(attempt.target): \(attempt.outcome ?? attempt.phase.rawValue) (\(names))")
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.member("queue_length", entries.count)
    writer.member("ready", count(.ready))
    writer.member("blocked", count(.blocked))
    writer.member("to_approve", count(.needsApproval))
    writer.member("failed", count(.needsFix, .needsResubmit, .needsHelp))
    writer.member("merging", count(.merging))
    if let engine { writer.member("engine_pid", Int(engine.pid)) }
    if let stop { writer.queueStop(stop) }
    writer.key("attempts")
    writer.array(attempts) { writer, attempt in
      writer.object {
        $0.member("target", attempt.target.rawValue)
        $0.member("phase", attempt.phase.rawValue)
        $0.member(optional: "outcome", attempt.outcome)
        $0.member("mrs", attempt.members.map(\.id.rawValue))
        $0.member("updated_at", Timestamp(unixNanoseconds: attempt.updatedAt).description)
      }
    }
  }
}
