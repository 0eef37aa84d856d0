#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An end to this process that nothing it waits for can hold up.
package enum Alarm {
  /// The exit status of a process that ran out of time, as of `timeout(1)`.
  package static let exitStatus: Int32 = 124

  /// Ends the process after this time with a remark on standard error, wherever it is then.
  ///
  /// Safe for a store: a transaction is committed or not, a file replaced or not.
  package static func endGitHook(after limit: Duration) {
    signal(SIGALRM) { _ in
      let remark: StaticString =
        "beads: out of time in a git hook; git goes on, the next bd command does the rest\n"
      _ = write(STDERR_FILENO, remark.utf8Start, remark.utf8CodeUnitCount)
      _exit(Alarm.exitStatus)
    }
    let microseconds = max(1, nanoseconds(limit) / 1000)
    var timer = itimerval()
    timer.it_value.tv_sec = time_t(microseconds / 1_000_000)
    timer.it_value.tv_usec = suseconds_t(microseconds % 1_000_000)
    #if canImport(Glibc)
      setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    #else
      setitimer(ITIMER_REAL, &timer, nil)
    #endif
  }
}
