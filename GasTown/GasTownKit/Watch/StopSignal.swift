import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether this process was asked to end (SIGTERM, SIGINT, SIGHUP), or to look at once (SIGUSR1, SIGUSR2).
public enum StopSignal {
  private nonisolated(unsafe) static var raised: sig_atomic_t = 0
  /// A pipe whose reading end wakes whoever polls it; -1 before `install`.
  private nonisolated(unsafe) static var pipe: (reading: Int32, writing: Int32) = (-1, -1)

  /// Whether the process shall end.
  public static var isRaised: Bool { raised != 0 }

  /// Becomes readable when a signal has come.
  static var descriptor: Int32 { pipe.reading }

  /// Catches the signals from now on.
  public static func install() {
    var ends: [Int32] = [-1, -1]
    if pipe.reading < 0, makePipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      pipe = (ends[0], ends[1])
    }
    for number in [SIGTERM, SIGINT, SIGHUP] {
      signal(number) { _ in
        StopSignal.raised = 1
        StopSignal.wake()
      }
    }
    for number in [SIGUSR1, SIGUSR2] { signal(number) { _ in StopSignal.wake() } }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Runs the body with the signals noted instead of ending the process; afterwards they do what they did before.
  static func whileInstalled(_ body: () throws(BeadsError) -> Void) throws(BeadsError) {
    let before = [SIGTERM, SIGINT, SIGHUP].map { number in
      (number, signal(number) { _ in StopSignal.raised = 1 })
    }
    defer { for (number, handler) in before { signal(number, handler) } }
    try body()
  }

  private static func wake() {
    var byte: UInt8 = 0
    _ = write(pipe.writing, &byte, 1)
  }

  /// Takes the wakes that have come, so that the next wait sleeps again; one that asks to end stays.
  static func take() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while pipe.reading >= 0, !isRaised, read(pipe.reading, &bytes, bytes.count) > 0 {}
  }
}

// pipe(2) under a name that the property does not shadow.
private func makePipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
