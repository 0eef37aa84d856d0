import BeadsSystem
import CSQLite

/// Waits for locks of other processes in steps of 1 ms with some jitter.
///
/// SQLite's own back-off sleeps ever longer and so starves those that waited longest.
final class BusyHandler {
  private let timeout: Int64
  private var deadline: Int64 = 0

  init(timeout: Duration) { self.timeout = nanoseconds(timeout) }

  /// The connection must keep the handler alive.
  func install(on database: OpaquePointer) {
    sqlite3_busy_handler(
      database,
      { context, count in
        guard let context else { return 0 }
        return Unmanaged<BusyHandler>.fromOpaque(context).takeUnretainedValue().wait(attempt: count) ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func wait(attempt: Int32) -> Bool {
    let now = monotonicNanoseconds()
    if attempt == 0 { deadline = now.addingReportingOverflow(timeout).partialValue }
    if now >= deadline { return false }
    pause(nanoseconds: min(Int64.random(in: 500_000...1_500_000), deadline - now))
    return true
  }
}
